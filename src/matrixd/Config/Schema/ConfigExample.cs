using System.Text;

namespace Matrixd.Config;

/// <summary>Writes <c>matrixd.toml.example</c> out of the schema, so that no key lacks its words.</summary>
internal static class ConfigExample
{
    private const string Head = """
        # matrixd.toml: the settings of matrixd, which lets Google's Gemini answer calls that come in through Exotel.
        #
        # Every key stands here with its meaning, the values it takes and its default. Lines that begin with "# name ="
        # show the default: remove the # and change the value to set something else. A name that matrixd does not know is
        # an error, so a slip of the pen never goes unnoticed.
        #
        #   matrixd check --config FILE               says what is wrong, all at once, with line and column
        #   matrixd check --config FILE --diff OTHER  says in which keys two files differ
        #   systemctl reload matrixd                  takes a changed file over; calls that run keep what they began with
        #
        # Text stands in "quotes"; text of several lines in three quotes on either side. Durations are text, too:
        # "300ms", "8s", "15m", "1h", "1m30s". A list stands in [brackets]. A file name that does not begin with /
        # counts from the folder of this file.
        #
        # Secrets: put each into a file of its own that only matrixd may read, and name the file here. A key that holds
        # the secret itself wins over the file, the file over a variable, a variable over a systemd credential.

        """;

    public static string Render()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (ConfigSection section in ConfigSchema.Sections)
        {
            text.Append('\n');
            AppendComment(text, section.Doc);
            text.Append(section.Header).Append('\n');
            foreach (ConfigKey key in section.Keys)
            {
                text.Append('\n');
                AppendComment(text, key.Doc);
                AppendComment(text, Describe(key));
                text.Append(key.Sample is null ? "# " : "").Append(key.Name).Append(" = ").Append((key.Sample ?? key.Default).ReplaceLineEndings("\n")).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Describe(ConfigKey key)
    {
        string type = key.Type switch
        {
            ConfigKeyType.Text => "Text",
            ConfigKeyType.TextList => "List of texts",
            ConfigKeyType.Flag => "true or false",
            ConfigKeyType.Integer => "Number",
            ConfigKeyType.Duration => "Duration",
            _ => "Table of texts",
        };
        string range = key.Rule.Words.Length == 0 ? "" : ": " + key.Rule.Words;
        return $"[{type}{range}. {(key.Required ? "Must be given" : "Default " + key.Default)}]";
    }

    private static void AppendComment(StringBuilder text, string lines)
    {
        foreach (string line in lines.Split('\n'))
        {
            text.Append("# ").Append(line).Append('\n');
        }
    }
}
