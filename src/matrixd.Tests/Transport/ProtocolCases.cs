using System.Text;
using static Matrixd.Tests.Support.RawWebSocket;

namespace Matrixd.Tests.Transport;

/// <summary>What a client may send, and what an echo server must answer. P5, H5, H6, H14.</summary>
/// <remarks>A case whose answer has no close frame in it is followed by the client's own close, 1000.</remarks>
internal static class ProtocolCases
{
    // U+03BA 1F79 03C3 03BC 03B5: letters of two and of three bytes; and one beyond the basic plane
    private static readonly byte[] Greek = Encoding.UTF8.GetBytes("κόσμε𝄞");

    public static IReadOnlyDictionary<string, (byte[] Bytes, string Answer)> All { get; } = Build();

    private static Dictionary<string, (byte[] Bytes, string Answer)> Build()
    {
        var cases = new Dictionary<string, (byte[], string)>();
        AddGood(cases);
        AddHeads(cases);
        AddControl(cases);
        AddFragments(cases);
        AddUtf8(cases);
        AddCloses(cases);
        AddLimits(cases);
        return cases;
    }

    private static void AddGood(Dictionary<string, (byte[], string)> cases)
    {
        cases["text"] = (Text("Hello"), "text:Hello");
        cases["empty text"] = (Text(""), "text:");
        cases["binary"] = (Frame(2, [0xFF, 0x00]), "binary:\u00FF\0");
        cases["text of 125"] = (Text(new string('a', 125)), "text:125×a");
        cases["text of 126"] = (Text(new string('a', 126)), "text:126×a");
        cases["text of 65535"] = (Text(new string('a', 65_535)), "text:65535×a");
        cases["text of 65536"] = (Text(new string('a', 65_536)), "text:65536×a");
        cases["three texts at once"] = ([.. Text("a"), .. Text("b"), .. Text("c")], "text:a text:b text:c");
        cases["text with NUL"] = (Text("a\0b"), "text:a\0b");
    }

    private static void AddHeads(Dictionary<string, (byte[], string)> cases)
    {
        for (int rsv = 1; rsv < 8; rsv++)
        {
            cases[$"RSV {rsv}"] = (Frame(1, [0x61], rsv: rsv), "close:1002");
        }

        foreach (int opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            cases[$"opcode {opcode}"] = (Frame(opcode, []), "close:1002");
            cases[$"opcode {opcode} with payload after a text"] = ([.. Text("a"), .. Frame(opcode, [1, 2, 3])], "text:a close:1002");
        }

        cases["unmasked text"] = (Frame(1, [0x61], mask: false), "close:1002");
        cases["unmasked ping"] = (Frame(9, [], mask: false), "close:1002");
        cases["unmasked close"] = (Frame(8, [], mask: false), "close:1002");
        cases["16-bit length of 5"] = ([0x81, 0xFE, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5], "close:1002");
        cases["16-bit length of 125"] = ([0x81, 0xFE, 0, 125, 0, 0, 0, 0, .. new byte[125]], "close:1002");
        cases["64-bit length of 5"] = ([0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5], "close:1002");
        cases["64-bit length of 65535"] = ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, .. new byte[65_535]], "close:1002");
        cases["compressed message that was never agreed"] = (Frame(1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], rsv: 4), "close:1002");
    }

    private static void AddControl(Dictionary<string, (byte[], string)> cases)
    {
        cases["ping"] = (Frame(9, []), "pong:");
        cases["ping with payload"] = (Frame(9, "abc"u8.ToArray()), "pong:abc");
        cases["ping of 125"] = (Frame(9, [.. Enumerable.Repeat((byte)'p', 125)]), "pong:125×p");
        cases["ping of 126"] = (Frame(9, new byte[126]), "close:1002");
        cases["ping with a 64-bit length"] = ([0x89, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. new byte[65_536]], "close:1002");
        cases["ten pings"] = ([.. Enumerable.Range(0, 10).SelectMany(i => Frame(9, [(byte)('0' + i)]))],
            "pong:0 pong:1 pong:2 pong:3 pong:4 pong:5 pong:6 pong:7 pong:8 pong:9");
        cases["pong nobody asked for"] = ([.. Frame(10, "x"u8.ToArray()), .. Text("a")], "text:a");
        cases["ping in fragments"] = (Frame(9, [], fin: false), "close:1002");
        cases["pong in fragments"] = (Frame(10, [], fin: false), "close:1002");
        cases["close in fragments"] = (Frame(8, [], fin: false), "close:1002");
    }

    private static void AddFragments(Dictionary<string, (byte[], string)> cases)
    {
        byte[] a = Frame(1, "a"u8.ToArray(), fin: false);
        byte[] b = Frame(0, "b"u8.ToArray(), fin: false);
        byte[] c = Frame(0, "c"u8.ToArray());
        cases["three fragments"] = ([.. a, .. b, .. c], "text:abc");
        cases["two messages in fragments"] = ([.. a, .. c, .. a, .. b, .. c], "text:ac text:abc");
        cases["ping between fragments"] = ([.. a, .. Frame(9, "p"u8.ToArray()), .. b, .. Frame(9, "q"u8.ToArray()), .. c], "pong:p pong:q text:abc");
        cases["empty first fragment"] = ([.. Frame(1, [], fin: false), .. c], "text:c");
        cases["empty last fragment"] = ([.. a, .. Frame(0, [])], "text:a");
        cases["all fragments empty"] = ([.. Frame(1, [], fin: false), .. Frame(0, [], fin: false), .. Frame(0, [])], "text:");
        cases["close between fragments"] = ([.. a, .. Close(1000)], "close:1000");
        cases["continuation of nothing"] = (c, "close:1002");
        cases["unfinished continuation of nothing"] = (b, "close:1002");
        cases["continuation after the end"] = ([.. a, .. c, .. c], "text:ac close:1002");
        cases["text within a message"] = ([.. a, .. Text("x")], "close:1002");
        cases["binary within a message"] = ([.. a, .. Frame(2, [1])], "close:1002");
        cases["RSV on a continuation"] = ([.. a, .. Frame(0, [], rsv: 4)], "close:1002");
    }

    private static void AddUtf8(Dictionary<string, (byte[], string)> cases)
    {
        string echo = "text:" + Encoding.Latin1.GetString(Greek);
        for (int at = 0; at <= Greek.Length; at++)
        {
            cases[$"Greek cut at {at}"] = ([.. Frame(1, Greek[..at], fin: false), .. Frame(0, Greek[at..])], echo);
        }

        byte[] bad = [.. Greek[..5], 0xED, 0xA0, 0x80, .. "x"u8]; // a surrogate
        for (int at = 0; at <= bad.Length; at++)
        {
            cases[$"surrogate cut at {at}"] = ([.. Frame(1, bad[..at], fin: false), .. Frame(0, bad[at..])], "close:1007");
        }

        cases["text with a stray continuation byte"] = (Frame(1, [0x80]), "close:1007");
        cases["text with an overlong slash"] = (Frame(1, [0xC0, 0xAF]), "close:1007");
        cases["text beyond U+10FFFF"] = (Frame(1, [0xF4, 0x90, 0x80, 0x80]), "close:1007");
        cases["text with 0xFF"] = (Frame(1, [0x61, 0xFF]), "close:1007");
        cases["text cut within a letter"] = (Frame(1, Greek[..^1]), "close:1007");
        cases["good text before bad text"] = ([.. Text("a"), .. Frame(1, [0xFF])], "text:a close:1007");
        cases["the same bytes as binary"] = (Frame(2, [0xFF]), "binary:\u00FF");
    }

    private static void AddCloses(Dictionary<string, (byte[], string)> cases)
    {
        cases["close without a code"] = (Frame(8, []), "close:");
        cases["close with half a code"] = (Frame(8, [3]), "close:1002");
        cases["close with the longest reason"] = (Close(1000, new string('r', 123)), "close:1000");
        cases["close with a reason too long"] = (Close(1000, new string('r', 124)), "close:1002");
        cases["close with a bad reason"] = (Frame(8, [0x03, 0xE8, 0xFF]), "close:1007");
        cases["text after the close"] = ([.. Close(1000), .. Text("late")], "close:1000");
        cases["close after the close"] = ([.. Close(1001), .. Close(1002)], "close:1001");
        foreach (int code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
        {
            cases[$"close {code}"] = (Close(code), $"close:{code}");
        }

        foreach (int code in new[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535 })
        {
            cases[$"close {code}"] = (Close(code), "close:1002");
        }
    }

    private static void AddLimits(Dictionary<string, (byte[], string)> cases)
    {
        cases["one byte over the cap"] = (Text(new string('a', 65_537)), "close:1009");
        cases["fragments over the cap"] = ([.. Frame(1, new byte[40_000], fin: false), .. Frame(0, new byte[40_000])], "close:1009");
        cases["64 fragments"] = ([.. Frame(1, "a"u8.ToArray(), fin: false), .. Repeat(Frame(0, "a"u8.ToArray(), fin: false), 62), .. Frame(0, "a"u8.ToArray())], "text:64×a");
        cases["10 000 fragments of a byte"] = ([.. Frame(1, "a"u8.ToArray(), fin: false), .. Repeat(Frame(0, "a"u8.ToArray(), fin: false), 9_999)], "close:1008");
        cases["8 empty fragments"] = ([.. Frame(1, [], fin: false), .. Repeat(Frame(0, [], fin: false), 7), .. Frame(0, "a"u8.ToArray())], "text:a");
        cases["9 empty fragments"] = ([.. Frame(1, [], fin: false), .. Repeat(Frame(0, [], fin: false), 8), .. Frame(0, "a"u8.ToArray())], "close:1008");
        cases["endless empty fragments"] = ([.. Frame(1, [], fin: false), .. Repeat(Frame(0, [], fin: false), 2_000)], "close:1008");
        foreach ((string name, byte top) in new[] { ("2^31", (byte)0), ("2^62", (byte)0x40), ("2^63", (byte)0x80) })
        {
            byte low = top == 0 ? (byte)0x80 : (byte)0;
            cases[$"a frame of {name}"] = ([0x82, 0xFF, top, 0, 0, 0, low, 0, 0, 0, 1, 2, 3, 4, .. new byte[1024]], "close:1009");
        }
    }

    private static IEnumerable<byte> Repeat(byte[] frame, int times) => Enumerable.Repeat(frame, times).SelectMany(bytes => bytes);
}
