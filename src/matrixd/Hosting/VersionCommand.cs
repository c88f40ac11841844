using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Storage;

namespace Matrixd.Hosting;

/// <summary>What this binary is.</summary>
internal static class VersionCommand
{
    /// <summary>Version and commit, as the build stamped them: <c>0.1.0+abc1234</c>.</summary>
    public static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static int Run(string[] args, TextWriter stdout)
    {
        bool json = false;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            json = flags.Flag == "--json" ? true : throw flags.Unknown();
        }

        (string Name, string Value)[] lines =
        [
            ("version", Version.Split('+')[0]),
            ("commit", Version.Contains('+', StringComparison.Ordinal) ? Version.Split('+')[1] : "unknown"),
            ("framework", RuntimeInformation.FrameworkDescription + (System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "" : ", native")),
            ("sqlite", SqliteRelease.Linked().Version.ToString()),
            ("instruction_set", InstructionSet),
        ];
        if (!json)
        {
            foreach ((string name, string value) in lines)
            {
                stdout.WriteLine($"{name.Replace('_', ' '),-16} {value}");
            }

            return Commands.Done;
        }

        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in lines)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        stdout.WriteLine(System.Text.Encoding.UTF8.GetString(text.ToArray()));
        return Commands.Done;
    }

    /// <summary>What the kernels were built for.</summary>
    public static string InstructionSet =>
        Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : Vector128.IsHardwareAccelerated ? "128-bit" : "scalar";
}
