namespace Scorch.Digest;

/// <summary>Compares posts.</summary>
internal static class PostComparison
{
    /// <summary>Whether two posts say the same: all fields are equal, or their Markdown is (which has no counts of mentions, say).</summary>
    public static bool AreSame(DigestPost one, DigestPost other) => HaveEqualFields(one, other) || HaveEqualMarkdown(one, other);

    private static bool HaveEqualFields(DigestPost one, DigestPost other) =>
        one.Header with { Tags = other.Header.Tags } == other.Header
        && one.Header.Tags.SequenceEqual(other.Header.Tags)
        && one.Entries.Count == other.Entries.Count
        && one.Entries.Zip(other.Entries).All(pair => AreEqual(pair.First, pair.Second));

    private static bool AreEqual(DigestEntry one, DigestEntry other) =>
        one with { Authors = other.Authors, Categories = other.Categories, Mentions = other.Mentions } == other
        && one.Authors.SequenceEqual(other.Authors)
        && one.Categories.SequenceEqual(other.Categories)
        && one.Mentions.Count == other.Mentions.Count
        && one.Mentions.Zip(other.Mentions).All(pair => pair.First with { Text = pair.Second.Text } == pair.Second && pair.First.Text.SequenceEqual(pair.Second.Text));

    private static bool HaveEqualMarkdown(DigestPost one, DigestPost other)
    {
        try
        {
            return PostMarkdown.Render(one) == PostMarkdown.Render(other);
        }
        catch (ArgumentException)
        {
            // One of them holds what Markdown cannot say, so the fields have decided.
            return false;
        }
    }
}
