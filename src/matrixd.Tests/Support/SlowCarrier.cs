using System.Net.Sockets;
using System.Text;

namespace Matrixd.Tests.Support;

/// <summary>A carrier on a socket of the test's own making: speaks in real time, and reads when the test does.</summary>
internal static class SlowCarrier
{
    /// <summary>Shakes hands over a connected socket and starts the stream.</summary>
    public static async Task<RawWebSocket> StartAsync(Socket socket, EndToEndCall call)
    {
        RawWebSocket raw = RawWebSocket.Over(socket, new NetworkStream(socket, ownsSocket: true));
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{House.BasicUser}:{House.BasicPassword}"));
        await raw.SendAsync(Encoding.Latin1.GetBytes(RawWebSocket.Request("/exotel", $"Authorization: Basic {basic}\r\n")));
        string head = await raw.ReadHeadAsync();
        if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            throw new InvalidDataException(head);
        }

        await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Start(call)));
        return raw;
    }

    /// <summary>Sends silence, as a carrier does, until something is so; a daemon that hangs up meanwhile is no fault.</summary>
    public static async Task SpeakUntilAsync(RawWebSocket raw, EndToEndCall call, Func<Task<bool>> isEnough)
    {
        const int FrameMs = 100;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(FrameMs));
        short[] silence = new short[call.Rate * FrameMs / 1000];
        for (int frame = 0; !await isEnough(); frame++)
        {
            try
            {
                await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Media(call, frame + 1, frame * FrameMs, silence)));
            }
            catch (IOException)
            {
                // it is over; the condition will come about
            }

            await pace.WaitForNextTickAsync(limit.Token);
        }
    }
}
