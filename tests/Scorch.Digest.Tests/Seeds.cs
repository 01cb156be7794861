namespace Scorch.Digest.Tests;

/// <summary>The real posts, which are not part of the repository.</summary>
internal static class Seeds
{
    /// <summary>Their folder: the environment variable <c>SCORCH_SEEDS</c>, or <c>shared/seeds</c> beside the repository; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The posts' files, in order of day; none where they are not on this machine.</summary>
    public static IReadOnlyList<string> Files => Folder is null ? [] : [.. Directory.GetFiles(Folder, "*.md").Order(StringComparer.Ordinal)];

    public static string SkipReason => "The seed posts are not on this machine: set SCORCH_SEEDS to their folder.";

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    private static string? Find()
    {
        var folder = Environment.GetEnvironmentVariable("SCORCH_SEEDS");
        if (string.IsNullOrEmpty(folder))
        {
            folder = Path.Combine(Path.GetDirectoryName(FindRepository()) ?? "", "shared", "seeds");
        }

        return Directory.Exists(folder) ? folder : null;
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Scorch.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"No Scorch.slnx above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}

/// <summary>A test that needs the seed posts.</summary>
internal sealed class SeedsFactAttribute : FactAttribute
{
    public SeedsFactAttribute()
    {
        if (Seeds.Folder is null)
        {
            Skip = Seeds.SkipReason;
        }
    }
}

/// <summary>A test with data that needs the seed posts.</summary>
internal sealed class SeedsTheoryAttribute : TheoryAttribute
{
    public SeedsTheoryAttribute()
    {
        if (Seeds.Folder is null)
        {
            Skip = Seeds.SkipReason;
        }
    }
}
