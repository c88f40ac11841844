namespace Matrixd.Simulation;

/// <summary>A close by which the simulated model refuses something; code and text as Google's.</summary>
internal readonly record struct GeminiRefusal(ushort Code, string Text)
{
    /// <summary>The text that stands for half a dozen causes. Observed: production, for a wrong method, camelCase audio, a missing token, a new-session window that is over.</summary>
    public const string CatchAllText =
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API credentials";

    public static GeminiRefusal CatchAll => new(1008, CatchAllText);

    public static GeminiRefusal InvalidArgument => new(1007, "Request contains an invalid argument.");

    public static GeminiRefusal BadApiKey => new(1007, GeminiRestError.BadApiKeyText);

    /// <summary>Comes after the 101. Observed: production.</summary>
    public static GeminiRefusal MalformedToken => new(1007, "Missing or malformed auth token");

    public static GeminiRefusal TokenUsedUp => new(1011, "Token has been used too many times");

    public static GeminiRefusal Quota => new(1011, "You exceeded your current quota, please check your plan and billing details.");

    public static GeminiRefusal NotImplemented => new(1008, "Operation is not implemented, or supported, or enabled.");

    public static GeminiRefusal DeadlineExpired => new(1011, "Deadline expired before operation could complete.");

    /// <summary>A resume while the old socket of the session is open. Observed: code 1011; Assumed: the text.</summary>
    public static GeminiRefusal SessionStillOpen => new(1011, "Internal error encountered.");

    public static GeminiRefusal ModelNotFound(string model) => new(1008,
        $"{model} is not found for API version v1alpha, or is not supported for bidiGenerateContent. Call ListModels to see the list of available models.");

    /// <param name="name">The field that nobody knows.</param>
    /// <param name="at">Dotted path of its parent; empty at the top.</param>
    public static GeminiRefusal UnknownName(string name, string at) => new(1007, UnknownNameText(name, at));

    public static string UnknownNameText(string name, string at) => at.Length == 0
        ? $"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
        : $"Invalid JSON payload received. Unknown name \"{name}\" at '{at}': Cannot find field.";

    public static GeminiRefusal InvalidValue(string at, string value) => new(1007, $"Invalid value at '{at}', \"{value}\"");
}
