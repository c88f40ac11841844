using Matrixd.Audio;
using Matrixd.Server;
using Matrixd.Simulation;

namespace Matrixd.Hosting.Demo;

/// <summary>Holds what the caller heard against what the model said, sample by sample.</summary>
internal static class DemoCheck
{
    // Enough samples that only the same audio can be equal in all of them: 25 ms.
    private const int Anchor = 200;

    public static DemoReport Judge(DemoScene scene, CallerReport line, short[] said, IReadOnlyList<SaidTurn> turns, short[] heard, SessionView session)
    {
        List<DemoTurn> found = [];
        int from = 0;
        for (int i = 0; i < turns.Count; i++)
        {
            short[] expected = Resampled(said.AsSpan(turns[i].Start, turns[i].Length));
            DemoTurn turn = Find(i + 1, expected, heard, from, turns[i].Interrupted);
            found.Add(turn);
            from = (int)((turn.StartMs + turn.HeardMs) * DemoScene.Rate / 1000);
        }

        double bargeIn = SilenceAfter(found, scene);
        List<string> problems = Problems(line, found, session);
        return new DemoReport(problems.Count == 0, problems, found, bargeIn, line, session);
    }

    private static List<string> Problems(CallerReport line, List<DemoTurn> turns, SessionView session)
    {
        List<string> problems = [];
        Expect(line.Violations == 0, $"{line.Violations} chunk rules broken");
        Expect(line.UnderRuns == 0, $"{line.UnderRuns} gaps inside turns");
        Expect(line.Clears == 1, $"{line.Clears} clears, expected 1");
        Expect(turns.Count == 4, $"{turns.Count} turns of the model, expected 4");
        Expect(turns.Count(turn => turn.Interrupted) == 1, "expected one interrupted turn");
        Expect(turns.All(turn => turn.Interrupted || turn.Missing == 0), "a turn was not heard to its last sample");
        Expect(turns.All(turn => turn.Correlation > 0.99999), "what was heard is not what was said");
        Expect(session.EndReason == "caller_hung_up", $"the call ended with {session.EndReason}");
        Expect(session.Turns is { Length: >= 4 }, "the transcript is incomplete");
        return problems;

        void Expect(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }

    private static short[] Resampled(ReadOnlySpan<short> pcm)
    {
        Resampler resampler = Resampler.Create(24_000, DemoScene.Rate);
        short[] output = new short[resampler.MaxOutputLength(pcm.Length) + resampler.FlushLength + 1];
        int length = resampler.Process(pcm, output);
        length += resampler.Flush(output.AsSpan(length));
        return output[..length];
    }

    private static DemoTurn Find(int number, short[] expected, short[] heard, int from, bool interrupted)
    {
        // Silence at the start of a turn is everywhere: the anchor begins where the turn does.
        int lead = Math.Max(0, Array.FindIndex(expected, sample => Math.Abs((int)sample) > 50));
        ReadOnlySpan<short> anchor = expected.AsSpan(lead, Math.Min(Anchor, expected.Length - lead));
        int at = heard.AsSpan(Math.Min(from, heard.Length)).IndexOf(anchor);
        if (at < 0)
        {
            return new DemoTurn(number, Ms(expected.Length), 0, Ms(from), expected.Length, interrupted, 0);
        }

        int start = Math.Max(0, from + at - lead);
        int same = heard.AsSpan(start).CommonPrefixLength(expected);
        return new DemoTurn(number, Ms(expected.Length), Ms(same), Ms(start), expected.Length - same, interrupted, Correlation(expected.AsSpan(0, same), heard.AsSpan(start, same)));
    }

    private static double Correlation(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return aa == 0 || bb == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }

    private static double SilenceAfter(List<DemoTurn> turns, DemoScene scene)
    {
        DemoTurn? cut = turns.FirstOrDefault(turn => turn.Interrupted);
        return cut is null ? 0 : cut.StartMs + cut.HeardMs - scene.BargeAt.TotalMilliseconds;
    }

    private static double Ms(int samples) => samples * 1000.0 / DemoScene.Rate;
}
