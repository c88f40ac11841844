using System.Diagnostics;
using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

/// <summary>T1: a process that writes twenty calls is killed again and again.</summary>
public sealed class KillTests
{
    private const int Kills = 8;

    // I1, I2
    [Fact]
    public async Task No_acknowledged_write_is_lost_by_kill()
    {
        using StorageFolder folder = new();
        Random random = new(17);
        List<string> acknowledged = [];
        for (int i = 0; i < Kills; i++)
        {
            acknowledged.AddRange(await WriteAndKill(folder, $"r{i}", random.Next(20, 600)));
        }

        await using Database database = folder.Open();
        Assert.Equal("ok", database.Read(connection => connection.Ask("PRAGMA integrity_check")));
        await AssertKept(database, acknowledged);
    }

    private static async Task AssertKept(Database database, List<string> acknowledged)
    {
        SessionStore store = new(database);
        CallLog log = new(database);
        foreach (string[] words in acknowledged.Select(line => line.Split(' ')))
        {
            Session? session = await store.FindAsync(CallSid.Parse(words[1]));
            Assert.True(session is { Direction: CallDirection.Outbound, Objective.Length: > 0 }, words[1]);
            if (words[0] == "adopted")
            {
                Assert.True(session is { State: SessionState.Ended, EndReason: CallEndReason.CallerHungUp or CallEndReason.Crashed }, $"{session}");
            }
            else if (words[0] == "ended")
            {
                Assert.Equal(CallEndReason.CallerHungUp, session.EndReason);
                Assert.Equal([1, 2], (await log.TurnsAsync(session.CallSid)).Select(turn => turn.Number));
            }
        }

        Assert.Empty(await store.ListAsync(new SessionFilter(SessionState.Live)));
    }

    private static async Task<List<string>> WriteAndKill(StorageFolder folder, string prefix, int afterLines)
    {
        List<string> lines = [];
        using Process child = StorageChild.Start(folder.DatabasePath, prefix);
        try
        {
            using CancellationTokenSource patience = new(Patience);
            while (await child.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                lines.Add(line);
                if (lines.Count == afterLines)
                {
                    // SIGKILL, in the midst of whatever twenty calls are writing.
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(patience.Token);
        }
        finally
        {
            child.Kill();
        }

        Assert.True(lines.Count >= afterLines, $"The child ended by itself after {lines.Count} lines.");

        // The last line can be cut off by the kill.
        return lines[^1].Count(character => character == '-') == 2 ? lines : lines[..^1];
    }
}
