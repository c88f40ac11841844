using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;
using static Matrixd.Tests.Support.TransportRationed;

namespace Matrixd.Tests.Transport;

/// <summary>Links that share a round's memory, with sockets that take what they like.</summary>
public class LinkSendersOfARoundTests : ILinkSenderOwner
{
    private readonly TimerWheel _wheel = new(new VirtualTime());
    private readonly TransportRound _round = new();
    private readonly List<string> _told = [];

    void ILinkSenderOwner.OnWriteFailed(Exception error) => _told.Add(error.Message);

    void ILinkSenderOwner.OnWriteStuck() => _told.Add("stuck");

    [Fact]
    public void Many_links_of_a_round_send_each_its_own()
    {
        (LinkSender Sender, TransportRationed Transport, StringBuilder Given)[] links = [.. Enumerable.Range(0, 20).Select(_ =>
        {
            var transport = new TransportRationed(_round);
            return (new LinkSender(transport, masked: false, new WebSocketLimits { SendQueueBytes = int.MaxValue }, _wheel, this), transport, new StringBuilder());
        })];
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            for (int frame = 0; frame < 40; frame++)
            {
                (LinkSender sender, TransportRationed transport, StringBuilder given) = links[random.Next(links.Length)];
                string payload = new((char)('a' + random.Next(26)), random.Next(1500));
                given.Append(Frames(payload));
                sender.Send(WebSocketOpcode.Text, Encoding.Latin1.GetBytes(payload));
                transport.Room = random.Next(3) == 0 ? random.Next(3000) : int.MaxValue;
                transport.KeepsInside = random.Next(4) == 0;
                if (random.Next(2) == 0)
                {
                    sender.Flush();
                }

                if (transport.Waiting >= 0 && random.Next(2) == 0)
                {
                    transport.EndWait();
                }
            }

            _round.End();
        }

        foreach ((LinkSender sender, TransportRationed transport, StringBuilder given) in links)
        {
            (transport.Room, transport.KeepsInside) = (int.MaxValue, false);
            sender.Flush();
            _round.End();
            if (transport.Waiting >= 0)
            {
                transport.EndWait();
            }

            Assert.True(given.ToString() == transport.Text, $"{given.Length} given, {transport.Output.Count} sent");
        }

        Assert.Empty(_told);
    }
}
