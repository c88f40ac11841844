using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Mutated frames in random pieces: the parser never throws, never keeps more than the cap, and tells the same however they are cut. H12.</summary>
public class FrameFuzzTests
{
    private const int Rounds = 20_000; // about two seconds
    private static readonly WebSocketLimits Limits = new() { MaxMessageBytes = 2000 };
    private static readonly byte[][] Seeds = [.. ProtocolCases.All.Values.Select(c => c.Bytes).Where(bytes => bytes.Length is > 0 and < 1500)];

    [Theory]
    [InlineData(20_261_122)]
    [InlineData(7)]
    public void Mutated_frames_are_told_alike_in_any_pieces(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Mutate(random);
            string whole = Read(bytes, () => bytes.Length);

            string cut = Read(bytes, () => random.Next(1, 20));

            Assert.True(whole == cut, $"seed {seed}, round {round}: {Convert.ToHexString(bytes)}\n{whole}\n{cut}");
        }
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Seeds[random.Next(Seeds.Length)], .. Seeds[random.Next(Seeds.Length)]];
        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add(0x81);
            }
        }

        return [.. bytes];
    }

    private static string Read(byte[] bytes, Func<int> piece)
    {
        var log = new Log();
        var reader = new FrameReader(Limits, fromClient: true, TimeProvider.System);
        Span<byte> rest = [.. bytes];
        while (!rest.IsEmpty)
        {
            int size = Math.Min(piece(), rest.Length);
            reader.Push(rest[..size], log);
            rest = rest[size..];
        }

        reader.Release();
        return log.Told.ToString();
    }

    private sealed class Log : IFrameHandler
    {
        private bool _over;

        public StringBuilder Told { get; } = new();

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
        {
            Assert.False(_over);
            Assert.InRange(message.Length, 0, Limits.MaxMessageBytes);
            Told.Append($"{opcode}:{Convert.ToHexString(message)} ");
        }

        public void OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
        {
            Assert.False(_over);
            Assert.InRange(payload.Length, 0, 125);
            Told.Append($"{opcode}:{Convert.ToHexString(payload)} ");
        }

        public void OnViolation(FrameViolation violation)
        {
            Assert.False(_over);
            _over = true;
            Assert.InRange(Encoding.UTF8.GetByteCount(violation.Reason), 1, 123);
            Told.Append($"violation:{violation.Code} ");
        }
    }
}
