namespace Matrixd.Config;

/// <summary>How a value is written.</summary>
internal enum ConfigKeyType
{
    Text,
    TextList,
    Flag,
    Integer,

    /// <summary>Text such as <c>"1m30s"</c>.</summary>
    Duration,

    /// <summary><c>{ "name" = "text" }</c></summary>
    TextTable,
}
