using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Matrixd.Config;

/// <summary>The object that <c>matrixd check --json</c> prints.</summary>
internal sealed record CheckReport
{
    public required bool Ok { get; init; }

    public required string File { get; init; }

    public int Agents { get; init; }

    public int Tools { get; init; }

    public int Numbers { get; init; }

    public required IReadOnlyList<ConfigProblem> Errors { get; init; }

    public required IReadOnlyList<ConfigProblem> Warnings { get; init; }

    /// <summary>Only with <c>--diff</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfigChange>? Changes { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext
{
    /// <summary>Writes quotes and letters of every script as they are: the text goes to a terminal or a file, never into HTML.</summary>
    public static CheckJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
