using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

internal sealed partial class SharedToken
{
    // Event ids 1250-1259. Tokens appear as a short hash alone. Retired: none.
    [LoggerMessage(1250, LogLevel.Information, "shared token {Fingerprint} minted: {Uses} uses, new sessions until {NewSessionUntil:O}, expires {ExpiresAt:O}, refresh in {RefreshAfter}")]
    private partial void LogMinted(string fingerprint, int uses, DateTimeOffset newSessionUntil, DateTimeOffset expiresAt, TimeSpan refreshAfter);

    [LoggerMessage(1251, LogLevel.Information, "shared token {Fingerprint} of the last run is good until {NewSessionUntil:O}")]
    private partial void LogReused(string fingerprint, DateTimeOffset newSessionUntil);

    [LoggerMessage(1252, LogLevel.Warning, "{Error} (failure {Failures} in a row; next try in {RetrySeconds:0.0} s; the token at hand takes new sessions until {OldUntil:O})")]
    private partial void LogMintFailed(string error, int failures, double retrySeconds, DateTimeOffset? oldUntil);

    [LoggerMessage(1253, LogLevel.Warning, "shared token {Fingerprint} was refused and is replaced: {Why}")]
    private partial void LogInvalidated(string fingerprint, string why);

    [LoggerMessage(1254, LogLevel.Warning, "the shared token could not be stored; it is used, but a restart will mint another")]
    private partial void LogSaveFailed(Exception e);

    [LoggerMessage(1255, LogLevel.Warning, "this machine's clock differs from the service's by {Seconds:0} s; tokens are dated by the service's. Set the clock (NTP)")]
    private partial void LogClockSkew(double seconds);
}
