using Matrixd.Gemini;

namespace Matrixd.Tests.Support;

/// <summary>A token store in memory.</summary>
internal sealed class GeminiTokenShelf : ITokenStore
{
    private volatile StoredToken? _shared;

    /// <summary>Thrown by the next saves.</summary>
    public Exception? Failure { get; set; }

    public StoredToken? Shared
    {
        get => _shared;
        init => _shared = value;
    }

    public Task SaveAsync(StoredToken token)
    {
        if (Failure is not null)
        {
            return Task.FromException(Failure);
        }

        _shared = token;
        return Task.CompletedTask;
    }

    public StoredToken? LoadShared() => _shared;
}
