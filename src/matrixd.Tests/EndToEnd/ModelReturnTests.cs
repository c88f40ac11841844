using System.Net;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Connections to Gemini that end, over real sockets: U1, U2, U8, U9, U10, U17, U18.</summary>
public sealed class ModelReturnTests
{
    private const string Refused = "Request contains an invalid argument.";

    // U1, U2, U8
    [Theory]
    [InlineData("reset")]
    [InlineData("fin")]
    [InlineData("1011 Internal error encountered.")]
    [InlineData("1000")]
    [InlineData("goaway and close")]
    [InlineData("goaway twice")]
    public async Task A_connection_that_ends_in_mid_sentence_is_resumed_and_the_model_goes_on_where_the_caller_heard_it_stop(string way)
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (EndToEndLine line, GeminiConnection first) = await ModelScene.BeginAsync(house, "u1");
        int heard = line.Audio.Length;
        ModelScene.Begins(first, Signals.Noise(24_000, 0.8, seed: 2), "The price of the blue one");
        await line.HeardAsync(heard + 1_600);

        ModelScene.End(first, way);

        GeminiConnection second = await ModelScene.NextAsync(house, first);
        GeminiReceived asked = await second.Ledger.ReceivedAsync("realtime_input.text");
        Assert.Contains("The price of the blue one", asked.Text, StringComparison.Ordinal);
        Assert.Same(first.Session, second.Session);
        Assert.True(ModelScene.Resumes(second));
        Assert.True(first.Closed.IsCompleted);
        await second.SayAsync(Signals.Noise(24_000, 0.3, seed: 3), "is four hundred.");
        line.Speak(Signals.Speech(8_000, 0.2));
        await second.Ledger.WaitAsync(() => second.Ledger.AudioMessages >= 9, "the caller on the new connection");
        Assert.DoesNotContain(second.Ledger.Received, received => received.Kind == "clientContent"); // greeted once
        line.HangUp();

        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("u1")).EndReason);
        Assert.Equal(["lost", "resumed"], await ModelScene.LivesAsync(house, "u1", 2));
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal(1, metrics.Values["matrixd_model_resumptions_total{cause=\"loss\"}"]);
        Assert.Equal((0, 0, 1), (metrics["model_rotations_total"], metrics["model_fresh_sessions_total"], metrics["model_gap_seconds_count"]));
        await house.NoModelLeftAsync();
    }

    // U6
    [Fact]
    public async Task A_planned_move_loses_no_sample_of_the_caller()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("u6");
        GeminiConnection first = await house.ReadyAsync();
        short[] quiet = Signals.Noise(8_000, 30, seed: 4, amplitude: 40); // below what is taken for a voice
        int sent = 0;
        bool Speak()
        {
            line.Media(quiet.AsSpan(sent, 160));
            sent += 160;
            return sent < quiet.Length;
        }

        using PeriodicTimer frames = new(TimeSpan.FromMilliseconds(20));
        while (first.Ledger.AudioMessages < 20 && Speak())
        {
            await frames.WaitForNextTickAsync();
        }

        first.SendGoAway(TimeSpan.FromSeconds(50));
        while (house.Gemini.Connections[^1] is var latest && (latest == first || latest.Ledger.AudioMessages < 20) && Speak())
        {
            await frames.WaitForNextTickAsync();
        }

        GeminiConnection second = await ModelScene.NextAsync(house, first);
        short[] expected = EndToEndSound.Stream(quiet.AsSpan(0, sent), 8_000, 16_000);
        int whole = expected.Length / 320 * 320;
        await second.Ledger.WaitAsync(() => first.Ledger.CallerPcm.Length + second.Ledger.CallerPcm.Length >= whole, "everything that was said", TimeSpan.FromSeconds(20));
        short[] got = [.. first.Ledger.CallerPcm, .. second.Ledger.CallerPcm];
        EndToEndSound.AssertSame(expected.AsSpan(0, whole), got.AsSpan(0, whole));
        Assert.Equal(whole, got.Length);
        Assert.True(first.Closed.IsCompleted);
        Assert.True(ModelScene.Resumes(second));
        Assert.Equal(1000, (await first.Closed).Code);
        Assert.Equal(["rotated"], await ModelScene.LivesAsync(house, "u6", 1));
        Assert.Equal(0, (await house.MetricsAsync())["uplink_dropped_bytes_total"]);
    }

    // U9
    [Theory]
    [InlineData("1008 models/gemini-9 is not found for API version v1alpha")]
    [InlineData("1008 Your request was blocked by our policy")]
    public async Task What_is_permanent_ends_the_call_without_another_attempt(string way)
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (EndToEndLine line, GeminiConnection first) = await ModelScene.BeginAsync(house, "u9");
        line.Speak(Signals.Noise(8_000, 1.5, seed: 5, amplitude: 40));
        await first.Ledger.WaitAsync(() => first.Ledger.AudioMessages > 60, "more than its first audio");
        ModelScene.End(first, way);

        Assert.Equal(CloseCodes.InternalError, (await line.Closed.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        Session row = await house.EndedAsync("u9");
        Assert.Contains(row.EndReason, (CallEndReason[])[CallEndReason.ModelRefused, CallEndReason.ModelLost]);
        Assert.Single(house.Gemini.Connections);
        Assert.Equal(["lost", "gave_up"], await ModelScene.EventsAsync(house, "u9", 2));
    }

    // U9
    [Fact]
    public async Task What_is_not_permanent_by_its_text_is_resumed()
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (_, GeminiConnection first) = await ModelScene.BeginAsync(house, "u9-again");
        ModelScene.End(first, "1008 Operation is not implemented, or supported, or enabled.");
        Assert.True(ModelScene.Resumes(await ModelScene.NextAsync(house, first)));
    }

    // U10
    [Fact]
    public async Task Over_quota_nothing_is_tried_and_no_call_is_taken_for_a_while()
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (EndToEndLine line, GeminiConnection first) = await ModelScene.BeginAsync(house, "u10");
        ModelScene.End(first, "1011 You exceeded your current quota, please check your plan and billing details.");
        Assert.Equal(["lost"], await ModelScene.EventsAsync(house, "u10", 1));

        DialException refused = await Assert.ThrowsAsync<DialException>(() => house.DialAsync(new EndToEndCall("u10-next")));
        Assert.Equal(503, refused.Status);
        using HttpClient http = house.Http();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/healthz")).StatusCode);
        await house.MetricAsync("admission_held", 1);
        Assert.Single(house.Gemini.Connections);
        Assert.False(line.Closed.IsCompleted);
        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("u10")).EndReason);
        await house.NoModelLeftAsync();
    }

    // U10, U18
    [Fact]
    public async Task A_handle_that_is_refused_twice_gives_way_to_a_new_session_that_knows_what_was_said_and_does_not_greet()
    {
        await using House house = await House.BuildAsync(
            House.Scripted with { Script = index => index is 1 or 2 ? new GeminiScript { OnSetup = (connection, _) => connection.Close(1007, Refused) } : new GeminiScript() }, ModelScene.Greets);
        (EndToEndLine line, GeminiConnection first) = await ModelScene.BeginAsync(house, "u10-fresh");
        first.SendRaw("""{"serverContent":{"inputTranscription":{"text":"How much is it?"}}}""");
        int heard = line.Audio.Length;
        ModelScene.Begins(first, Signals.Noise(24_000, 0.8, seed: 2), "It costs four");
        await line.HeardAsync(heard + 1_600);
        first.Drop();

        GeminiConnection fresh = await house.ReadyAsync(3);
        GeminiReceived history = await fresh.Ledger.ReceivedAsync("clientContent");
        string[] texts = ModelScene.Texts(history);
        Assert.False(ModelScene.Resumes(fresh));
        Assert.True(ModelScene.Resumes(house.Gemini.Connections[2]));
        Assert.Equal(["model: Namaste.", "user: How much is it?", "model: It costs four"], texts[1..4]);
        Assert.Contains("\"It costs four\"", texts[4], StringComparison.Ordinal);
        Assert.DoesNotContain(texts, text => text.Contains(ModelScene.Greeting, StringComparison.Ordinal));
        Assert.True(history.Json.GetProperty("clientContent").GetProperty("turnComplete").GetBoolean());
        line.Speak(Signals.Speech(8_000, 0.2));
        await fresh.Ledger.WaitAsync(() => fresh.Ledger.AudioMessages >= 9, "the caller in the new session");
        Assert.Null(fresh.Refused);
        Assert.Equal(["lost", "retry_failed", "retry_failed", "fresh_session"], await ModelScene.EventsAsync(house, "u10-fresh", 4));
        Assert.Equal(1, (await house.MetricsAsync())["model_fresh_sessions_total"]);
    }

    // U18
    [Fact]
    public async Task A_session_whose_old_connection_is_still_open_is_tried_again()
    {
        await using House house = await House.BuildAsync(
            House.Scripted with { Script = index => index == 1 ? new GeminiScript { OnSetup = (connection, _) => connection.Close(1011, "Internal error encountered.") } : new GeminiScript() },
            ModelScene.Greets);
        (_, GeminiConnection first) = await ModelScene.BeginAsync(house, "u18");
        first.Drop();
        GeminiConnection third = await house.ReadyAsync(2);
        Assert.True(ModelScene.Resumes(third));
        Assert.Same(first.Session, third.Session);
        Assert.Equal(["lost", "retry_failed", "resumed"], await ModelScene.EventsAsync(house, "u18", 3));
    }

    // U18
    [Fact]
    public async Task A_session_that_says_it_cannot_be_resumed_is_not()
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (_, GeminiConnection first) = await ModelScene.BeginAsync(house, "u18-lost");
        first.SendRaw("""{"sessionResumptionUpdate":{"resumable":false}}""");
        first.Close(1011, "Internal error encountered.");
        GeminiConnection second = await ModelScene.NextAsync(house, first);
        GeminiReceived history = await second.Ledger.ReceivedAsync("clientContent");
        Assert.False(ModelScene.Resumes(second));
        Assert.False(history.Json.GetProperty("clientContent").GetProperty("turnComplete").GetBoolean()); // nothing is owed: it waits for the caller
        Assert.Equal("model: Namaste.", ModelScene.Texts(history)[^1]);
    }

    // U17, U11
    [Fact]
    public async Task A_token_that_expires_in_mid_call_is_replaced_and_the_same_session_resumed()
    {
        await using House house = await House.BuildAsync(House.Scripted, ModelScene.Greets);
        (EndToEndLine line, GeminiConnection first) = await ModelScene.BeginAsync(house, "u17");
        line.Speak(Signals.Noise(8_000, 1.5, seed: 5, amplitude: 40));
        await first.Ledger.WaitAsync(() => first.Ledger.AudioMessages > 60, "more than its first audio");
        ModelScene.End(first, $"1008 {ModelScene.CatchAll}");
        GeminiConnection second = await ModelScene.NextAsync(house, first);
        Assert.Same(first.Session, second.Session);
        Assert.Equal(2, house.Gemini.Tokens.Minted.Count);

        ModelScene.End(second, $"1008 {ModelScene.CatchAll}"); // again at once: it is not the token
        await line.Closed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, house.Gemini.Connections.Count);
    }
}
