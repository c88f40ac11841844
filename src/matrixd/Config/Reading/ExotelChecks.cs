namespace Matrixd.Config;

/// <summary>What must hold between the keys of <c>[exotel]</c>.</summary>
internal static class ExotelChecks
{
    /// <summary>Longest WebSocket URL that Exotel is given; measured on its side, longer ones never connect.</summary>
    private const int MaxUrl = 130;

    /// <summary>Room for "/" and the path token of a warm session: 128 bits in base64url.</summary>
    private const int PathToken = 1 + 22;

    /// <summary>A shorter password can be guessed.</summary>
    private const int ShortPassword = 12;

    /// <summary>First parts of paths that the daemon answers itself.</summary>
    private static readonly string[] Taken = ["/api", "/metrics", "/healthz", "/console", "/voice"];

    public static void Run(ConfigSections sections)
    {
        SectionValues exotel = sections.Exotel;
        CheckPaths(sections);
        CheckCredentials(sections);
        CheckRest(exotel);
    }

    private static void CheckPaths(ConfigSections sections)
    {
        SectionValues exotel = sections.Exotel;
        string stream = exotel.Text(ExotelKeys.StreamPath);
        string dynamic = exotel.Text(ExotelKeys.DynamicPath);
        foreach (string key in (string[])[ExotelKeys.StreamPath, ExotelKeys.DynamicPath])
        {
            string path = exotel.Text(key);
            if (Taken.FirstOrDefault(t => path == t || path.StartsWith(t + "/", StringComparison.Ordinal)) is { } taken)
            {
                exotel.Error(key, $"is taken: matrixd answers {taken} itself", "choose another path");
            }
        }

        if (dynamic == stream || dynamic.StartsWith(stream + "/", StringComparison.Ordinal))
        {
            exotel.Error(ExotelKeys.DynamicPath, "must differ from stream_path and not stand below it", $"stream_path is \"{stream}\"; such as \"/voicebot\"");
        }

        int length = sections.Server.Text(ServerKeys.PublicUrl).TrimEnd('/').Length + stream.Length + PathToken;
        if (length > MaxUrl)
        {
            exotel.Error(ExotelKeys.StreamPath, $"makes addresses of {length} characters together with public_url; Exotel takes {MaxUrl}", $"make it or public_url shorter by {length - MaxUrl}");
        }
    }

    private static void CheckCredentials(ConfigSections sections)
    {
        SectionValues exotel = sections.Exotel;
        string password = exotel.Text(ExotelKeys.BasicPassword);
        bool refused = exotel.IsRefused(ExotelKeys.BasicPassword) || exotel.IsRefused(ExotelKeys.BasicPasswordFile) || exotel.IsRefused(ExotelKeys.Allow);
        if (password.Length is > 0 and < ShortPassword)
        {
            exotel.Warn(exotel.IsSet(ExotelKeys.BasicPasswordFile) ? ExotelKeys.BasicPasswordFile : ExotelKeys.BasicPassword, $"the password has fewer than {ShortPassword} characters", "make a long one: openssl rand -hex 16");
        }

        if (password.Length > 0 || exotel.List(ExotelKeys.Allow).Count > 0)
        {
            return;
        }

        if (sections.Server.Flag(ServerKeys.Insecure))
        {
            sections.Server.Warn(ServerKeys.Insecure, "nothing protects the Exotel socket: whoever reaches it talks at your cost", "set basic_password_file or allow in [exotel]");
        }
        else if (!refused)
        {
            exotel.Error(ExotelKeys.BasicPasswordFile, "nothing protects the Exotel socket", "give a password (basic_password_file, or the systemd credential exotel-basic-password), or the networks Exotel comes from (allow), or for a trial insecure = true in [server]");
        }
    }

    private static void CheckRest(SectionValues exotel)
    {
        if (((string[])[ExotelKeys.ApiKey, ExotelKeys.ApiKeyFile, ExotelKeys.ApiToken, ExotelKeys.ApiTokenFile, ExotelKeys.AccountSid]).Any(exotel.IsRefused))
        {
            return;
        }

        bool key = exotel.Text(ExotelKeys.ApiKey).Length > 0;
        bool token = exotel.Text(ExotelKeys.ApiToken).Length > 0;
        if (key != token)
        {
            string missing = key ? ExotelKeys.ApiToken : ExotelKeys.ApiKey;
            exotel.Error(missing, "is missing: API key and API token go together", $"set {missing}_file");
        }
        else if (key && exotel.Text(ExotelKeys.AccountSid).Length == 0)
        {
            exotel.Error(ExotelKeys.AccountSid, "is missing: Exotel's API needs it beside key and token");
        }
    }
}
