using System.Text.RegularExpressions;

namespace Matrixd.Config;

/// <summary>Rules on names, numbers and other short texts.</summary>
internal static partial class Names
{
    public static ConfigRule Agent { get; } = Shape(AgentPattern(), "letters, digits, _, - and ., at most 64");

    /// <summary>Gemini's own rule for the name of a function.</summary>
    public static ConfigRule Tool { get; } = Shape(ToolPattern(), "letters, digits and _, not beginning with a digit, at most 64");

    /// <summary>A model's name, with or without <c>models/</c>.</summary>
    public static ConfigRule Model { get; } = Shape(ModelPattern(), "a model's name, such as \"gemini-3.1-flash-live-preview\"");

    public static ConfigRule ApiVersion { get; } = Shape(ApiVersionPattern(), "a version such as \"v1alpha\" or \"v1beta\"");

    public static ConfigRule Voice { get; } = Shape(VoicePattern(), "a voice's name, such as \"Kore\"");

    public static ConfigRule Language { get; } = Shape(LanguagePattern(), "a language code, such as \"en-IN\" or \"hi-IN\"");

    public static ConfigRule PhoneNumber { get; } = Shape(PhoneNumberPattern(), "3 to 15 digits, with or without + in front", "write it without blanks and dashes");

    public static ConfigRule AccountSid { get; } = Shape(AccountSidPattern(), "letters, digits, _ and -");

    /// <summary>Basic authentication parts user and password at the first colon.</summary>
    public static ConfigRule BasicUser { get; } = Shape(BasicUserPattern(), "letters, digits and ._~-, at most 64", "Exotel takes it as part of a URL");

    /// <summary>RFC 9110's token.</summary>
    public static bool IsHeaderName(string text) => HeaderNamePattern().IsMatch(text);

    private static ConfigRule Shape(Regex pattern, string words, string hint = "") =>
        ConfigRule.Text(words, text => pattern.IsMatch(text) ? null : new ConfigRefusal("must be " + words, hint));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AgentPattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ToolPattern();

    [GeneratedRegex(@"\A(models/)?[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModelPattern();

    [GeneratedRegex(@"\Av[0-9]{1,3}((alpha|beta)[0-9]{0,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ApiVersionPattern();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VoicePattern();

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguagePattern();

    [GeneratedRegex(@"\A\+?[0-9]{3,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PhoneNumberPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountSidPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BasicUserPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderNamePattern();
}
