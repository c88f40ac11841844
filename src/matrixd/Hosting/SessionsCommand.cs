using System.Globalization;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Server;
using Matrixd.Simulation;
using Matrixd.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Hosting;

/// <summary><c>matrixd sessions</c>: reads the rows, beside a running daemon or without one.</summary>
internal static class SessionsCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string verb = args.Length > 0 ? args[0] : "";
        bool isShow = verb == "show";
        if (verb is not ("list" or "show") || (isShow && args.Length < 2))
        {
            throw new CommandUsageException("sessions list, or sessions show CALL_SID");
        }

        Flags flags = Flags.Parse(args[(isShow ? 2 : 1)..]);
        string store = ConfigReader.StorePath(flags.Config, new SystemConfigEnvironment());
        await using Database database = Database.OpenForReading(store, NullLogger.Instance);
        SessionStore sessions = new(database);
        if (!isShow)
        {
            await ListAsync(await sessions.ListAsync(new SessionFilter(flags.State, flags.Limit)), flags.Json, stdout);
            return Commands.Done;
        }

        Session? row = CallSid.TryParse(args[1], out CallSid sid) ? await sessions.FindAsync(sid) : null;
        if (row is null)
        {
            await stderr.WriteLineAsync($"matrixd: there is no session {Exotel.ExotelText.Plain(args[1])}");
            return Commands.Failed;
        }

        CallLog log = new(database);
        SessionView view = SessionView.Of(row) with
        {
            Turns = [.. (await log.TurnsAsync(sid)).Select(TurnView.Of)],
            ToolCalls = [.. (await log.ToolCallsAsync(sid)).Select(ToolCallView.Of)],
            ModelEvents = [.. (await log.ModelEventsAsync(sid)).Select(ModelEventView.Of)],
        };
        await (flags.Json ? stdout.WriteLineAsync(JsonSerializer.Serialize(view, ApiJson.Default.SessionView)) : SessionText.WriteAsync(view, stdout));
        return Commands.Done;
    }

    private static async Task ListAsync(IReadOnlyList<Session> rows, bool json, TextWriter stdout)
    {
        foreach (Session row in rows)
        {
            SessionView view = SessionView.Of(row);
            await stdout.WriteLineAsync(json
                ? JsonSerializer.Serialize(view, ApiJson.Default.SessionView)
                : string.Create(CultureInfo.InvariantCulture, $"{view.CreatedAt:yyyy-MM-dd HH:mm:ss}  {view.CallSid,-36} {view.Direction,-8} {view.State,-7} {view.Agent,-16} {view.DurationSeconds,8:0.0} s  {view.EndReason}"));
        }
    }

    private sealed record Flags(string Config, SessionState? State, int Limit, bool Json)
    {
        public static Flags Parse(string[] args)
        {
            Flags flags = new(Commands.DefaultConfig, null, 50, false);
            CommandLine line = new(args);
            while (line.Next())
            {
                flags = line.Flag switch
                {
                    "--config" => flags with { Config = line.Text() },
                    "--state" => flags with { State = StateOf(line.Text()) },
                    "--limit" => flags with { Limit = line.Number(1, 1000) },
                    "--json" => flags with { Json = true },
                    _ => throw line.Unknown(),
                };
            }

            return flags;
        }

        private static SessionState StateOf(string word) => Enum.TryParse(word, ignoreCase: true, out SessionState state) && !char.IsDigit(word[0])
            ? state
            : throw new CommandUsageException($"--state \"{word}\": one of intent, dialing, warm, live, ended");
    }
}
