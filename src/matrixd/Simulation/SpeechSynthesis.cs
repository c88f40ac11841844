using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Matrixd.Simulation;

/// <summary>Speaks a text: with espeak-ng where it is installed, as a chime where it is not.</summary>
/// <remarks>Any thread. What was spoken is kept, so that four hundred callers are greeted by one process, not by four hundred.</remarks>
internal sealed class SpeechSynthesis : IDisposable
{
    private const string Program = "espeak-ng";
    private const int MaxText = 2000; // characters: two minutes of speech
    private const int MaxWav = 16 * 1024 * 1024; // five minutes at 22.05 kHz
    private const int MaxKept = 64; // texts
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10); // espeak-ng needs 50 ms; a hung one must not hold a call's end

    private readonly SemaphoreSlim _gate = new(1); // one rendering at a time; those who wait mostly want the same text
    private readonly Dictionary<string, short[]> _kept = [];

    /// <returns>24 kHz.</returns>
    public async Task<ReadOnlyMemory<short>> RenderAsync(string text)
    {
        string words = text.Length > MaxText ? text[..MaxText] : text;
        await _gate.WaitAsync();
        try
        {
            if (_kept.TryGetValue(words, out short[]? kept))
            {
                return kept;
            }

            short[] pcm = await SpeakAsync(words, GeminiMouth.Rate) ?? Chime.At(GeminiMouth.Rate);
            if (_kept.Count == MaxKept)
            {
                _kept.Clear();
            }

            _kept[words] = pcm;
            return pcm;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Speaks with espeak-ng.</summary>
    /// <returns>s16 mono at <paramref name="rate"/>; null where the program is missing, fails or takes too long.</returns>
    public static async Task<short[]?> SpeakAsync(string text, int rate)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        ProcessStartInfo start = new(Program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["-v", "en", "-s", "150", "--stdin", "--stdout"])
        {
            start.ArgumentList.Add(argument); // the text itself goes by stdin: no word of it can be taken for an option
        }

        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenSource limit = new(s_limit);
            try
            {
                using MemoryStream wav = new();
                return await ConverseAsync(process, text, wav, limit.Token) ? SpeechFile.Read(wav, rate) : null;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or InvalidDataException)
            {
                process.Kill();
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null; // not installed
        }
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<bool> ConverseAsync(Process process, string text, MemoryStream wav, CancellationToken limit)
    {
        Task<string> complaints = process.StandardError.ReadToEndAsync(limit);
        await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text), limit);
        process.StandardInput.Close();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = await process.StandardOutput.BaseStream.ReadAsync(buffer, limit)) > 0)
        {
            if (wav.Length + read > MaxWav)
            {
                throw new InvalidDataException("espeak-ng does not stop");
            }

            wav.Write(buffer, 0, read);
        }

        await complaints;
        await process.WaitForExitAsync(limit);
        wav.Position = 0;
        return process.ExitCode == 0;
    }
}
