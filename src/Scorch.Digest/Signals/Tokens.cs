namespace Scorch.Digest;

/// <summary>Access tokens from the environment. They are passed on in a request's header, never shown or logged.</summary>
public static class Tokens
{
    /// <summary>X API v2, app-only bearer token.</summary>
    public const string X = "X_BEARER_TOKEN";

    /// <summary>Bluesky access token (<c>accessJwt</c>), for servers that do not answer searches without one.</summary>
    public const string Bluesky = "BLUESKY_ACCESS_TOKEN";

    /// <summary>Mastodon access token of the instance, where it is asked with one.</summary>
    public const string Mastodon = "MASTODON_ACCESS_TOKEN";

    /// <summary>A token, or null where the variable is not set.</summary>
    public static string? Find(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } token ? token : null;
}
