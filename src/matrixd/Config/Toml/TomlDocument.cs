using System.Text;

namespace Matrixd.Config;

/// <summary>The one door to TOML; nothing else of the reader is used outside this folder but its values.</summary>
internal static class TomlDocument
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a TOML 1.0 document and stops at the first error.</summary>
    /// <param name="fileName">For messages only.</param>
    /// <exception cref="TomlException">The text is not TOML 1.0, or nests deeper or is longer than <see cref="TomlLimits"/> allow.</exception>
    public static TomlTable Parse(string text, string fileName)
    {
        if (text.Length > TomlLimits.MaxFileBytes)
        {
            throw TooLarge(fileName);
        }

        return new TomlReader(new TomlCursor(text, fileName)).ReadDocument();
    }

    /// <summary>Reads a file's bytes, which must be UTF-8.</summary>
    /// <exception cref="TomlException">As for text, or the bytes are not UTF-8.</exception>
    public static TomlTable Parse(ReadOnlySpan<byte> utf8, string fileName)
    {
        if (utf8.Length > TomlLimits.MaxFileBytes)
        {
            throw TooLarge(fileName);
        }

        try
        {
            return Parse(StrictUtf8.GetString(utf8), fileName);
        }
        catch (DecoderFallbackException e)
        {
            int line = utf8[..Math.Clamp(e.Index, 0, utf8.Length)].Count((byte)'\n') + 1;
            throw new TomlException(fileName, new TomlPosition(line, 1), "the file is not UTF-8", "save it as UTF-8 in the editor");
        }
    }

    private static TomlException TooLarge(string fileName) =>
        new(fileName, new TomlPosition(1, 1), $"the file is larger than {TomlLimits.MaxFileBytes} bytes", "is it the right file?");
}
