using System.Globalization;
using System.Net;

namespace Matrixd.Simulation;

/// <summary>The flags of one command: <c>--name value</c>, <c>--name=value</c> and bare switches.</summary>
/// <remarks>One thread, one use: <see cref="Next"/> walks the arguments, the readers take the value of the flag it stands on.</remarks>
internal sealed class CommandLine(string[] args)
{
    private int _position = -1;
    private string? _attached;

    /// <summary>The flag it stands on.</summary>
    public string Flag { get; private set; } = "";

    public bool Next()
    {
        if (_attached is not null)
        {
            throw new CommandUsageException($"{Flag} takes no value, but was given \"{_attached}\"");
        }

        if (++_position >= args.Length)
        {
            return false;
        }

        string word = args[_position];
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            throw new CommandUsageException($"unexpected argument \"{word}\"; flags start with --");
        }

        int equals = word.IndexOf('=', StringComparison.Ordinal);
        Flag = equals < 0 ? word : word[..equals];
        _attached = equals < 0 ? null : word[(equals + 1)..];
        return true;
    }

    public string Text()
    {
        string? value = _attached;
        _attached = null;
        if (value is null)
        {
            if (++_position >= args.Length)
            {
                throw new CommandUsageException($"{Flag} needs a value");
            }

            value = args[_position];
        }

        return value;
    }

    public int Number(int smallest, int largest)
    {
        string text = Text();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest && value <= largest
            ? value
            : throw new CommandUsageException($"{Flag} takes a whole number from {smallest} to {largest}, not \"{text}\"");
    }

    public double Amount(double smallest, double largest)
    {
        string text = Text();
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value >= smallest && value <= largest
            ? value
            : throw new CommandUsageException(string.Create(CultureInfo.InvariantCulture, $"{Flag} takes a number from {smallest} to {largest}, not \"{text}\""));
    }

    public TimeSpan Seconds(double largest) => TimeSpan.FromSeconds(Amount(0, largest));

    public IPEndPoint EndPoint()
    {
        string text = Text();
        return IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase), out IPEndPoint? endPoint) && text.Contains(':', StringComparison.Ordinal)
            ? endPoint
            : throw new CommandUsageException($"{Flag} takes HOST:PORT with a literal address such as 127.0.0.1:9090 (port 0: any free one), not \"{text}\"");
    }

    public CommandUsageException Unknown() => new($"unknown flag {Flag}");
}
