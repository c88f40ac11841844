using System.Text.Encodings.Web;

namespace Matrixd.Simulation;

/// <summary>Text inside JSON that is put together by hand.</summary>
internal static class JsonText
{
    /// <summary>Escapes what JSON demands and no more; the result goes between quotes.</summary>
    public static string Escape(string text) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
}
