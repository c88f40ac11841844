using System.Text;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U9, U10, U12
public sealed class CloseCauseTests
{
    private const string CatchAll =
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API";

    [Theory]
    [InlineData(1008, CatchAll, "BeforeSetupComplete", "ModelRefused", "TokenBad", "the model's name is wrong")]
    [InlineData(1008, CatchAll, "FirstAudio", "ModelRefused", "Permanent", "audio was sent in camelCase")]
    [InlineData(1008, CatchAll, "MidCall", "ModelLost", "TokenBad", "the token has expired")]
    [InlineData(1006, "", "BeforeSetupComplete", "ModelUnreachable", "None", "the model's name is wrong")]
    [InlineData(1005, "", "BeforeSetupComplete", "ModelUnreachable", "None", "the model's name is wrong")]
    [InlineData(1006, "", "MidCall", "ModelLost", "None", "the network")]
    [InlineData(1007, "API key not valid. Please pass a valid API key.", "BeforeSetupComplete", "ModelRefused", "TokenBad", "the API key is wrong")]
    [InlineData(1007, "Missing or malformed auth token", "BeforeSetupComplete", "ModelRefused", "TokenBad", "the token is missing")]
    [InlineData(1007, "Request contains an invalid argument.", "BeforeSetupComplete", "ModelRefused", "Permanent", "the setup holds")]
    [InlineData(1007, "Request contains an invalid argument.", "MidCall", "ModelLost", "None", "audio or text was sent while")]
    [InlineData(1007, "Invalid JSON payload received. Unknown name \"mediaChunk\"", "MidCall", "ModelRefused", "Permanent", "the setup holds")]
    [InlineData(1007, "CONTENT_TYPE_AUDIO not supported", "FirstAudio", "ModelRefused", "Permanent", "a kind of content")]
    [InlineData(1008, "Operation is not implemented, or supported, or enabled.", "MidCall", "ModelLost", "None", "audio or text was sent while")]
    [InlineData(1008, "models/gemini-9 is not found for API version v1alpha, or is not supported for bidiGenerateContent", "BeforeSetupComplete", "ModelRefused", "Permanent", "the model's name is wrong")]
    [InlineData(1008, "The operation was aborted.", "MidCall", "ModelLost", "None", "the service has a fault")]
    [InlineData(1011, "Token has been used too many times", "BeforeSetupComplete", "ModelRefused", "TokenExhausted", "the shared token's uses")]
    [InlineData(1011, "You exceeded your current quota, please check your plan", "BeforeSetupComplete", "ModelRefused", "Quota", "the project's concurrent sessions")]
    [InlineData(1011, "Internal error encountered.", "MidCall", "ModelLost", "None", "the service has a fault")]
    [InlineData(1011, "The service is currently unavailable.", "BeforeSetupComplete", "ModelUnreachable", "None", "the session was resumed while")]
    [InlineData(1011, "Deadline expired before operation could complete.", "MidCall", "ModelLost", "None", "the connection was kept")]
    [InlineData(1000, "", "MidCall", "ModelEnded", "None", "the service ended")]
    [InlineData(4711, "new", "MidCall", "ModelLost", "None", "the service has a fault")]
    [InlineData(401, "", "Upgrade", "ModelRefused", "TokenBad", "the token is missing")]
    [InlineData(404, "", "Upgrade", "ModelRefused", "Permanent", "the address is not")]
    [InlineData(429, "", "Upgrade", "ModelRefused", "Quota", "too many requests")]
    [InlineData(503, "", "Upgrade", "ModelUnreachable", "None", "the network")]
    [InlineData(0, "", "Upgrade", "ModelUnreachable", "None", "the network")]
    public void A_close_is_judged_by_code_text_and_stage(int code, string text, string stage, string reason, string traits, string likeliest)
    {
        CloseCause cause = CloseCause.Classify(code, text, Enum.Parse<CloseStage>(stage));

        Assert.Equal(Enum.Parse<CallEndReason>(reason), cause.Reason);
        Assert.Equal(Enum.Parse<CloseTraits>(traits), cause.Traits);
        Assert.StartsWith(likeliest, cause.Causes[0].What);
    }

    [Fact]
    public void The_operator_never_sees_the_lying_text_alone()
    {
        string line = CloseCause.Classify(1008, CatchAll, CloseStage.BeforeSetupComplete).Describe();

        Assert.StartsWith("1008 \"Method doesn't allow unregistered callers", line);
        Assert.Contains("before setupComplete; likely, in this order: (1) the model's name is wrong or the model is retired: set [gemini] model", line);
        Assert.Contains("(2) the token's new-session window is over", line);
    }

    // The catch-all has five causes. At the first audio the form of the audio is the likeliest; before it, none has been sent.
    [Theory]
    [InlineData("BeforeSetupComplete", "model_name session_window plain_method token_form api_key", "audio_form")]
    [InlineData("FirstAudio", "audio_form model_name", "session_window plain_method token_form")]
    [InlineData("MidCall", "token_expired audio_form", "session_window plain_method token_form")]
    public void The_causes_of_the_catch_all_are_told_apart_by_stage(string stage, string likely, string ruledOut)
    {
        CloseCause cause = CloseCause.Classify(1008, CatchAll, Enum.Parse<CloseStage>(stage));

        Assert.Equal(likely, string.Join(' ', cause.Causes.Select(c => c.Slug)));
        Assert.Equal(ruledOut, string.Join(' ', cause.RuledOut.Select(c => c.Cause.Slug)));
    }

    [Fact]
    public void What_we_sent_tells_the_causes_apart_within_a_stage()
    {
        CloseEvidence usual = new() { HadToken = true, PlainMethod = false, WindowLeft = TimeSpan.FromHours(1), ModelKnown = true, AudioMessages = 0, ToolPending = false };

        Assert.Equal("model_name token_form api_key", Slugs(usual));
        Assert.Equal("session_window model_name token_form api_key", Slugs(usual with { WindowLeft = TimeSpan.FromSeconds(-1) }));
        Assert.Equal("model_name session_window token_form api_key", Slugs(usual with { WindowLeft = TimeSpan.FromMinutes(2) })); // our clock may be wrong by more
        Assert.Equal("plain_method model_name token_form api_key", Slugs(usual with { PlainMethod = true }));
        Assert.Equal("token_form model_name api_key", Slugs(usual with { HadToken = false }));
        Assert.Contains("Not: the token's new-session window is over (it had 60 min left); the token went to the plain", CloseCause.Classify(1008, CatchAll, CloseStage.BeforeSetupComplete, "", usual).Describe());

        static string Slugs(CloseEvidence evidence) =>
            string.Join(' ', CloseCause.Classify(1008, CatchAll, CloseStage.BeforeSetupComplete, "", evidence).Causes.Select(c => c.Slug));
    }

    [Theory]
    [InlineData(true, "tool_pending")]
    [InlineData(false, "model_name")]
    public void A_pending_tool_is_blamed_where_there_is_one(bool pending, string slug) =>
        Assert.Equal(slug, CloseCause.Classify(1008, "Operation is not implemented, or supported, or enabled.", CloseStage.MidCall, "", new CloseEvidence { ToolPending = pending }).Slug);

    // What is left of the table when everything it names is ruled out is still the table: an operator needs a place to begin.
    [Fact]
    public void There_is_always_a_cause()
    {
        CloseEvidence nothing = new() { LifeLeft = TimeSpan.FromHours(1), PlainMethod = false, WindowLeft = TimeSpan.FromHours(1), AudioMessages = 0 };

        Assert.NotEmpty(CloseCause.Classify(1008, CatchAll, CloseStage.MidCall, "", nothing).Causes);
    }

    [Theory]
    [InlineData("Resolve", "dns")]
    [InlineData("Connect", "network")]
    [InlineData("Proxy", "proxy")]
    [InlineData("Tls", "tls")]
    [InlineData("Alpn", "alpn")]
    public void A_dial_that_came_to_no_answer_is_judged_by_its_stage(string stage, string slug)
    {
        GeminiFailure failure = GeminiFailure.OfDial(new DialException(Enum.Parse<DialStage>(stage), 0, "gemini.example:443: it failed"), "");

        Assert.Equal(slug, failure.Cause!.Slug);
        Assert.Equal(CallEndReason.ModelUnreachable, failure.Ending.Reason);
        Assert.StartsWith($"gemini.example:443: it failed; {slug}: ", failure.Ending.Detail);
        Assert.Contains("at the connection; likely, in this order: (1) ", failure.Report);
    }

    [Fact]
    public void Every_cause_has_a_short_name_of_the_closed_set()
    {
        string[] slugs = [.. typeof(CauseSlugs).GetFields().Select(field => (string)field.GetRawConstantValue()!)];
        foreach (CloseStage stage in Enum.GetValues<CloseStage>())
        {
            foreach (int code in Enumerable.Range(0, 600).Concat(Enumerable.Range(1000, 100)))
            {
                Assert.All(CloseCause.Classify(code, "", stage).Causes, cause => Assert.Contains(cause.Slug, slugs));
            }
        }
    }

    // Nothing that a service sends grows the page.
    [Fact]
    public void Ends_are_counted_under_labels_of_closed_sets()
    {
        CloseCounters counters = new();
        counters.Add(CloseCause.Classify(1008, CatchAll, CloseStage.BeforeSetupComplete));
        counters.Add(CloseCause.Classify(1008, CatchAll, CloseStage.BeforeSetupComplete));
        for (int code = 4000; code < 5000; code++)
        {
            counters.Add(CloseCause.Classify(code, $"text {code}", CloseStage.MidCall));
        }

        Assert.Equal([("other", "call", "service_fault", 1000L), ("1008", "setup", "model_name", 2L)], counters.Snapshot());
    }

    [Fact]
    public void Every_cause_comes_with_what_to_do()
    {
        foreach (CloseStage stage in Enum.GetValues<CloseStage>())
        {
            foreach (int code in new[] { 0, 401, 429, 503, 1000, 1005, 1006, 1007, 1008, 1011, 4000 })
            {
                Assert.All(CloseCause.Classify(code, "", stage).Causes, cause => Assert.True(cause.What.Length > 0 && cause.Fix.Length > 0));
            }
        }
    }

    // H17
    [Theory]
    [InlineData("a\r\nfake line", "a\\u000d\\u000afake line")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData("token auth_tokens/abc.def-1 is bad", "token [token] is bad")]
    [InlineData("auth_tokens/a,auth_tokens/b", "[token],[token]")]
    [InlineData("key AIzaSECRET!", "key [secret]!")]
    public void Foreign_words_are_cleaned(string text, string clean) => Assert.Equal(clean, CloseCause.Classify(1011, text, CloseStage.MidCall, "AIzaSECRET").Text);

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("half \ufffd", CloseCause.Classify(1011, "half " + '\ud800', CloseStage.MidCall).Text);

    [Fact]
    public void Foreign_words_are_cut_at_a_character()
    {
        string text = CloseCause.Classify(1011, new string('न', 1000), CloseStage.MidCall).Text;

        Assert.Equal(41, text.Length); // 3 bytes each
        Assert.Equal(123, Encoding.UTF8.GetByteCount(text));
    }
}
