namespace Matrixd.Simulation;

/// <summary>The address of an upgrade request: which method, which credential, and what the API thinks of the pair.</summary>
/// <param name="Refusal">Comes after the 101, before any message; null: let in as far as the address goes.</param>
/// <param name="Token">The ephemeral token, where one opened the door.</param>
internal readonly record struct GeminiDoor(GeminiRefusal? Refusal, GeminiToken? Token)
{
    private const string Service = "GenerativeService.";

    /// <summary>Is this one of the paths that take an upgrade? One or two leading slashes, three API versions.</summary>
    public static bool IsPath(string path) => MethodOf(path) is not null;

    /// <param name="path">Path as sent.</param>
    /// <param name="query">Query as sent, with its question mark: nothing is unescaped, since <c>%2F</c> for the slash of a token is refused.</param>
    /// <param name="headerKey">x-goog-api-key; empty: none.</param>
    /// <param name="apiKey">The one good key; empty: any.</param>
    public static GeminiDoor Judge(string path, string query, string headerKey, string apiKey, GeminiTokenDesk desk)
    {
        string? token = Parameter(query, "access_token");
        string? key = Parameter(query, "key") ?? (headerKey.Length > 0 ? headerKey : null);
        return MethodOf(path) == "BidiGenerateContentConstrained" ? JudgeToken(token, desk) : new GeminiDoor(JudgeKey(token, key, apiKey), null);
    }

    private static GeminiDoor JudgeToken(string? token, GeminiTokenDesk desk)
    {
        if (string.IsNullOrEmpty(token) || token.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            return new GeminiDoor(GeminiRefusal.CatchAll, null);
        }

        return desk.Find(token) is { } found ? new GeminiDoor(null, found) : new GeminiDoor(GeminiRefusal.MalformedToken, null);
    }

    // The plain method takes keys; a token there, in either place, is an "unregistered caller". Observed: production.
    private static GeminiRefusal? JudgeKey(string? token, string? key, string apiKey)
    {
        if (token is not null || string.IsNullOrEmpty(key) || key.StartsWith("auth_tokens", StringComparison.Ordinal))
        {
            return GeminiRefusal.CatchAll;
        }

        return apiKey.Length > 0 && key != apiKey ? GeminiRefusal.BadApiKey : null;
    }

    private static string? MethodOf(string path)
    {
        string trimmed = path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : path;
        foreach (string version in GeminiRest.Versions)
        {
            string start = $"/ws/google.ai.generativelanguage.{version}.{Service}";
            if (trimmed.StartsWith(start, StringComparison.Ordinal) && trimmed[start.Length..] is ("BidiGenerateContent" or "BidiGenerateContentConstrained"))
            {
                return trimmed[(trimmed.LastIndexOf('.') + 1)..];
            }
        }

        return null;
    }

    private static string? Parameter(string query, string name)
    {
        foreach (string pair in query.TrimStart('?').Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair.AsSpan(0, equals).SequenceEqual(name))
            {
                return pair[(equals + 1)..];
            }
        }

        return null;
    }
}
