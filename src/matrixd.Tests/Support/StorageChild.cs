using System.Diagnostics;
using System.Runtime.CompilerServices;
using Matrixd.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>This test assembly as a process of its own, that writes calls to a store until it is killed.</summary>
/// <remarks>It says on its standard output, one line each, what the store has acknowledged: that log is outside of what the kill can take back.</remarks>
internal static class StorageChild
{
    private const string Variable = "MATRIXD_TEST_STORAGE_CHILD";
    private const int Calls = 20;
    private static readonly Lock s_output = new();

    /// <summary>Starts one; the caller kills it.</summary>
    public static Process Start(string databasePath, string prefix)
    {
        // The tests run in a dotnet process, or in a host of their own that does not start other assemblies.
        string host = Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        ProcessStartInfo start = new(host, ["exec", typeof(StorageChild).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment = { [Variable] = databasePath, ["MATRIXD_TEST_PREFIX"] = prefix },
        };
        return Process.Start(start)!;
    }

    // Runs in every process that loads the assembly; only a child has the variable. The work starts when the assembly's own, empty Main has returned:
    // until a module initializer is through, no other thread can run code of its module.
    [ModuleInitializer]
    internal static void RunWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Write(path, Environment.GetEnvironmentVariable("MATRIXD_TEST_PREFIX")!).GetAwaiter().GetResult();
        }
    }

    private static async Task Write(string path, string prefix)
    {
        await using Database database = Database.Open(path, TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(line => Task.Run(() => Talk(database, $"{prefix}-{line}"))));
    }

    private static async Task Talk(Database database, string line)
    {
        SessionStore store = new(database);
        CallLog log = new(database);
        for (int i = 0; ; i++)
        {
            string call = $"{line}-{i}";
            await store.CreateAsync(StorageFolder.Dialed(call, DateTimeOffset.UtcNow));
            Say($"created {call}");
            await store.AdoptAsync(StorageFolder.Opening(call, $"s-{call}", DateTimeOffset.UtcNow));
            Say($"adopted {call}");
            log.Turn(StorageFolder.Turn(call, $"s-{call}", 1));
            log.Turn(StorageFolder.Turn(call, $"s-{call}", 2));
            await store.EndAsync(StorageFolder.Ending(call, $"s-{call}", DateTimeOffset.UtcNow));
            Say($"ended {call}");
        }
    }

    private static void Say(string line)
    {
        lock (s_output)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
