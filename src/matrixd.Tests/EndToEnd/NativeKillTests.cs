using System.Diagnostics;
using System.Globalization;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>T1: kill -9 at random moments, with calls live and rows being written.</summary>
public class NativeKillTests(ITestOutputHelper output)
{
    [NativeFact]
    public async Task After_kill_9_nothing_acknowledged_is_lost_no_row_is_live_and_every_recording_opens()
    {
        Random random = new(EndToEndRun.Seed(output));
        int rounds = EndToEndRun.Full ? 100 : 4;
        int calls = EndToEndRun.Full ? 20 : 6;
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync(new GeminiSimulatorOptions());
        List<string> acknowledged = [];
        List<string> started = [];
        for (int round = 0; round < rounds; round++)
        {
            await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
            output.WriteLine($"round {round}: ready after {Stopwatch.GetElapsedTime(daemon.Started).TotalMilliseconds:0} ms");
            if (round > 0)
            {
                await AssertRepairedAsync(place, acknowledged, started, daemon);
            }

            started.AddRange(await LiveAsync(place, daemon, round, calls, random, acknowledged));
            daemon.Signal(EndToEndNative.SigKill);
            await daemon.ExitAsync();
        }

        await using EndToEndNative last = await EndToEndNative.RunAsync(place.ConfigPath);
        await AssertRepairedAsync(place, acknowledged, started, last);
        last.Signal(EndToEndNative.SigTerm);
        Assert.Equal(0, await last.ExitAsync());
        Assert.Equal("ok", Integrity(place.StorePath));
        output.WriteLine($"{acknowledged.Count} acknowledged rows, {started.Count} calls, {place.ReadRecordings().Count} recordings");
    }

    // Calls that speak and are spoken to, rows made beside them, until a random moment.
    private static async Task<List<string>> LiveAsync(EndToEndPlace place, EndToEndNative daemon, int round, int calls, Random random, List<string> acknowledged)
    {
        CallerAudio audio = new(Signals.Speech(8000, 1, seed: round + 1), 8000, 20);
        List<string> sids = [];
        for (int i = 0; i < calls; i++)
        {
            string sid = $"kill-{round}-{i}";
            await ExotelCaller.StartAsync(
                new CallerOptions
                {
                    Url = new Uri($"ws://{daemon.Url.Authority}/exotel"), Basic = $"{House.BasicUser}:{House.BasicPassword}", Audio = audio,
                    CallSid = sid, StreamSid = $"stream-{sid}", Linger = TimeSpan.FromMinutes(5),
                },
                place.Wheel);
            sids.Add(sid);
        }

        // The row of a start is committed before the call is told of as started.
        await Eventually.TrueAsync(() => sids.All(sid => daemon.Stderr.Contains($"call {sid} started", StringComparison.Ordinal)), "all calls have started");
        using HttpClient http = new() { BaseAddress = daemon.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", House.AdminToken);
        TimeSpan moment = TimeSpan.FromMilliseconds(random.Next(800, 2500));
        long from = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(from) < moment; i++)
        {
            string sid = string.Create(CultureInfo.InvariantCulture, $"row-{round}-{i}");
            using StringContent body = new($$"""{"call_sid":"{{sid}}","objective":"o"}""", System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await http.PostAsync("/api/sessions", body);
            response.EnsureSuccessStatusCode();
            acknowledged.Add(sid);
        }

        return sids;
    }

    private static async Task AssertRepairedAsync(EndToEndPlace place, List<string> acknowledged, List<string> started, EndToEndNative daemon)
    {
        Assert.Empty(await place.ReadAsync((sessions, _) => sessions.ListAsync(new SessionFilter(SessionState.Live))));
        HashSet<string> rows = Rows(place.StorePath);
        Assert.Equal([], acknowledged.Except(rows));
        foreach (string sid in started)
        {
            Session row = (await place.ReadAsync((sessions, _) => sessions.FindAsync(CallSid.Parse(sid))))!;
            Assert.Equal((SessionState.Ended, CallEndReason.Crashed), (row.State, row.EndReason));
            Assert.True(row.EndedAt >= row.StartedAt);
        }

        Assert.Empty(Directory.GetFiles(place.Recordings, "*.part", SearchOption.AllDirectories));
        IReadOnlyList<WavAudio> recordings = place.ReadRecordings();
        Assert.Equal(started.Count, recordings.Count);
        Assert.All(recordings, wav => Assert.True(wav is { Channels: 2, SampleRate: 8000, Samples.Length: > 0 }, $"{wav.Duration}"));
        Assert.Contains("recordings: ", daemon.Stderr, StringComparison.Ordinal);
    }

    private static HashSet<string> Rows(string store)
    {
        using SqliteConnection connection = Open(store);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT call_sid FROM sessions";
        using SqliteDataReader reader = command.ExecuteReader();
        HashSet<string> rows = [];
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static string Integrity(string store)
    {
        using SqliteConnection connection = Open(store);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(string store)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = store, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
