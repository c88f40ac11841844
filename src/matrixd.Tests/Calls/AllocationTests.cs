using System.Text;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Models;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A frame costs no heap from the bytes of one socket to those of the other, recording included; a turn costs what its rows hold.</summary>
public sealed class AllocationTests
{
    private const int Warm = 2000;
    private const int Window = 500;
    private const int Windows = 12;

    [Theory]
    [InlineData(8000, 20, false)]
    [InlineData(8000, 100, false)]
    [InlineData(24000, 20, false)]
    [InlineData(8000, 20, true)]
    public async Task A_second_of_a_call_allocates_nothing_both_ways_with_recording(int rate, int uplinkMs, bool hasOwnEar)
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-allocation-").FullName;
        CallStory story = new(rate, o => o with { RecordingDirectory = directory, CallMax = TimeSpan.FromHours(2), UplinkFrame = TimeSpan.FromMilliseconds(uplinkMs), BargeIn = new BargeInOptions { IsLocal = hasOwnEar } });
        SilentModel model = new();
        CallEnvironment environment = story.Environment with { Models = model };
        FakeLink callerLink = new() { Keeps = false };
        ExotelLeg leg = new(
            callerLink, new ExotelOptions(), new CallHost(environment, story.Registry), new ExotelAdmission(null, () => { }), new ExotelCounters(), story.Wheel, NullLogger<ExotelLeg>.Instance);
        Task served = leg.RunAsync();
        callerLink.Deliver(ExotelCorpus.Start(rate: $"{rate}"));
        GeminiConnection connection = new(model.Sink!, new GeminiCounters(), _ => model.Sink!.OnModelReady("m")) { Quirks = ModelQuirks.For("") };
        connection.OnMessage(WebSocketOpcode.Binary, "{\"setupComplete\":{}}"u8);
        byte[][] frames = [.. Enumerable.Range(0, Warm + (Windows * Window)).Select(i => Frame(rate, i))];
        byte[] said = Encoding.UTF8.GetBytes($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{{Pcm(24_000, 100)}}}}}"}}]}}}""");

        void Run(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                story.Clock.Advance(TimeSpan.FromMilliseconds(20));
                story.Wheel.Advance();
                callerLink.Deliver(frames[i]);
                if (i % 5 == 0)
                {
                    SpinWait wait = default;
                    while (story.Recordings!.Backlog > 0)
                    {
                        wait.SpinOnce(); // here a second takes a millisecond: the disk's thread must keep up
                    }

                    connection.OnMessage(WebSocketOpcode.Binary, said); // 100 ms in each 100 ms
                    connection.OnBatchEnd();
                }
            }
        }

        Run(0, Warm);
        int sent = callerLink.SentCount;
        long messages = model.Messages;
        long[] allocated = new long[Windows];
        for (int window = 0; window < Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(Warm + (window * Window), Warm + ((window + 1) * Window));
            allocated[window] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(callerLink.SentCount - sent >= Windows * Window / 10, "the caller heard the model");
        Assert.Equal(Windows * Window * 20 / uplinkMs, model.Messages - messages);

        // The pools are shared with everything that runs beside this test, so one of them may have to grow now and then; a frame that costs something costs it in each window.
        Assert.True(allocated.Contains(0), $"bytes per {Window} frames: {string.Join(", ", allocated)}");
        story.Registry.StopAll(CallEndReason.CallerHungUp, "");
        callerLink.End();
        await served.WaitAsync(TimeSpan.FromSeconds(20));
        await story.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_turn_of_a_call_allocates_little_more_than_the_texts_of_its_rows()
    {
        const int Turns = 5; // each window
        const int Ticks = 40; // of 100 ms
        const int MostBytes = 1000; // two rows with 26 and 89 characters: 456, twice that with room
        CallStory story = new(options: o => o with { CallMax = TimeSpan.FromHours(2), RotateAfter = TimeSpan.FromHours(2) });
        SilentModel model = new();
        SilentLog log = new();
        CallEnvironment environment = story.Environment with { Models = model, Log = log };
        FakeLink callerLink = new() { Keeps = false };
        ExotelLeg leg = new(
            callerLink, new ExotelOptions(), new CallHost(environment, story.Registry), new ExotelAdmission(null, () => { }), new ExotelCounters(), story.Wheel, NullLogger<ExotelLeg>.Instance);
        Task served = leg.RunAsync();
        callerLink.Deliver(ExotelCorpus.Start());
        GeminiConnection connection = new(model.Sink!, new GeminiCounters(), _ => model.Sink!.OnModelReady("m")) { Quirks = ModelQuirks.For("") };
        connection.OnMessage(WebSocketOpcode.Binary, "{\"setupComplete\":{}}"u8);
        byte[] audio = Encoding.UTF8.GetBytes($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{{Pcm(24_000, 100)}}}}}"}}]}}}""");

        byte[][] frames = [.. Enumerable.Range(0, (Windows + 2) * Turns * Ticks).Select(i => Frame(8000, i, 100))];
        int frame = 0;

        void Turn()
        {
            for (int tick = 0; tick < Ticks; tick++)
            {
                story.Clock.Advance(TimeSpan.FromMilliseconds(100));
                story.Wheel.Advance();
                callerLink.Deliver(frames[frame++]);
                connection.OnMessage(WebSocketOpcode.Binary, tick switch
                {
                    0 => """{"serverContent":{"inputTranscription":{"text":"When do you open tomorrow?"}}}"""u8,
                    2 or 4 or 6 or 8 or 10 => """{"serverContent":{"outputTranscription":{"text":" from ten to eight"}}}"""u8,
                    < 12 => audio,
                    12 => """{"serverContent":{"generationComplete":true}}"""u8,
                    30 => """{"serverContent":{"turnComplete":true}}"""u8,
                    _ => """{"serverContent":{}}"""u8,
                });
                connection.OnBatchEnd();
            }
        }

        long[] allocated = new long[Windows];
        for (int window = -2; window < Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int turn = 0; turn < Turns; turn++)
            {
                Turn();
            }

            allocated[Math.Max(0, window)] = (GC.GetAllocatedBytesForCurrentThread() - before) / Turns;
        }

        Assert.Equal(2 * Turns * (Windows + 2), log.Turns);
        Assert.Equal("from ten to eight from ten to eight from ten to eight from ten to eight from ten to eight", log.Said);
        Assert.True(allocated.Min() <= MostBytes, $"bytes a turn: {string.Join(", ", allocated)}");
        story.Registry.StopAll(CallEndReason.CallerHungUp, "");
        callerLink.End();
        await served.WaitAsync(TimeSpan.FromSeconds(20));
        await story.DisposeAsync();
    }

    private static byte[] Frame(int rate, int i, int milliseconds = 20) => Encoding.UTF8.GetBytes(
        $$$"""{"event":"media","sequence_number":"{{{i + 2}}}","stream_sid":"stream-1","media":{"chunk":"{{{i + 1}}}","timestamp":"{{{i * milliseconds}}}","payload":"{{{Pcm(rate, milliseconds)}}}"}}""");

    private static string Pcm(int rate, int milliseconds) => Convert.ToBase64String(Samples16.BytesOf(Signals.Tone(440, rate, milliseconds / 1000.0)));

    // Counts the turns and keeps the last.
    private sealed class SilentLog : ICallLog
    {
        public int Turns { get; private set; }

        public string Said { get; private set; } = "";

        public void Turn(TurnRecord turn)
        {
            Turns++;
            Said = turn.Said;
        }

        public void ToolCall(ToolCallRecord call)
        {
        }

        public void ModelEvent(ModelEventRecord happened)
        {
        }

        public void ModelHandle(CallSid callSid, StreamSid streamSid, string handle)
        {
        }

        public Task<IReadOnlyList<TurnRecord>> TurnsAsync(CallSid callSid) => throw new NotSupportedException();

        public Task<IReadOnlyList<ToolCallRecord>> ToolCallsAsync(CallSid callSid) => throw new NotSupportedException();

        public Task<IReadOnlyList<ModelEventRecord>> ModelEventsAsync(CallSid callSid) => throw new NotSupportedException();
    }

    // Writes what the real leg writes, and keeps nothing.
    private sealed class SilentModel : IModelConnector, IModelLeg
    {
        private readonly byte[] _message = new byte[16 * 1024];

        public IModelSink? Sink { get; private set; }

        public long Messages { get; private set; }

        public bool TakesAudio => true;

        public Task Closed => Task.CompletedTask;

        public IModelLeg Open(CallSid callSid, IModelSink sink)
        {
            Sink = sink;
            return this;
        }

        public void SendAudio(ReadOnlySpan<byte> pcm)
        {
            GeminiAudioWriter.Write(pcm, _message);
            Messages++;
        }

        public void Connect()
        {
        }

        public void Begin(ModelSetup setup)
        {
        }

        public void SendAudioStreamEnd()
        {
        }

        public void SendOpeningText(string text)
        {
        }

        public void SendText(string text)
        {
        }

        public void SendHistory(IReadOnlyList<PastTurn> turns, string request)
        {
        }

        public void Reconnect(ReconnectKind kind, string why)
        {
        }

        public void SendToolResponse(string id, string name, string response)
        {
        }

        public void Flush()
        {
        }

        public void Close()
        {
        }
    }
}
