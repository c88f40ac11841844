namespace Matrixd.Calls;

/// <summary>How much of a text was heard when its audio was cut.</summary>
internal static class HeardText
{
    /// <summary>The words whose audio was heard whole, by their share of the turn.</summary>
    /// <param name="said">All that was said.</param>
    /// <param name="heard">Samples heard of the turn.</param>
    /// <param name="total">Samples of the turn.</param>
    /// <remarks>The model gives no word times. Speech of one voice has an even pace: letters in proportion to samples are right within a word or two.</remarks>
    public static string Of(string said, long heard, long total)
    {
        if (heard >= total)
        {
            return said;
        }

        if (heard <= 0 || total <= 0)
        {
            return "";
        }

        int letters = (int)(said.Length * heard / total);
        int end = said.AsSpan(0, letters).LastIndexOf(' ');
        bool wholeWord = letters < said.Length && said[letters] == ' ';
        return wholeWord ? said[..letters] : end < 0 ? "" : said[..end];
    }
}
