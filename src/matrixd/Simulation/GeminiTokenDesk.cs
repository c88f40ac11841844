using System.Security.Cryptography;
using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>Mints ephemeral tokens and keeps their rules.</summary>
/// <remarks>Any thread; one lock, because REST requests and sockets come on many.</remarks>
internal sealed class GeminiTokenDesk(TimeProvider clock)
{
    /// <summary>A token may not reach further ahead. Observed: the API's documentation.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(20);

    private static readonly TimeSpan s_defaultExpiry = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_defaultNewSession = TimeSpan.FromSeconds(60);

    private const int MaxTokens = 100_000; // a long run of a load test mints one a call; beyond, the oldest is forgotten

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GeminiToken> _tokens = [];
    private readonly Queue<string> _order = [];

    public IReadOnlyList<GeminiToken> Minted
    {
        get
        {
            lock (_gate)
            {
                return [.. _order.Select(name => _tokens[name])];
            }
        }
    }

    /// <summary>Mints from the request's JSON object.</summary>
    /// <exception cref="GeminiRestException">400: a field is unknown, or a rule is broken.</exception>
    public GeminiToken Mint(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            throw GeminiRestException.InvalidArgument("Invalid JSON payload received. Root element must be a message.");
        }

        if (GeminiFields.TokenRequest.FirstUnknown(request) is { } unknown)
        {
            throw GeminiRestException.InvalidArgument(GeminiRefusal.UnknownNameText(unknown.Name, unknown.At));
        }

        DateTimeOffset now = clock.GetUtcNow();
        GeminiToken token = new()
        {
            Name = "auth_tokens/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            Uses = ReadUses(request),
            ExpireTime = ReadTime(request, "expireTime", now, s_defaultExpiry),
            NewSessionExpireTime = ReadTime(request, "newSessionExpireTime", now, s_defaultNewSession),
            Constrained = request.TryGetProperty("bidiGenerateContentSetup", out _),
        };
        Keep(token);
        return token;
    }

    /// <returns>Null where the token is unknown.</returns>
    public GeminiToken? Find(string name)
    {
        lock (_gate)
        {
            return _tokens.GetValueOrDefault(name);
        }
    }

    /// <summary>Spends a use on a new session; a resumed one is free and outlives the new-session window.</summary>
    public GeminiRefusal? Admit(GeminiToken token, bool resumes)
    {
        DateTimeOffset now = clock.GetUtcNow();
        lock (_gate)
        {
            if (now >= token.ExpireTime)
            {
                return GeminiRefusal.MalformedToken;
            }

            if (resumes)
            {
                return null;
            }

            if (now >= token.NewSessionExpireTime)
            {
                return GeminiRefusal.CatchAll;
            }

            if (token.Uses > 0 && token.Used >= token.Uses)
            {
                return GeminiRefusal.TokenUsedUp;
            }

            token.Used++;
            return null;
        }
    }

    private static int ReadUses(JsonElement request)
    {
        if (!request.TryGetProperty("uses", out JsonElement uses))
        {
            return 1;
        }

        return uses.ValueKind == JsonValueKind.Number && uses.TryGetInt32(out int value) && value >= 0
            ? value
            : throw GeminiRestException.InvalidArgument($"Invalid value at 'auth_token.uses' (TYPE_INT32), {uses.GetRawText()}");
    }

    private static DateTimeOffset ReadTime(JsonElement request, string field, DateTimeOffset now, TimeSpan otherwise)
    {
        if (!request.TryGetProperty(field, out JsonElement value))
        {
            return now + otherwise;
        }

        if (value.ValueKind != JsonValueKind.String || !value.TryGetDateTimeOffset(out DateTimeOffset time))
        {
            throw GeminiRestException.InvalidArgument($"Invalid value at 'auth_token.{field}' (type.googleapis.com/google.protobuf.Timestamp), {value.GetRawText()}");
        }

        if (time <= now || time - now >= Horizon)
        {
            throw GeminiRestException.InvalidArgument($"{field} must be in the future and less than 20 hours ahead.");
        }

        return time;
    }

    private void Keep(GeminiToken token)
    {
        lock (_gate)
        {
            if (_order.Count == MaxTokens)
            {
                _tokens.Remove(_order.Dequeue());
            }

            _tokens.Add(token.Name, token);
            _order.Enqueue(token.Name);
        }
    }
}
