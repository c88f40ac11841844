namespace Matrixd.Config;

/// <summary>What made a table.</summary>
internal enum TomlTableOrigin
{
    /// <summary>The document itself, <c>[name]</c>, or one <c>[[name]]</c>.</summary>
    Header,

    /// <summary>Named only on the way to another: <c>a</c> in <c>[a.b]</c>.</summary>
    Implicit,

    /// <summary>A dotted key: <c>a</c> in <c>a.b = 1</c>.</summary>
    Dotted,

    /// <summary><c>{ … }</c>: complete as it stands.</summary>
    Inline,
}
