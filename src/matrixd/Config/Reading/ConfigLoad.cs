namespace Matrixd.Config;

/// <summary>What one reading of a file gathers: errors, warnings, values in force.</summary>
/// <remarks>Lives for one call of <see cref="ConfigReader.Read"/>, on its thread.</remarks>
internal sealed class ConfigLoad(string file, IConfigEnvironment environment)
{
    private readonly List<ConfigProblem> _errors = [];
    private readonly List<ConfigProblem> _warnings = [];
    private readonly List<ConfigValue> _values = [];
    private readonly List<SecretSource> _secrets = [];
    private readonly string _directory = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    public string File { get; } = file;

    public IConfigEnvironment Environment { get; } = environment;

    /// <summary>Every user of the machine may read the file: it should hold no secret.</summary>
    public bool OpenToOthers { get; set; }

    public IReadOnlyList<ConfigValue> Values => _values;

    public IReadOnlyList<ConfigProblem> Warnings => InOrder(_warnings);

    public void Error(TomlPosition? position, string key, string value, ConfigRefusal refusal) => _errors.Add(Problem(position, key, value, refusal));

    public void Warn(TomlPosition? position, string key, string value, ConfigRefusal refusal) => _warnings.Add(Problem(position, key, value, refusal));

    public void Add(ConfigValue value) => _values.Add(value);

    /// <summary>A path of the file as the process opens it: a relative one counts from the file's own folder.</summary>
    public string FullPath(string path) => path.Length == 0 ? "" : Path.GetFullPath(path, _directory);

    public IReadOnlyList<SecretSource> Secrets => _secrets;

    public IReadOnlyList<ConfigProblem> Errors => InOrder(_errors);

    public void Add(SecretSource secret) => _secrets.Add(secret);

    public void ThrowIfErrors()
    {
        if (_errors.Count > 0)
        {
            throw new ConfigException(InOrder(_errors), InOrder(_warnings));
        }
    }

    private ConfigProblem Problem(TomlPosition? position, string key, string value, ConfigRefusal refusal) => new()
    {
        File = File,
        Line = position?.Line ?? 0,
        Column = position?.Column ?? 0,
        Key = key,
        Value = value,
        Message = refusal.Message,
        Hint = refusal.Hint,
    };

    /// <summary>As the file goes; what is missing comes last.</summary>
    private static List<ConfigProblem> InOrder(List<ConfigProblem> problems) =>
        [.. problems.OrderBy(p => p.Line == 0 ? int.MaxValue : p.Line).ThenBy(p => p.Column)];
}
