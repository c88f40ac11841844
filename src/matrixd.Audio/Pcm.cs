namespace Matrixd.Audio;

/// <summary>Sizes of 16-bit mono PCM.</summary>
public static class Pcm
{
    /// <summary>Bytes of one sample [bytes].</summary>
    public const int BytesPerSample = 2;
}
