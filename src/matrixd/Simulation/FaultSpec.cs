using System.Globalization;

namespace Matrixd.Simulation;

/// <summary>One <c>--fault KIND@STAGE[:SECONDS][*TIMES]</c>.</summary>
/// <param name="Delay">From the stage to the fault; for <see cref="FaultKind.Late"/> how late the answer is.</param>
/// <param name="Code">Close code or HTTP status.</param>
/// <param name="Text">Close reason.</param>
/// <param name="Notice">Of a goAway: the time left; of a status: Retry-After.</param>
/// <param name="Times">How often at most in the life of the simulator.</param>
internal sealed record FaultSpec(FaultKind Kind, FaultStage Stage, TimeSpan Delay, int Code = 0, string Text = "", TimeSpan Notice = default, int Times = int.MaxValue)
{
    private const string Usage =
        "--fault takes KIND@STAGE[:SECONDS][*TIMES] with KIND of goaway[=SECONDS], close=CODE,TEXT, stall, drop, slow, silence, faint, halt, empty, reject, ignore, garbage, late, status=NNN[,RETRY-AFTER] "
        + "and STAGE of mint, models, upgrade, setup, ready, audio, turn, tool";

    private static readonly TimeSpan s_usualNotice = TimeSpan.FromSeconds(50); // what Google leaves before it closes

    /// <exception cref="CommandUsageException">Not of that form, or a kind that its stage cannot have.</exception>
    public static FaultSpec Parse(string text)
    {
        int at = text.LastIndexOf('@');
        if (at <= 0)
        {
            throw Wrong(text, "there is no @");
        }

        (string when, int times) = TakeTimes(text, text[(at + 1)..]);
        (string stageName, TimeSpan delay) = TakeDelay(text, when);
        if (!Enum.TryParse(stageName, ignoreCase: true, out FaultStage stage) || !char.IsAsciiLetter(stageName[0]))
        {
            throw Wrong(text, $"no stage \"{stageName}\"");
        }

        string what = text[..at];
        int equals = what.IndexOf('=', StringComparison.Ordinal);
        string kindName = equals < 0 ? what : what[..equals];
        string value = equals < 0 ? "" : what[(equals + 1)..];
        if (!Enum.TryParse(kindName, ignoreCase: true, out FaultKind kind) || !char.IsAsciiLetter(kindName[0]))
        {
            throw Wrong(text, $"no kind \"{kindName}\"");
        }

        FaultSpec fault = WithValue(text, new FaultSpec(kind, stage, delay, Times: times), value);
        return fault.CanBe ? fault : throw Wrong(text, $"{kindName} cannot happen at {stageName}");
    }

    /// <summary>Strikes the request for the WebSocket, a token or the models, rather than an open WebSocket.</summary>
    public bool StrikesHttp => Stage <= FaultStage.Models
        || (Stage == FaultStage.Upgrade && Kind is (FaultKind.Status or FaultKind.Late or FaultKind.Stall or FaultKind.Drop or FaultKind.Garbage));

    private bool CanBe => (Kind, Stage) switch
    {
        (FaultKind.Status, <= FaultStage.Upgrade) => true,
        (FaultKind.Status, _) => false,
        (FaultKind.Stall or FaultKind.Garbage or FaultKind.Drop or FaultKind.Late, FaultStage.Mint or FaultStage.Models) => true,
        (_, FaultStage.Mint or FaultStage.Models) => false,
        (FaultKind.Late, _) => Stage <= FaultStage.Setup,
        (FaultKind.Faint or FaultKind.Halt or FaultKind.Empty or FaultKind.Reject or FaultKind.Ignore, _) => Stage > FaultStage.Setup,
        _ => true,
    };

    private static FaultSpec WithValue(string text, FaultSpec fault, string value)
    {
        (string first, string second) = value.IndexOf(',', StringComparison.Ordinal) is int comma and >= 0 ? (value[..comma], value[(comma + 1)..]) : (value, "");
        switch (fault.Kind)
        {
            case FaultKind.Close:
                return fault with { Code = Number(text, first, 1000, 4999), Text = second };
            case FaultKind.Status:
                return fault with { Code = Number(text, first, 300, 599), Notice = TimeSpan.FromSeconds(second.Length == 0 ? 0 : Number(text, second, 0, 3600)) };
            case FaultKind.GoAway:
                return fault with { Notice = value.Length == 0 ? s_usualNotice : TimeSpan.FromSeconds(Number(text, value, 0, 3600)) };
            default:
                return value.Length == 0 ? fault : throw Wrong(text, "only close, status and goaway take a value");
        }
    }

    private static (string Before, int Times) TakeTimes(string text, string when)
    {
        int star = when.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? (when, int.MaxValue) : (when[..star], Number(text, when[(star + 1)..], 1, int.MaxValue));
    }

    private static (string Before, TimeSpan Delay) TakeDelay(string text, string when)
    {
        int colon = when.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (when, TimeSpan.Zero);
        }

        return double.TryParse(when.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= 86_400
            ? (when[..colon], TimeSpan.FromSeconds(seconds))
            : throw Wrong(text, "the seconds are no number up to a day");
    }

    private static int Number(string text, string value, int smallest, int largest) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= smallest && number <= largest
            ? number
            : throw Wrong(text, $"\"{value}\" is no whole number from {smallest} to {largest}");

    private static CommandUsageException Wrong(string text, string why) => new($"bad fault \"{text}\": {why}. {Usage}");
}
