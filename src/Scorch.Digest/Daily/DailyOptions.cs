namespace Scorch.Digest;

/// <summary>What a day's digest is made of and where it is published.</summary>
public sealed record DailyOptions
{
    /// <summary>The day, in UTC: mentions published within it are ranked.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The folder that gets the Markdown, the page and the feeds.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the folder is published, as the feeds tell.</summary>
    public required DigestSite Site { get; init; }

    /// <summary>When the post is made and its reposts and likes counted, in UTC.</summary>
    public required DateTime PublishedAt { get; init; }

    /// <summary>The categories of papers that are listed, <c>cs.*</c> for all of an archive.</summary>
    public IReadOnlyList<string> Categories { get; init; } = HarvestRequest.DefaultCategories;

    /// <summary>How many days before <see cref="Day"/> the harvest begins: papers are talked about some days after they were sent in.</summary>
    public int HarvestDays { get; init; } = 3;

    /// <summary>How many posts the feeds hold, the newest.</summary>
    public int FeedPosts { get; init; } = 30;
}

/// <summary>What a run for a day did.</summary>
/// <param name="Post">The day's post as it was saved and published; null where nothing could be said of the day.</param>
/// <param name="Failures">The sources that failed, with the reasons.</param>
public sealed record DailyResult(DigestPost? Post, IReadOnlyList<string> Failures);
