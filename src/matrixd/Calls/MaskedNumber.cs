namespace Matrixd.Calls;

/// <summary>Phone numbers as they may stand in logs.</summary>
internal static class MaskedNumber
{
    /// <summary>The last four digits; the rest as dots.</summary>
    public static string Of(string number)
    {
        ReadOnlySpan<char> tail = number.AsSpan(Math.Max(0, number.Length - 4));
        return number.Length <= 4 || tail.ContainsAnyExceptInRange('0', '9') ? "····" : $"····{tail}";
    }
}
