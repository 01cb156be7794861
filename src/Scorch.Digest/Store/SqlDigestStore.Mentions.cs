using System.Data.Common;

namespace Scorch.Digest;

internal abstract partial class SqlDigestStore
{
    private const string MentionColumns = "source, address, author_name, author_handle, runs, language, right_to_left, posted_at, reposts, likes, repost_of";

    private static readonly string[] MentionNames =
        ["source", "address", "author", "handle", "runs", "language", "rtl", "time", "reposts", "likes", "original"];

    private static readonly string MentionParameters = string.Join(", ", MentionNames.Select(name => "@" + name));

    /// <inheritdoc/>
    public async Task SaveMentionsAsync(IReadOnlyList<PaperMention> mentions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mentions);
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
        await WriteMentionsAsync(
            connection,
            transaction,
            mentions,
            """
            author_name = excluded.author_name, author_handle = excluded.author_handle, runs = excluded.runs, language = excluded.language,
            right_to_left = excluded.right_to_left, posted_at = excluded.posted_at, reposts = coalesce(excluded.reposts, mentions.reposts),
            likes = coalesce(excluded.likes, mentions.likes), repost_of = coalesce(excluded.repost_of, mentions.repost_of)
            """,
            cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<PaperMention> ReadMentionsAsync(DateTime from, DateTime to, CancellationToken cancellationToken = default) => StreamAsync(
        $"SELECT arxiv_id, {MentionColumns} FROM mentions WHERE posted_at >= @from AND posted_at < @to ORDER BY arxiv_id, posted_at, source, address",
        ["from", "to"],
        [Columns.Of(from), Columns.Of(to)],
        row => new PaperMention(row.Text(0), Mention(row, 1)),
        cancellationToken);

    // In the order of their keys, so that two processes never wait for one another.
    private static async Task WriteMentionsAsync(
        DbConnection connection, DbTransaction transaction, IEnumerable<PaperMention> mentions, string update, CancellationToken cancellationToken)
    {
        await using var insert = new SqlStatement(
            connection,
            transaction,
            $"INSERT INTO mentions (arxiv_id, {MentionColumns}) VALUES (@paper, {MentionParameters}) ON CONFLICT (arxiv_id, source, address) DO UPDATE SET {update}",
            ["paper", .. MentionNames]);
        var ordered = mentions
            .OrderBy(mention => mention.ArxivId, StringComparer.Ordinal)
            .ThenBy(mention => mention.Mention.Source, StringComparer.Ordinal)
            .ThenBy(mention => mention.Mention.Address, StringComparer.Ordinal);
        foreach (var (arxivId, mention) in ordered)
        {
            await insert.RunAsync(cancellationToken, [StoredText.Encode(arxivId), .. Values(mention)]).ConfigureAwait(false);
        }
    }

    private static object?[] Values(Mention mention) =>
    [
        StoredText.Encode(mention.Source),
        StoredText.Encode(mention.Address),
        StoredText.Encode(mention.AuthorName),
        StoredText.Encode(mention.AuthorHandle),
        StoredJson.OfRuns(mention.Text),
        StoredText.Encode(mention.Language),
        Columns.Of(mention.IsRightToLeft),
        Columns.Of(mention.PostedAt),
        mention.Reposts,
        mention.Likes,
        StoredText.Encode(mention.RepostOf),
    ];

    private static Mention Mention(DbDataReader row, int first) => new()
    {
        Source = row.Text(first),
        Address = row.Text(first + 1),
        AuthorName = row.Text(first + 2),
        AuthorHandle = row.Text(first + 3),
        Text = StoredJson.ToRuns(row.GetString(first + 4)),
        Language = row.Text(first + 5),
        IsRightToLeft = row.Flag(first + 6),
        PostedAt = row.Time(first + 7),
        Reposts = row.NumberOrNull(first + 8),
        Likes = row.NumberOrNull(first + 9),
        RepostOf = row.TextOrNull(first + 10),
    };
}
