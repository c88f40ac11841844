using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>Reads a message as Exotel would, without building a document of it.</summary>
/// <remarks>Spans point into the message.</remarks>
internal readonly ref struct ExotelDownlink
{
    // Source: Exotel's voice streaming documentation; bytes, at any sample rate.
    public const int SmallestChunk = 3200;
    public const int LargestChunk = 100_000;
    public const int ChunkMultiple = 320;

    private const int MaxDepth = 8;

    public ReadOnlySpan<byte> Event { get; private init; }

    public ReadOnlySpan<byte> StreamSid { get; private init; }

    /// <summary>Base64 text of a media message.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Of a mark.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>False: not an object with an event.</summary>
    public bool Good { get; private init; }

    public static ExotelDownlink Read(ReadOnlySpan<byte> message)
    {
        Fields fields = default;
        try
        {
            Utf8JsonReader json = new(message, new JsonReaderOptions { MaxDepth = MaxDepth });
            fields.Walk(ref json);
        }
        catch (JsonException)
        {
            fields = default;
        }

        return new ExotelDownlink
        {
            Good = fields.Event.End.Value > 0,
            Event = message[fields.Event],
            StreamSid = message[fields.StreamSid],
            Payload = message[fields.Payload],
            Name = message[fields.Name],
        };
    }

    /// <summary>Decodes the payload and holds it against the chunk rules.</summary>
    /// <param name="pcm">Takes the audio; too short for more than the largest chunk and one frame.</param>
    public ChunkFault Decode(Span<byte> pcm, out int bytes)
    {
        bytes = 0;
        if (Base64.GetMaxDecodedFromUtf8Length(Payload.Length) > pcm.Length)
        {
            return ChunkFault.TooLarge;
        }

        if (Payload.IsEmpty || Base64.DecodeFromUtf8(Payload, pcm, out int consumed, out bytes) != OperationStatus.Done || consumed != Payload.Length)
        {
            bytes = 0;
            return ChunkFault.NotBase64;
        }

        return bytes switch
        {
            < SmallestChunk => ChunkFault.TooSmall,
            > LargestChunk => ChunkFault.TooLarge,
            _ when bytes % ChunkMultiple != 0 => ChunkFault.NotMultiple,
            _ => ChunkFault.None,
        };
    }

    // Where the strings stand that matter; a string with escapes counts as it stands, which no chunk or sid has.
    private struct Fields
    {
        public Range Event;
        public Range StreamSid;
        public Range Payload;
        public Range Name;

        public void Walk(ref Utf8JsonReader json)
        {
            bool inMedia = false;
            bool inMark = false;
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                int depth = json.CurrentDepth;
                if (depth == 1)
                {
                    inMedia = json.ValueTextEquals("media"u8);
                    inMark = json.ValueTextEquals("mark"u8);
                }

                bool isEvent = depth == 1 && json.ValueTextEquals("event"u8);
                bool isStream = depth == 1 && json.ValueTextEquals("stream_sid"u8);
                bool isPayload = depth == 2 && inMedia && json.ValueTextEquals("payload"u8);
                bool isName = depth == 2 && inMark && json.ValueTextEquals("name"u8);
                if (!json.Read() || json.TokenType != JsonTokenType.String)
                {
                    continue;
                }

                int start = (int)json.TokenStartIndex + 1;
                Range value = start..(start + json.ValueSpan.Length);
                Event = isEvent ? value : Event;
                StreamSid = isStream ? value : StreamSid;
                Payload = isPayload ? value : Payload;
                Name = isName ? value : Name;
            }
        }
    }
}
