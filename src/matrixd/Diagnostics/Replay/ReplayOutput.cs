using System.Text.Json;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>The files of a replay: its recording, its report, and what it sent, in the form of a tape.</summary>
internal static class ReplayOutput
{
    /// <summary>Takes the recording out of the folder that it was written in.</summary>
    /// <returns>Its name in the output folder; empty where there is none.</returns>
    public static string TakeRecording(string directory)
    {
        string folder = Path.Combine(directory, ".recording");
        if (!Directory.Exists(folder))
        {
            return "";
        }

        string? made = Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories).FirstOrDefault();
        if (made is not null)
        {
            File.Move(made, Path.Combine(directory, "call.wav"), overwrite: true);
        }

        Directory.Delete(folder, recursive: true);
        return made is null ? "" : "call.wav";
    }

    /// <summary>Writes <c>replay.json</c> and <c>sent.jsonl</c>.</summary>
    public static void Write(string directory, TapeContent tape, ReplayReport report, IReadOnlyList<ReplayFrame> sent)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "replay.json"), JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport) + "\n");
        using FileStream file = File.Create(Path.Combine(directory, "sent.jsonl"));
        File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        TapeLines lines = new(new TapeText(tape.HasAudio, tape.HasNumbers));
        foreach (ReplayFrame frame in sent)
        {
            TapeEvent what = frame.Opcode == WebSocketOpcode.Binary ? TapeEvent.Binary : TapeEvent.Text;
            file.Write(lines.Of(new TapItem(null!, frame.At.Ticks / TimeSpan.TicksPerMicrosecond, frame.Leg, frame.Connection, false, what, frame.Message, frame.Message.Length)));
        }
    }
}
