namespace Matrixd.Benchmarks;

/// <summary>What the simulated model says, and when: an answer after each stretch of speech, faster than real time, some of them interrupted.</summary>
internal static class LoadMouth
{
    // Messages of silence that a voice activity detector waits for [20 ms].
    private const int SilenceBeforeAnswer = 20;
    private const int LeastSpeech = 25;

    // A part each 40 ms: three to four times real time, as the service does.
    private const int TicksPerPart = 2;

    // One turn in so many, by turns in the middle of generation and when only the playing goes on.
    private const int InterruptedEach = 4;
    private const int InterruptEarly = 25;
    private const int InterruptLate = 60;

    // 300 ms after it should have been heard a turn is judged.
    private const int PatienceTicks = 15;

    // 20 ms at 24 kHz.
    private const int TickSamples = 480;

    private static ReadOnlySpan<byte> Heard => "{\n  \"serverContent\": {\n    \"inputTranscription\": {\n      \"text\": \"When do you open tomorrow?\"\n    }\n  }\n}\n"u8;

    private static ReadOnlySpan<byte> Said => "{\n  \"serverContent\": {\n    \"outputTranscription\": {\n      \"text\": \" from ten to eight\"\n    }\n  }\n}\n"u8;

    private static ReadOnlySpan<byte> Generated => "{\n  \"serverContent\": {\n    \"generationComplete\": true\n  }\n}\n"u8;

    private static ReadOnlySpan<byte> Interrupted => "{\n  \"serverContent\": {\n    \"interrupted\": true\n  }\n}\n"u8;

    private static ReadOnlySpan<byte> Complete =>
        "{\n  \"serverContent\": {\n    \"turnComplete\": true\n  },\n  \"usageMetadata\": {\n    \"promptTokenCount\": 412,\n    \"responseTokenCount\": 81,\n    \"totalTokenCount\": 493\n  }\n}\n"u8;

    /// <summary>Called for each call every 20 ms.</summary>
    public static void Tick(LoadCall call, LoadTraffic traffic, LoadFigures figures)
    {
        if (call.Session is not { } session || call.State != LoadCallState.Live)
        {
            return;
        }

        LoadTurn turn = call.Turn;
        if (turn.State == LoadTurnState.None)
        {
            if (session.Silent >= SilenceBeforeAnswer && session.Spoken >= LeastSpeech)
            {
                Begin(call, session, traffic);
            }

            return;
        }

        turn.Ticks++;
        if (turn.State != LoadTurnState.BrokenOff && turn.InterruptTick == turn.Ticks)
        {
            turn.InterruptedAt = LoadUsage.Now;
            session.Say(Interrupted);
            session.Say(Complete);
            turn.State = LoadTurnState.BrokenOff;
        }
        else if (turn.State == LoadTurnState.Speaking)
        {
            Speak(call.Index, session, turn, traffic);
        }
        else if (IsHeard(turn))
        {
            if (turn.State == LoadTurnState.Said)
            {
                session.Say(Complete);
            }

            turn.Judge(figures);
            turn.State = LoadTurnState.None;
        }
    }

    private static bool IsHeard(LoadTurn turn) => turn.State == LoadTurnState.BrokenOff
        ? turn.Ticks == turn.InterruptTick + PatienceTicks
        : (long)(turn.Ticks - PatienceTicks) * TickSamples > turn.Planned;

    private static void Begin(LoadCall call, LoadSession session, LoadTraffic traffic)
    {
        int number = call.Turn.Number + 1;
        int seed = Seed(call.Index, number);
        LoadTurn turn = new() { State = LoadTurnState.Speaking, Number = number, Parts = 17 + (seed % 5) };
        for (int part = 0; part < turn.Parts; part++)
        {
            turn.Planned += traffic.PartSamples(seed + part);
        }

        if ((call.Index + number) % InterruptedEach == 0)
        {
            turn.InterruptTick = number % 2 == 1 ? InterruptEarly : InterruptLate;
        }

        call.Turn = turn;
        session.Spoken = 0;
        session.Say(Heard);
    }

    private static void Speak(int index, LoadSession session, LoadTurn turn, LoadTraffic traffic)
    {
        if (turn.Ticks % TicksPerPart != 1)
        {
            return;
        }

        int part = Seed(index, turn.Number) + turn.SentParts;
        turn.Give(traffic.PartSamples(part), LoadUsage.Now);
        session.Write(traffic.Part(part));
        if (turn.SentParts++ % 3 == 0)
        {
            session.Say(Said);
        }

        if (turn.SentParts == turn.Parts)
        {
            session.Say(Generated);
            turn.State = LoadTurnState.Said;
        }
    }

    private static int Seed(int index, int turn) => (index * 7) + (turn * 13);
}
