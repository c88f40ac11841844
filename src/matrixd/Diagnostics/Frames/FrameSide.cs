namespace Matrixd.Diagnostics;

/// <summary>Whose message a frame is.</summary>
internal enum FrameSide
{
    /// <summary>From whoever speaks to Gemini.</summary>
    ToGemini,
    FromGemini,

    /// <summary>From whoever answers Exotel.</summary>
    ToExotel,
    FromExotel,
}
