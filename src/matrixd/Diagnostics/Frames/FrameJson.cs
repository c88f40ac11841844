using System.Text.Json.Serialization;

namespace Matrixd.Diagnostics;

/// <summary>What <c>diff-frames --json</c> prints.</summary>
/// <param name="Same">True where nothing differs that is not known.</param>
internal sealed record FrameReport(string A, string B, bool Same, IReadOnlyList<FrameDifference> Differences);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FrameReport))]
internal sealed partial class FrameJson : JsonSerializerContext;
