using Matrixd.Gemini;
using Matrixd.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Is the model on the service's list, and does this version know its ways.</summary>
internal static class ModelCheckup
{
    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject, string model) => async cancelled =>
    {
        ModelCheck check = await new ModelList(subject.Http, subject.Config.Gemini, NullLogger<ModelList>.Instance).CheckAsync(model, cancelled);
        string guess = ModelQuirks.For(model).IsKnown ? "" : "; this version does not know the name and speaks to it as to the newest it knows";
        return check.Presence switch
        {
            ModelPresence.Found when guess.Length == 0 => CheckResult.Fine("is on the list of live models"),
            ModelPresence.Found => CheckResult.Note($"is on the list of live models{guess}", "a newer matrixd may know it"),
            ModelPresence.Unavailable => CheckResult.Note($"{check.Describe()}{guess}"),
            ModelPresence.NotLive => CheckResult.Broken($"is listed, but not for live sessions (bidiGenerateContent){guess}", Fix(check)),
            _ => CheckResult.Broken($"is not on the list of live models; an unknown model gives silence and a bare close, not an error{guess}", Fix(check)),
        };
    };

    private static string Fix(ModelCheck check) => check.Nearest switch
    {
        [] => "set [gemini] model to a live model of your key",
        [string nearest] => $"set [gemini] model = \"{nearest}\"",
        [string nearest, ..] => $"set [gemini] model = \"{nearest}\"; near too: {string.Join(", ", check.Nearest.Skip(1))}",
    };
}
