using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Diagnostics.Doctor;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

/// <summary>Exotel, the public address, the machine: each broken thing as exactly its own finding.</summary>
public sealed class DoctorFindingsTests
{
    [Theory]
    [InlineData(401, """{"RestException":{"Status":401,"Message":"Authentication failed","Code":34010}}""", "Authentication failed", "check api_key_file and api_token_file")]
    [InlineData(403, "<TwilioResponse><RestException><Status>403</Status><Message>KYC &amp; more</Message></RestException></TwilioResponse>", "KYC & more", "KYC")]
    [InlineData(404, "", "answered HTTP 404", "the region is \"in\" now, the other is \"sg\"")]
    [InlineData(503, "<html>", "answered HTTP 503", "try again in a minute")]
    public async Task What_Exotel_refuses_is_told_with_its_words_and_the_fix(int status, string body, string words, string fix)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.ExotelAnswer = (status, body);

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["Exotel API"], reading.With("broken"));
        Assert.Contains(words, reading.Text("Exotel API"));
        Assert.Contains(fix, reading.Fix("Exotel API"));
    }

    [Fact]
    public async Task Fewer_streams_than_calls_are_explained()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.ExotelAnswer = (200, "<ActiveStreams><ActiveStreams>1</ActiveStreams><MaxAllowedStreams>10</MaxAllowedStreams></ActiveStreams>");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal("explained", reading.Verdict("Exotel API"));
        Assert.Contains("1 of 10 streams are active; matrixd would take 50 calls", reading.Text("Exotel API"));
    }

    [Fact]
    public async Task Without_a_key_for_dialling_nothing_is_broken()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Keys["exotel"].Remove("api_key_file");
        rig.Keys["exotel"].Remove("api_token_file");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal("explained", reading.Verdict("Exotel API"));
        Assert.Contains("needed only to dial", reading.Text("Exotel API"));
        Assert.Equal(0, rig.Exotel.Count);
        Assert.Empty(reading.With("broken"));
    }

    [Fact]
    public async Task A_daemon_with_another_password_is_told()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        await using House house = await rig.DaemonAsync("another-password");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["public URL"], reading.With("broken"));
        Assert.Contains("401", reading.Text("public URL"));
        Assert.StartsWith("restart the daemon if the password was changed", reading.Fix("public URL"));
    }

    [Fact]
    public async Task A_daemon_that_does_not_run_and_one_that_cannot_be_reached_from_here_are_explained()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        Assert.Contains("the daemon does not run here", (await rig.RunAsync()).Text("public URL"));

        await using House house = await rig.DaemonAsync();
        rig.Set("server", "public_url", "\"wss://127.0.0.1:1\"");
        DoctorReading reading = await rig.RunAsync();

        Assert.Equal("explained", reading.Verdict("public URL"));
        Assert.Contains("NAT hairpin", reading.Text("public URL"));
        Assert.Equal("try it from outside: curl -i https://127.0.0.1:1/healthz", reading.Fix("public URL"));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_and_a_certificate_that_Exotel_would_refuse_are_broken()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("server", "public_url", "\"wss://no-such-host.invalid\"");
        DoctorReading unknown = await rig.RunAsync();
        Assert.Equal(["public URL"], unknown.With("broken"));
        Assert.Contains("DNS record", unknown.Fix("public URL"));

        rig.Set("server", "public_url", $"\"wss://127.0.0.1:{new Uri(rig.Gemini.BaseUrl).Port}\""); // its authority is no public one
        DoctorReading untrusted = await rig.RunAsync();
        Assert.Equal(["public URL"], untrusted.With("broken"));
        Assert.Contains("from a public authority", untrusted.Fix("public URL"));
    }

    [Fact]
    public async Task Where_no_address_is_configured_that_is_explained()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Keys["server"].Remove("public_url");

        Assert.Equal("explained", (await rig.RunAsync()).Verdict("public URL"));
    }

    [Theory]
    [InlineData("voice.example.in", 90, "fine", "90 days")]
    [InlineData("voice.example.in", 5, "explained", "5 days left")]
    [InlineData("voice.example.in", -1, "broken", "ran out on")]
    [InlineData("other.example.in", 90, "broken", "it is not for 127.0.0.1")]
    public async Task Our_own_certificate_is_looked_into(string name, int days, string verdict, string text)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        WriteCertificate(rig.Folder, name, name == "voice.example.in" ? "127.0.0.1" : "", days);
        rig.Set("server", "tls_certificate", "\"cert.pem\"");
        rig.Set("server", "tls_key", "\"key.pem\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(verdict, reading.Verdict("certificate"));
        Assert.Contains(text, reading.Text("certificate"));
    }

    [Fact]
    public async Task A_machine_that_is_too_small_is_told_thing_by_thing()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Machine = rig.Machine with { Files = 256, Memory = 64 * 1024 * 1024, MemoryFrom = "the control group /matrixd", FreeBytes = _ => 100 * 1024 * 1024, Processors = 0 };
        rig.Set("server", "max_calls", "1000");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["disk", "open files", "memory"], reading.With("broken"));
        Assert.Equal("LimitNOFILE=4128 in the unit (or ulimit -n), or a lower [server] max_calls", reading.Fix("open files"));
        Assert.StartsWith("64 MiB by the control group /matrixd; 1000 calls need about 596 MiB", reading.Text("memory"));
        Assert.Contains("too little to go on", reading.Text("disk"));
        Assert.Equal("explained", reading.Verdict("capacity"));
        Assert.StartsWith("set [server] max_calls = 200", reading.Fix("capacity"));
    }

    [Theory]
    [InlineData("""{"calls_per_core":310.4,"cores":8,"more":[1]}""", "about 1241 calls at the same time (measured here, 310 a core on 4)")]
    [InlineData("""{"calls_per_core":"many"}""", "about 800 calls at the same time (an estimate, 200 a core on 4")]
    [InlineData("[]", "about 800 calls")]
    [InlineData("{", "about 800 calls")]
    [InlineData("""{"calls_per_core":-3}""", "about 800 calls")]
    public async Task A_measurement_beside_the_store_counts_and_a_broken_one_does_not(string json, string text)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        File.WriteAllText(Path.Combine(rig.Folder, "bench-calls.json"), json);

        DoctorReading reading = await rig.RunAsync();

        Assert.StartsWith(text, reading.Text("capacity"));
        Assert.Equal("fine", reading.Verdict("capacity"));
    }

    // F1, F2
    [Fact]
    public async Task What_is_linked_in_is_judged_and_explained()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Machine = rig.Machine with { Sqlite = new SqliteRelease(new Version(3, 40, 1)), Framework = new Version(9, 0, 20) };
        rig.Clock = new Ahead(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow());

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal("explained", reading.Verdict("SQLite"));
        Assert.Contains("3.40.1: of the releases 3.7.0 to 3.51.2", reading.Text("SQLite"));
        Assert.Equal("explained", reading.Verdict(".NET"));
        Assert.Contains(".NET 9.0.20: its support ended on 2026-11-10", reading.Text(".NET"));
    }

    [Theory]
    [InlineData(3, 6, 99, false)]
    [InlineData(3, 7, 0, true)]
    [InlineData(3, 51, 2, true)]
    [InlineData(3, 51, 3, false)]
    public void The_affected_range_has_its_ends(int major, int minor, int build, bool affected) =>
        Assert.Equal(affected, new SqliteRelease(new Version(major, minor, build)).InWalResetBugRange);

    [Theory]
    [InlineData(60, "explained", "ahead of the service's")]
    [InlineData(-60, "explained", "behind the service's")]
    [InlineData(86_400, "broken", "ahead of the service's")]
    public async Task A_clock_that_is_off_is_told_by_how_much(int seconds, string verdict, string text)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Clock = new Ahead(TimeSpan.FromSeconds(seconds));

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(verdict, reading.Verdict("clock"));
        Assert.Contains(text, reading.Text("clock"));
        int told = int.Parse(reading.Text("clock").Split(' ')[0]);
        Assert.InRange(told, Math.Abs(seconds) - 2, Math.Abs(seconds) + 2); // the header has whole seconds
        Assert.Equal(verdict == "broken" ? ["clock"] : [], reading.With("broken"));
        Assert.StartsWith("timedatectl", reading.Fix("clock"));
    }

    [Fact]
    public async Task A_damaged_store_is_told_with_the_way_out_and_a_missing_one_is_explained()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        Assert.Equal("explained", (await rig.RunAsync()).Verdict("store"));
        string path = Path.Combine(rig.Folder, "matrixd.db");
        await using (Database.Open(path, TimeProvider.System, NullLogger.Instance))
        {
        }

        Assert.Contains("whole, schema version", (await rig.RunAsync()).Text("store"));
        Assert.False(File.Exists(path + "-wal"), "reading must leave nothing behind: the daemon may be another user");
        Damage(path);
        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["store"], reading.With("broken"));
        Assert.Contains("is damaged", reading.Text("store"));
        Assert.StartsWith("restore a backup over it", reading.Fix("store"));
    }

    [Fact]
    public async Task A_check_that_never_ends_hides_nothing_behind_it()
    {
        using DoctorSubject subject = DoctorSubject.Open("/nowhere/matrixd.toml", new Matrixd.Config.SystemConfigEnvironment(), MachineFacts.Read(), TimeProvider.System);
        StringWriter output = new();
        DoctorCheck[] checks =
        [
            new DoctorCheck("deaf", _ => new TaskCompletionSource<CheckResult>().Task) { NeedsConfig = false, Limit = TimeSpan.FromMilliseconds(20) },
            new DoctorCheck("faulty", _ => throw new InvalidDataException("a bug")) { NeedsConfig = false },
            new DoctorCheck("behind", _ => Task.FromResult(CheckResult.Fine("it was asked"))) { NeedsConfig = false },
            new DoctorCheck("above", _ => Task.FromResult(CheckResult.Fine("never"))) { NeedsConfig = false },
        ];
        checks[3] = checks[3] with { Needs = ["deaf"] };

        DoctorOutcome outcome = await new DoctorRun(subject, new DoctorPrinter(output, json: false, subject.Shade), checks).RunAsync(CancellationToken.None);

        Assert.Equal((1, 2, 1), (outcome.Fine, outcome.Broken, outcome.Skipped));
        Assert.Contains("✗ deaf                  no end within 0 s", output.ToString());
        Assert.Contains("✗ faulty                unforeseen: InvalidDataException: a bug", output.ToString());
        Assert.Contains("! above                 not checked: it needs what \"deaf\" asks for", output.ToString());
    }

    // In the middle of a page that is in use.
    private static void Damage(string path)
    {
        using FileStream file = File.OpenWrite(path);
        file.Seek(4096, SeekOrigin.Begin);
        byte[] noise = new byte[4096];
        new Random(9).NextBytes(noise);
        file.Write(noise);
    }

    private static void WriteCertificate(string folder, string name, string address, int days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        if (address.Length > 0)
        {
            names.AddIpAddress(System.Net.IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(days).AddHours(1);
        using X509Certificate2 certificate = request.CreateSelfSigned(end.AddYears(-1), end);
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
