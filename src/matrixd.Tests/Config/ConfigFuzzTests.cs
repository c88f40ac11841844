using System.Text;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>Files that nobody would write. H12: no exception but the one that is promised.</summary>
public sealed class ConfigFuzzTests
{
    /// <summary>A few seconds' worth; the seed is fixed, so a failure comes again.</summary>
    private const int Rounds = 3_000;

    private static readonly string[] Pieces = ["[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"", "\"\"\"", "'", "'''", "\\", "\\u", "#", "\n", "\r\n", "\r", "\0", "\uFEFF", "₹", "-", "+", "_", "0x", "1e9", "1979-05-27", "07:32:00", "inf", "true", "[server]", "[[agent]]", "name", "\"***\"", " "];

    [Fact]
    public void A_mangled_file_is_loaded_or_refused_with_places_and_never_more()
    {
        var random = new Random(20261122);
        var environment = new ConfigTestEnvironment();
        int loaded = 0;
        int reasoned = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Mangle(random, round % 2 == 0 ? ConfigSamples.Full : ConfigSamples.Least);
            environment.With(ConfigTestEnvironment.ConfigPath, new ConfigFile { Bytes = bytes });
            switch (Record.Exception(() => ConfigReader.Load(ConfigTestEnvironment.ConfigPath, environment)))
            {
                case null:
                    loaded++;
                    break;
                case ConfigException e:
                    Assert.NotEmpty(e.Errors);
                    Assert.All(e.Errors, error => Assert.NotEmpty(error.Message));
                    reasoned += e.Errors.Count(error => error.Line > 0);
                    break;
                case { } other:
                    Assert.Fail($"round {round}: {other}\n{Encoding.UTF8.GetString(bytes)}");
                    break;
            }
        }

        Assert.InRange(loaded, 1, Rounds - 1);
        Assert.True(reasoned > Rounds / 2);
    }

    private static byte[] Mangle(Random random, string text)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(text)];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    int from = random.Next(bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 80), bytes.Count - from)));
                    break;
            }
        }

        return [.. bytes];
    }
}
