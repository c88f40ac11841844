using System.Globalization;
using Matrixd.Simulation;

namespace Matrixd.Benchmarks;

/// <summary>What <c>bench calls</c> was asked to do.</summary>
internal sealed record BenchPlan
{
    /// <summary>Length of a window [s]: a cycle of speech and silence is 8 s.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>No more calls than these; 0: as many as the steps have.</summary>
    public int Max { get; init; }

    /// <summary>Numbers of calls, ascending.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [50, 100, 200, 400, 600, 800, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750, 3000, 3500, 4000];

    public string Json { get; init; } = "";

    public string Svg { get; init; } = "";

    public string Config { get; init; } = "";

    public string State { get; init; } = "";

    /// <summary>Another load than this program's own; empty: its own.</summary>
    public string Load { get; init; } = "";

    /// <summary>The floor's binary; empty: there is none.</summary>
    public string Floor { get; init; } = "";

    /// <summary>Times that floor and daemon are measured by turns.</summary>
    public int Pairs { get; init; } = 3;

    public int PairCalls { get; init; } = 400;

    /// <summary>The machine has other work: load and daemon run in real time. Needs root.</summary>
    public bool Busy { get; init; }

    /// <summary>The load runs in real time, so that what is late is not the load (root).</summary>
    public bool LoadFirst { get; init; }

    /// <summary>False: pairs alone.</summary>
    public bool Capacity { get; init; } = true;

    /// <exception cref="CommandUsageException">A flag is unknown, or its value of no use.</exception>
    public static BenchPlan Parse(string[] args)
    {
        BenchPlan plan = new();
        CommandLine flags = new(args);
        while (flags.Next())
        {
            plan = flags.Flag switch
            {
                "--seconds" => plan with { Seconds = flags.Amount(2, 600) },
                "--max" => plan with { Max = flags.Number(1, LoadCalls.Most) },
                "--at" => plan with { Steps = Numbers(flags.Text()) },
                "--json" => plan with { Json = flags.Text() },
                "--svg" => plan with { Svg = flags.Text() },
                "--config" => plan with { Config = flags.Text() },
                "--state" => plan with { State = flags.Text() },
                "--load" => plan with { Load = flags.Text() },
                "--floor" => plan with { Floor = flags.Text() },
                "--pairs" => plan with { Pairs = flags.Number(0, 100) },
                "--pair-calls" => plan with { PairCalls = flags.Number(1, LoadCalls.Most) },
                "--pairs-only" => plan with { Capacity = false },
                "--busy" => plan with { Busy = true },
                "--load-first" => plan with { LoadFirst = true },
                _ => throw flags.Unknown(),
            };
        }

        return plan.Max == 0 ? plan : plan with { Steps = [.. plan.Steps.Where(calls => calls < plan.Max), plan.Max] };
    }

    private static int[] Numbers(string text)
    {
        List<int> numbers = [];
        foreach (string word in text.Split(','))
        {
            numbers.Add(int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= LoadCalls.Most && (numbers.Count == 0 || number > numbers[^1])
                ? number
                : throw new CommandUsageException($"--at takes ascending numbers of calls such as 100,200,400, not \"{text}\""));
        }

        return [.. numbers];
    }
}
