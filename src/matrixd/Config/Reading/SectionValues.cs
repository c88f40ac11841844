namespace Matrixd.Config;

/// <summary>One section as it was read: every key of its schema has a value, from the file or by default.</summary>
/// <remarks>A value that was refused is replaced by the default, so that the rest can still be checked; the load then ends in a <see cref="ConfigException"/>.</remarks>
internal sealed class SectionValues
{
    private readonly ConfigLoad _load;
    private readonly ConfigSection _schema;
    private readonly TomlTable? _table;
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <param name="path">For <see cref="ConfigValue.Path"/>: <c>gemini</c>, <c>agent.reception</c>.</param>
    public SectionValues(ConfigLoad load, ConfigSection schema, TomlTable? table, string path)
    {
        _load = load;
        _schema = schema;
        _table = table;
        ReportUnknown();
        foreach (ConfigKey key in schema.Keys)
        {
            _values[key.Name] = ReadKey(key, path);
        }
    }

    /// <summary>Where the section stands; null: nowhere.</summary>
    public TomlPosition? Position => _table?.Position;

    public string Text(string key) => (string)_values[key];

    public bool Flag(string key) => (bool)_values[key];

    public int Integer(string key) => (int)_values[key];

    public TimeSpan Duration(string key) => (TimeSpan)_values[key];

    public IReadOnlyList<LocatedText> List(string key) => (IReadOnlyList<LocatedText>)_values[key];

    public IReadOnlyList<string> Texts(string key) => List(key).Select(item => item.Text).ToArray();

    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string key) => (IReadOnlyList<KeyValuePair<string, string>>)_values[key];

    /// <summary>A path, made absolute; empty stays empty.</summary>
    public string FilePath(string key) => _load.FullPath(Text(key));

    /// <summary>The file has the key, even if it is refused.</summary>
    public bool IsSet(string key) => Find(key) is not null;

    /// <summary>An error was reported of the key; what follows from it need not be.</summary>
    public bool IsRefused(string key) => _refused.Contains(key);

    /// <summary>Puts what was found elsewhere in the place of what the file has: a secret from its file.</summary>
    public void Replace(string key, string value) => _values[key] = value;

    public void Error(string key, string message, string hint = "", TomlPosition? at = null)
    {
        _refused.Add(key);
        _load.Error(at ?? PlaceOf(key), Name(key), Shown(key, at), new ConfigRefusal(message, hint));
    }

    public void Warn(string key, string message, string hint = "", TomlPosition? at = null) =>
        _load.Warn(at ?? PlaceOf(key), Name(key), Shown(key, at), new ConfigRefusal(message, hint));

    private TomlEntry? Find(string key) => _table is not null && _table.TryGet(key, out TomlEntry? entry) ? entry : null;

    private TomlPosition? PlaceOf(string key) => Find(key)?.Value.Position ?? Position;

    private string Name(string key) => $"{_schema.Name}.{key}";

    /// <summary>The value in the file, or of a list the one item that stands at this place.</summary>
    private string Shown(string key, TomlPosition? at)
    {
        TomlValue? value = Find(key)?.Value;
        TomlValue? item = (value as TomlArray)?.Items.FirstOrDefault(i => i.Position == at);
        return value is null ? "" : ConfigText.Show(_schema.Key(key), item ?? value);
    }

    private object ReadKey(ConfigKey key, string path)
    {
        TomlEntry? entry = Find(key.Name);
        if (entry is null && key.Required)
        {
            _refused.Add(key.Name);
            _load.Error(Position, Name(key.Name), "", new ConfigRefusal("is missing", $"every {_schema.Header} needs one"));
        }

        TomlValue value = entry?.Value ?? ConfigDefaults.Of(key);
        if (key.Type != ConfigKeyType.Text || !key.Secret)
        {
            _load.Add(new ConfigValue($"{path}.{key.Name}", ConfigText.Show(key, value), ConfigText.Raw(key, value)));
        }

        object? converted = entry is null ? null : ConfigConvert.Convert(key, value, (part, refusal) => Refuse(key, part, refusal));
        return converted ?? ConfigDefaults.Converted(key);
    }

    private void Refuse(ConfigKey key, TomlValue part, ConfigRefusal refusal)
    {
        _refused.Add(key.Name);
        _load.Error(part.Position, Name(key.Name), ConfigText.Show(key, part), refusal);
    }

    private void ReportUnknown()
    {
        foreach (TomlEntry entry in _table?.Entries ?? [])
        {
            if (!_schema.Keys.Any(k => k.Name == entry.Key))
            {
                // Its value is not shown: it may be a secret under a mistyped name.
                _load.Error(entry.KeyPosition, $"{_schema.Name}.{entry.Key}", "", new ConfigRefusal("is no key that matrixd knows", UnknownKeys.Hint(_schema, entry.Key)));
            }
        }
    }
}
