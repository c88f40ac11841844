using Matrixd.Calls;
using Matrixd.Config;

namespace Matrixd.Diagnostics;

/// <summary>Which calls are tapped, as it is now. Any thread; asked once for each call.</summary>
internal sealed class TapSelector(IReadOnlyList<TapWord> words)
{
    private readonly Lock _gate = new(); // the words and what is left of a count change together
    private IReadOnlyList<TapWord> _words = words;
    private int _next = Next(words);

    /// <summary>True where some call may be chosen.</summary>
    public bool IsOn => Volatile.Read(ref _words).Count > 0;

    /// <summary>Puts other words in the place of those that stand.</summary>
    public void Set(IReadOnlyList<TapWord> chosen)
    {
        lock (_gate)
        {
            _words = chosen;
            _next = Next(chosen);
        }
    }

    /// <summary>Decides about one call; a call that is counted uses up one of the next.</summary>
    public bool Takes(string callSid, string from, string to)
    {
        lock (_gate)
        {
            if (_words.Any(word => IsMeant(word, callSid, from, to)))
            {
                return true;
            }

            if (_next <= 0)
            {
                return false;
            }

            _next--;
            return true;
        }
    }

    private static bool IsMeant(TapWord word, string callSid, string from, string to) => word.Kind switch
    {
        TapWordKind.Every => true,
        TapWordKind.Call => word.Value == callSid,
        TapWordKind.From => EndsIn(from, word.Value),
        TapWordKind.To => EndsIn(to, word.Value),
        _ => false,
    };

    // However the carrier writes it: with +91, with 0, with neither.
    private static bool EndsIn(string number, string digits) => string.Concat(number.Where(char.IsAsciiDigit)).EndsWith(digits, StringComparison.Ordinal);

    private static int Next(IReadOnlyList<TapWord> words) => words.Sum(word => word.Count);
}
