namespace Matrixd.Config;

/// <summary>TOML's types.</summary>
internal enum TomlKind
{
    Text,
    Integer,
    Float,
    Boolean,
    OffsetDateTime,
    LocalDateTime,
    LocalDate,
    LocalTime,
    Array,
    Table,
}
