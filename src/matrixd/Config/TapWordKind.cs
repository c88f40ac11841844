namespace Matrixd.Config;

/// <summary>How a word of <c>wire_tap</c> names calls.</summary>
internal enum TapWordKind
{
    Every,

    /// <summary>The calls that come next, a number of them.</summary>
    Next,

    /// <summary>One call, by its SID.</summary>
    Call,

    /// <summary>By the caller's number.</summary>
    From,

    /// <summary>By the number that was called.</summary>
    To,
}
