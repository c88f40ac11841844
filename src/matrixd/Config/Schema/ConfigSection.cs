namespace Matrixd.Config;

/// <summary>One section of the file and its keys.</summary>
/// <param name="Repeated"><c>[[name]]</c>, any number of times.</param>
internal sealed record ConfigSection(string Name, bool Repeated, string Doc, IReadOnlyList<ConfigKey> Keys)
{
    public string Header => Repeated ? $"[[{Name}]]" : $"[{Name}]";

    public ConfigKey Key(string name) => Keys.First(k => k.Name == name);
}
