using Matrixd.Config;
using Matrixd.Gemini;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>What is looked at, and what one check leaves for the next.</summary>
/// <remarks>Lives for one run, on one thread at a time. Holds secrets; <see cref="Shade"/> takes them out of what is printed.</remarks>
internal sealed class DoctorSubject : IDisposable
{
    private readonly WheelDriver _driver;
    private GeminiHttp? _http;

    private DoctorSubject(string path, IConfigEnvironment environment, MachineFacts machine, TimeProvider clock)
    {
        Path = path;
        Environment = environment;
        Machine = machine;
        Clock = clock;
        Wheel = new TimerWheel(clock);
        _driver = new WheelDriver(Wheel, _ => { }); // links' timeouts alone stand on it, and none of them throws
        _driver.Start();
    }

    /// <summary>Of the configuration.</summary>
    public string Path { get; }

    public IConfigEnvironment Environment { get; }

    public MachineFacts Machine { get; }

    public TimeProvider Clock { get; }

    public TimerWheel Wheel { get; }

    /// <summary>What can be used of the configuration; null: nothing.</summary>
    public LoadedConfig? Loaded { get; private init; }

    public IReadOnlyList<ConfigProblem> Problems { get; private init; } = [];

    public DaemonConfig Config => Loaded!.Config;

    public SecretShade Shade { get; } = new();

    /// <summary>How long a session that was tried is waited for to be refused.</summary>
    public TimeSpan RefusalTime { get; init; } = LiveProbe.RefusalTime;

    /// <summary>Of the way to Gemini; null until it was gone.</summary>
    public DialReport? Tls { get; set; }

    /// <summary>Empty: ALPN settled on something that will do, or was not come to.</summary>
    public string AlpnFailure { get; set; } = "";

    /// <summary>For the sessions that are tried; null until one was minted.</summary>
    public StoredToken? Token { get; set; }

    /// <summary>How far the service's clock is ahead, as the mint learnt it.</summary>
    public TimeSpan ClockSkew { get; set; }

    /// <summary>The REST side, made at its first use.</summary>
    public GeminiHttp Http => _http ??= new GeminiHttp(Config.Gemini, Clock);

    public static DoctorSubject Open(string path, IConfigEnvironment environment, MachineFacts machine, TimeProvider clock, TimeSpan? refusalTime = null)
    {
        DoctorSubject subject;
        try
        {
            (LoadedConfig loaded, IReadOnlyList<ConfigProblem> errors) = ConfigReader.Inspect(path, environment);
            subject = new DoctorSubject(path, environment, machine, clock) { Loaded = loaded, Problems = errors, RefusalTime = refusalTime ?? LiveProbe.RefusalTime };
            subject.Shade.AddAll(loaded.Config);
        }
        catch (ConfigException e)
        {
            subject = new DoctorSubject(path, environment, machine, clock) { Problems = e.Errors };
        }

        return subject;
    }

    public void Dispose()
    {
        _http?.Dispose();
        _driver.Dispose();
    }
}
