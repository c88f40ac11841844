using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>The last words of a call whose model is gone for good: a recording of the agent's, then the next applet.</summary>
/// <remarks>Begun under the call's gate. The file is read on the pool, and played under the gate; <see cref="Running"/> never faults.</remarks>
internal sealed class Apology
{
    // A longer one is cut: the caller should get to the next applet.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _until;
    private volatile bool _isQueued; // all that will ever play is in the playout

    /// <param name="begun">Time since the call's start.</param>
    /// <param name="play">Plays s16le mono of a rate [Hz] and says <see cref="Queued"/>; takes the gate.</param>
    /// <param name="failed">Told why it cannot be played.</param>
    public Apology(string path, ModelEnding ending, TimeSpan begun, Action<byte[], int> play, Action<string> failed)
    {
        Ending = ending;
        _until = begun + s_longest;
        Running = PlayAsync(path, play, failed);
    }

    /// <summary>Why the model is gone: the call ends for it.</summary>
    public ModelEnding Ending { get; }

    public Task Running { get; }

    /// <summary>It is in the playout. Said under the gate that plays it: who sees it played sees this, too.</summary>
    public void Queued() => _isQueued = true;

    /// <summary>True where the caller has heard it, or cannot, or has heard enough.</summary>
    public bool IsOver(TimeSpan elapsed, bool isPlaying) => (_isQueued && !isPlaying) || elapsed >= _until;

    private async Task PlayAsync(string path, Action<byte[], int> play, Action<string> failed)
    {
        await Task.Yield(); // a file is read: not under the gate
        try
        {
            WavAudio wav = WavFile.Read(path);
            play(Samples16.BytesOf(Samples16.FirstChannel(wav)).ToArray(), wav.SampleRate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            failed(e.Message); // ArgumentException: a rate that cannot be brought to the caller's
        }
        finally
        {
            Queued(); // or nothing ever comes
        }
    }
}
