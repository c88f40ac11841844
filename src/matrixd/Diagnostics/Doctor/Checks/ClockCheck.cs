using System.Globalization;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>This machine's clock against the service's.</summary>
internal static class ClockCheck
{
    // The header has whole seconds, and the answer was on its way.
    private static readonly TimeSpan s_agrees = TimeSpan.FromSeconds(5);

    // Token windows are corrected by the service's clock and hold 10 minutes of doubt; beyond, nothing that is dated here can be believed.
    private static readonly TimeSpan s_wrong = TimeSpan.FromMinutes(5);

    private const int MaxReplyBytes = 256 * 1024;

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        long started = subject.Clock.GetTimestamp();
        GeminiReply reply;
        try
        {
            reply = await subject.Http.SendAsync(HttpMethod.Get, "v1beta/models?pageSize=1", default, MaxReplyBytes, cancelled);
        }
        catch (GeminiHttpException e)
        {
            return CheckResult.Note($"the service's clock is not known: {e.Message}");
        }

        if (reply.Date is not { } server)
        {
            return CheckResult.Note($"the service's clock is not known: {subject.Http.Host} sends no Date");
        }

        TimeSpan half = subject.Clock.GetElapsedTime(started) / 2;
        TimeSpan ahead = server + half - subject.Clock.GetUtcNow();
        TimeSpan off = ahead.Duration();
        if (off <= s_agrees)
        {
            return CheckResult.Fine("agrees with the service's");
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "behind" : "ahead of")} the service's");
        return off < s_wrong
            ? CheckResult.Note($"{text}; tokens are dated by the service's clock, so calls go on", "timedatectl set-ntp true")
            : CheckResult.Broken($"{text}: records, windows and certificates are judged by a wrong time", "timedatectl set-ntp true");
    };
}
