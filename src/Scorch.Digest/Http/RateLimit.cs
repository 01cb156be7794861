using System.Globalization;

namespace Scorch.Digest;

/// <summary>How long a server asks to wait.</summary>
internal static class RateLimit
{
    // X counts in seconds since 1970, Mastodon writes ISO 8601, Bluesky counts in seconds since 1970.
    private static readonly string[] ResetHeaders = ["x-rate-limit-reset", "X-RateLimit-Reset", "RateLimit-Reset"];

    /// <summary>The wait that an answer asks for, or null where it names none.</summary>
    public static TimeSpan? Wait(HttpResponseMessage response, DateTimeOffset now)
    {
        var retry = response.Headers.RetryAfter;
        if (retry?.Delta is { } delta)
        {
            return delta;
        }

        if (retry?.Date is { } date)
        {
            return Until(date);
        }

        foreach (var name in ResetHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values) && Instant(values.First()) is { } reset)
            {
                return Until(reset);
            }
        }

        return null;

        TimeSpan Until(DateTimeOffset instant) => instant > now ? instant - now : TimeSpan.Zero;
    }

    private static DateTimeOffset? Instant(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MaxValue;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
    }
}
