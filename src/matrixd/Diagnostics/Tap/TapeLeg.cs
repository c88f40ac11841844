namespace Matrixd.Diagnostics;

/// <summary>Whose socket a line of a tape is about.</summary>
internal enum TapeLeg
{
    Exotel,
    Gemini,
    Call,
}
