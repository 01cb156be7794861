using System.Globalization;

namespace Scorch.Digest;

/// <summary>The front matter of a post.</summary>
public sealed record PostHeader
{
    /// <summary>A header with the usual texts for a day.</summary>
    /// <param name="day">The day whose papers the post lists.</param>
    /// <param name="publishedAt">When it was made, in UTC; cut to whole seconds.</param>
    public static PostHeader For(DateOnly day, DateTime publishedAt)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new PostHeader
        {
            Day = day,
            PublishedAt = publishedAt.AddTicks(-(publishedAt.Ticks % TimeSpan.TicksPerSecond)),
            Title = $"Hot Papers {date}",
            Slug = $"hot-papers-{date}",
            Description = $"Hot papers {date}",
        };
    }

    /// <summary>The day whose papers the post lists.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When the post was made, in UTC.</summary>
    public required DateTime PublishedAt { get; init; }

    /// <summary>
    /// How the time is written: how many zeros follow the last digit that counts behind the point of its seconds. 0, as in
    /// <c>10:03:24.Z</c> and <c>10:03:24.5Z</c>, is the usual way; 3 makes <c>10:03:24.000Z</c>; null leaves the point out:
    /// <c>10:03:24Z</c>, which only whole seconds can.
    /// </summary>
    public int? PublishedTrailingZeros { get; init; } = 0;

    /// <summary>Its title, e.g. <c>Hot Papers 2021-01-25</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Its name in addresses, e.g. <c>hot-papers-2021-01-25</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>One line about it.</summary>
    public required string Description { get; init; }

    /// <summary>The page template of the site generator.</summary>
    public string Template { get; init; } = "post";

    /// <summary>Whether it is not meant to be public yet.</summary>
    public bool IsDraft { get; init; }

    /// <summary>The category of the site.</summary>
    public string Category { get; init; } = "arXiv";

    /// <summary>The tags of the site.</summary>
    public IReadOnlyList<string> Tags { get; init; } = ["arXiv", "Twitter", "Machine Learning", "Computer Science"];

    /// <summary>Address of the picture shown where the post is shared.</summary>
    public string SocialImage { get; init; } = "/media/flying-marine.jpg";
}
