using System.Globalization;

namespace Scorch.Digest;

/// <summary>The front matter of a post.</summary>
public sealed record PostHeader
{
    /// <summary>A header with the usual texts for a day.</summary>
    /// <param name="day">The day whose papers the post lists.</param>
    /// <param name="publishedAt">When it was made, in UTC.</param>
    public static PostHeader For(DateOnly day, DateTime publishedAt)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new PostHeader
        {
            Day = day,
            PublishedAt = publishedAt,
            Title = $"Hot Papers {date}",
            Slug = $"hot-papers-{date}",
            Description = $"Hot Papers {date}",
        };
    }

    /// <summary>The day whose papers the post lists.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When the post was made, in UTC.</summary>
    public required DateTime PublishedAt { get; init; }

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
