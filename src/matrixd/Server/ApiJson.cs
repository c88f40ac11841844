using System.Text.Json.Serialization;
using Matrixd.Calls;

namespace Matrixd.Server;

/// <summary>Body of <c>POST /api/sessions</c>.</summary>
/// <param name="State">intent or dialing; dialing where it is left out.</param>
/// <param name="Direction">inbound or outbound; outbound where it is left out.</param>
internal sealed record SessionRequest(
    string? CallSid, string? State, string? Direction, string? Agent, string? Objective, string? Campaign, string? Contact, string? From, string? To,
    Dictionary<string, string>? Variables);

internal sealed record ErrorReply(string Error);

/// <summary>A Session row as the API and the command line show it.</summary>
internal sealed record SessionView(
    string CallSid, string StreamSid, string Direction, string State, string Agent, string Campaign, string Contact, string Objective, string From, string To,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, double? DurationSeconds, string? EndReason, string? EndDetail, string? RecordingPath,
    string? Model, long PromptTokens, long ResponseTokens, string? Disposition, string? Summary)
{
    public TurnView[]? Turns { get; init; }

    public ToolCallView[]? ToolCalls { get; init; }

    public ModelEventView[]? ModelEvents { get; init; }

    public static SessionView Of(Session row) => new(
        row.CallSid.Value, row.StreamSid, Word(row.Direction), Word(row.State), row.Agent, row.CampaignId, row.ContactId, row.Objective, row.From, row.To,
        row.CreatedAt, row.StartedAt, row.EndedAt, row.EndedAt is { } end && row.StartedAt is { } start ? Math.Round((end - start).TotalSeconds, 3) : null,
        Given(row.EndReason.Word()), Given(row.EndDetail), Given(row.RecordingPath), Given(row.Model), row.PromptTokens, row.ResponseTokens, Given(row.Disposition), Given(row.Summary));

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string? Given(string text) => text.Length > 0 ? text : null;
}

internal sealed record TurnView(int Number, string Speaker, string Said, string Heard, long StartMs, long EndMs, bool Interrupted, long? ResponseMs)
{
    public static TurnView Of(TurnRecord turn) => new(
        turn.Number, turn.Speaker == Calls.Speaker.Caller ? "caller" : "model", turn.Said, turn.Heard, turn.StartMs, turn.EndMs, turn.Interrupted,
        turn.ResponseMs < 0 ? null : turn.ResponseMs);
}

internal sealed record ToolCallView(string Id, string Name, string Arguments, string Outcome, string Response, long StartMs, long DurationMs)
{
    public static ToolCallView Of(ToolCallRecord call) => new(call.Id, call.Name, call.Arguments, call.Outcome, call.Response, call.StartMs, call.DurationMs);
}

internal sealed record ModelEventView(long AtMs, string Kind, string Detail)
{
    public static ModelEventView Of(ModelEventRecord happened) => new(happened.AtMs, happened.Kind.Word(), happened.Detail);
}

internal sealed record HealthReply(string Status, int Calls, int MaxCalls);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SessionView[]))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(DynamicUrlReply))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ApiJson : JsonSerializerContext;
