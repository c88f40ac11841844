using System.Runtime.InteropServices;
using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>Reads what the client sends, refuses what the API refuses, and hands the rest on.</summary>
/// <remarks>Owned by one connection and called under its lock.</remarks>
internal sealed class GeminiInbox(GeminiConnection connection, GeminiOutbox outbox, GeminiSimulatorOptions options)
{
    private byte[] _pcm = new byte[6400]; // 200 ms at 16 kHz; grows to the largest message that came
    private GeminiRateChange? _rate;
    private bool _setupSeen;
    private bool _audioSeen;

    /// <returns>The message's kind, for the ledger, which is told when all that the message causes has been caused.</returns>
    public string Take(ReadOnlySpan<byte> message)
    {
        if (connection.Ready && GeminiAudioReader.TryRead(message, out ReadOnlySpan<byte> mimeType, out ReadOnlySpan<byte> data))
        {
            if (!Blocked())
            {
                Hear(mimeType, data);
            }

            return "realtime_input.audio";
        }

        try
        {
            Utf8JsonReader reader = new(message);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            Judge(document.RootElement);
            return KindOf(document.RootElement);
        }
        catch (JsonException)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument);
            return "(no JSON)";
        }
    }

    private static string KindOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.EnumerateObject().MoveNext())
        {
            return "(empty)";
        }

        JsonProperty first = root.EnumerateObject().First();
        return first.Name is "realtime_input" or "realtimeInput" && first.Value.ValueKind == JsonValueKind.Object && first.Value.EnumerateObject().Any()
            ? $"{first.Name}.{first.Value.EnumerateObject().First().Name}"
            : first.Name;
    }

    private void Judge(JsonElement root)
    {
        if (!_setupSeen)
        {
            _setupSeen = true;
            TakeSetup(root);
        }
        else if (!connection.Ready || root.ValueKind != JsonValueKind.Object)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument); // before setupComplete nothing may come
        }
        else if (root.TryGetProperty("realtime_input", out JsonElement input))
        {
            TakeInput(root, input);
        }
        else if (root.TryGetProperty("realtimeInput", out JsonElement sdkInput))
        {
            TakeSdkInput(root, sdkInput);
        }
        else if (root.TryGetProperty("clientContent", out JsonElement content))
        {
            TakeContent(root, content);
        }
        else if (root.TryGetProperty("toolResponse", out JsonElement response))
        {
            TakeToolResponse(root, response);
        }
        else
        {
            string name = root.EnumerateObject().Select(p => p.Name).FirstOrDefault() ?? "";
            connection.Refuse(name is "setup" or "" ? GeminiRefusal.InvalidArgument : GeminiRefusal.UnknownName(name, ""));
        }
    }

    private void TakeSetup(JsonElement root)
    {
        if (GeminiSetupRules.Judge(root, options.AcceptSdk) is { } refusal)
        {
            connection.Refuse(refusal);
        }
        else
        {
            connection.TakeSetup(root);
        }
    }

    private void TakeInput(JsonElement root, JsonElement input)
    {
        // The catch-all, on the first audio in a spelling that is not production's. Observed: production.
        if (GeminiSetup.At(input, "mediaChunks").ValueKind != JsonValueKind.Undefined
            || GeminiSetup.At(input, "media_chunks").ValueKind != JsonValueKind.Undefined
            || GeminiSetup.At(input, "audio", "mimeType").ValueKind != JsonValueKind.Undefined)
        {
            connection.Refuse(GeminiRefusal.CatchAll);
        }
        else if (GeminiFields.RealtimeInput.FirstUnknown(root) is { } unknown)
        {
            connection.Refuse(GeminiRefusal.UnknownName(unknown.Name, unknown.At));
        }
        else if (!Blocked())
        {
            Input(input, "mime_type", "audio_stream_end", "activity_start", "activity_end");
            connection.Script?.OnMessage?.Invoke(connection, root);
        }
    }

    private void TakeSdkInput(JsonElement root, JsonElement input)
    {
        if (!options.AcceptSdk)
        {
            connection.Refuse(GeminiRefusal.CatchAll);
        }
        else if (GeminiFields.SdkRealtimeInput.FirstUnknown(root) is { } unknown)
        {
            connection.Refuse(GeminiRefusal.UnknownName(unknown.Name, unknown.At));
        }
        else if (!Blocked())
        {
            Input(input, "mimeType", "audioStreamEnd", "activityStart", "activityEnd");
            connection.Script?.OnMessage?.Invoke(connection, root);
        }
    }

    private void Input(JsonElement input, string mimeName, string endName, string startName, string stopName)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument);
            return;
        }

        bool marks = input.TryGetProperty(startName, out _) || input.TryGetProperty(stopName, out _);
        if (marks && connection.Setup!.DetectsActivity)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument); // one's own marks need automatic detection to be off
            return;
        }

        if (input.TryGetProperty(startName, out _))
        {
            connection.Mind?.ActivityStart();
        }

        IEnumerable<JsonElement> audio = input.TryGetProperty("mediaChunks", out JsonElement chunks) && chunks.ValueKind == JsonValueKind.Array ? chunks.EnumerateArray() : [];
        audio = input.TryGetProperty("audio", out JsonElement one) ? audio.Append(one) : audio;
        foreach (JsonElement blob in audio)
        {
            Hear(Bytes(GeminiSetup.At(blob, mimeName)), Bytes(GeminiSetup.At(blob, "data")));
        }

        if (GeminiSetup.At(input, "text") is { ValueKind: JsonValueKind.String } text)
        {
            connection.Mind?.Read(text.GetString()!);
        }

        if (input.TryGetProperty(stopName, out _) || GeminiSetup.At(input, endName).ValueKind == JsonValueKind.True)
        {
            connection.Mind?.CloseUtterance();
        }
    }

    private void TakeContent(JsonElement root, JsonElement content)
    {
        if (GeminiFields.ClientContent.FirstUnknown(root) is { } unknown)
        {
            connection.Refuse(GeminiRefusal.UnknownName(unknown.Name, unknown.At));
        }
        else if (_audioSeen && connection.Setup!.Quirks!.RefusesLateContent)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument);
        }
        else
        {
            string text = LastText(GeminiSetup.At(content, "turns"));
            if (GeminiSetup.At(content, "turnComplete").ValueKind == JsonValueKind.True)
            {
                connection.Mind?.Read(text);
            }

            connection.Script?.OnMessage?.Invoke(connection, root);
        }
    }

    private void TakeToolResponse(JsonElement root, JsonElement response)
    {
        JsonElement answers = GeminiSetup.At(response, "functionResponses");
        if (GeminiFields.ToolResponse.FirstUnknown(root) is { } unknown)
        {
            connection.Refuse(GeminiRefusal.UnknownName(unknown.Name, unknown.At));
        }
        else if (answers.ValueKind != JsonValueKind.Array || answers.EnumerateArray().Any(a => GeminiSetup.At(a, "response").ValueKind != JsonValueKind.Object))
        {
            connection.Refuse(GeminiRefusal.InvalidArgument);
        }
        else
        {
            outbox.PendingTools.ExceptWith(answers.EnumerateArray().Select(answer => IdOf(answer) ?? ""));

            // An answer to a call that nobody made is kept in the ledger and otherwise let pass.
            if (connection.Mind is { PendingTool: { } pending } mind && answers.EnumerateArray().Any(a => IdOf(a) == pending))
            {
                mind.ToolAnswered();
            }

            connection.Script?.OnMessage?.Invoke(connection, root);
        }
    }

    private bool Blocked()
    {
        if (!options.StrictTools || outbox.PendingTools.Count == 0 || connection.Setup!.Quirks!.NonBlockingTools)
        {
            return false;
        }

        connection.Refuse(GeminiRefusal.NotImplemented);
        return true;
    }

    private void Hear(ReadOnlySpan<byte> mimeType, ReadOnlySpan<byte> data)
    {
        int rate = GeminiAudioReader.RateOf(mimeType);
        if (_pcm.Length < data.Length)
        {
            _pcm = new byte[data.Length];
        }

        int bytes = rate == 0 ? -1 : GeminiAudioReader.Decode(data, _pcm);
        if (bytes < 0)
        {
            connection.Refuse(GeminiRefusal.InvalidArgument);
            return;
        }

        ReadOnlySpan<short> pcm = MemoryMarshal.Cast<byte, short>(_pcm.AsSpan(0, bytes));
        if (rate != SpeechDetector.Rate)
        {
            _rate = _rate?.From == rate ? _rate : new GeminiRateChange(rate);
            pcm = _rate.Process(pcm);
        }

        connection.Ledger.Hear(pcm);
        if (!_audioSeen)
        {
            _audioSeen = true;
            connection.Reach(FaultStage.Audio);
        }

        connection.Mind?.Hear(pcm);
        connection.Script?.OnAudio?.Invoke(connection, pcm);
    }

    private static string? IdOf(JsonElement answer) =>
        GeminiSetup.At(answer, "id") is { ValueKind: JsonValueKind.String } id ? id.GetString() : null;

    private static ReadOnlySpan<byte> Bytes(JsonElement text) =>
        text.ValueKind == JsonValueKind.String ? System.Text.Encoding.UTF8.GetBytes(text.GetString()!) : [];

    private static string LastText(JsonElement turns)
    {
        string last = "";
        foreach (JsonElement turn in turns.ValueKind == JsonValueKind.Array ? turns.EnumerateArray().ToArray() : [])
        {
            JsonElement parts = GeminiSetup.At(turn, "parts");
            foreach (JsonElement part in parts.ValueKind == JsonValueKind.Array ? parts.EnumerateArray().ToArray() : [])
            {
                last = GeminiSetup.At(part, "text") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : last;
            }
        }

        return last;
    }
}
