using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Diagnostics;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class TapeSettingsTests
{
    private static readonly CallsOptions s_unusual = new()
    {
        MaxCalls = 1,
        CallMax = TimeSpan.FromMilliseconds(1001),
        MediaIdle = TimeSpan.FromMilliseconds(1002),
        CloseTimeout = TimeSpan.FromMilliseconds(1003),
        ModelReadyTimeout = TimeSpan.FromMilliseconds(1004),
        OutboundLead = TimeSpan.FromMilliseconds(1005),
        UplinkFrame = TimeSpan.FromMilliseconds(1006),
        UplinkBuffer = TimeSpan.FromMilliseconds(1007),
        RotateAfter = TimeSpan.FromMilliseconds(1008),
        BargeIn = new BargeInOptions
        {
            IsLocal = true,
            IsReversible = false,
            MinimumSpeech = TimeSpan.FromMilliseconds(2001),
            Grace = TimeSpan.FromMilliseconds(2002),
            StartGrace = TimeSpan.FromMilliseconds(2003),
            Confirm = TimeSpan.FromMilliseconds(2004),
            ResumeAfter = TimeSpan.FromMilliseconds(2005),
        },
        Stalls = new StallOptions
        {
            IsEnabled = false,
            NoAnswer = TimeSpan.FromMilliseconds(3001),
            SilentAudio = TimeSpan.FromMilliseconds(3002),
            NoMessage = TimeSpan.FromMilliseconds(3003),
            BrokenTurn = TimeSpan.FromMilliseconds(3004),
            Step = TimeSpan.FromMilliseconds(3005),
            Nudge = "Are you \"there\"?",
        },
    };

    [Fact]
    public void Every_setting_comes_back_from_the_tape_as_the_call_had_it() => Assert.Equal(s_unusual, TapeSettings.Read(Written(s_unusual)));

    [Fact]
    public void A_tape_of_before_a_setting_has_it_as_usual()
    {
        JsonElement old = JsonDocument.Parse("""{"call_max_ms":60000,"watchdog":{"step_ms":1000}}""").RootElement;
        CallsOptions usual = new() { MaxCalls = 1 };

        CallsOptions read = TapeSettings.Read(old);

        Assert.Equal(usual with { CallMax = TimeSpan.FromMinutes(1), Stalls = usual.Stalls with { Step = TimeSpan.FromSeconds(1) } }, read);
    }

    private static JsonElement Written(CallsOptions calls)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            TapeSettings.Write(json, calls);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(text.WrittenMemory).RootElement;
    }
}
