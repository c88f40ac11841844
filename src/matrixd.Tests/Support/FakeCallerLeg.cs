using System.Buffers;
using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>A caller's end that tells what it was sent, in order: <c>chunk 3200</c>, <c>mark 1</c>, <c>clear</c>, <c>close agent_ended</c>.</summary>
internal sealed class FakeCallerLeg : ICallerLeg
{
    private readonly ArrayBufferWriter<byte> _pcm = new();

    public List<string> Told { get; } = [];

    /// <summary>Lengths of the chunks [bytes].</summary>
    public List<int> Chunks { get; } = [];

    public List<long> Marks { get; } = [];

    /// <summary>Everything sent as audio, a clear notwithstanding.</summary>
    public byte[] Pcm => _pcm.WrittenSpan.ToArray();

    public long PcmBytes => _pcm.WrittenCount;

    public int Clears => Told.Count(told => told == "clear");

    public CallEndReason? ClosedFor { get; private set; }

    public int Flushes { get; private set; }

    /// <summary>What the network has not taken; a test makes it congested with this.</summary>
    public int QueuedBytes { get; set; }

    /// <summary>Called with each chunk's samples, when it is sent.</summary>
    public Action<int>? OnChunk { get; set; }

    public Action<long>? OnMark { get; set; }

    public Action? OnClear { get; set; }

    public void SendChunk(ReadOnlySpan<byte> pcm)
    {
        _pcm.Write(pcm);
        Chunks.Add(pcm.Length);
        Told.Add($"chunk {pcm.Length}");
        OnChunk?.Invoke(pcm.Length / 2);
    }

    public void SendMark(long mark)
    {
        Marks.Add(mark);
        Told.Add($"mark {mark}");
        OnMark?.Invoke(mark);
    }

    public void SendClear()
    {
        Told.Add("clear");
        OnClear?.Invoke();
    }

    public void Flush() => Flushes++;

    public void Close(CallEndReason reason)
    {
        ClosedFor ??= reason;
        Told.Add($"close {reason.Word()}");
    }
}
