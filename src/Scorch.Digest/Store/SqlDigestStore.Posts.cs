using System.Data.Common;

namespace Scorch.Digest;

internal abstract partial class SqlDigestStore
{
    private const string PostColumns = "day, published_at, published_trailing_zeros, title, slug, description, template, is_draft, category, tags, social_image";
    private const string EntryColumns = "position, rank, arxiv_id, title, authors, categories, reposts, likes, counted_at, abstract";

    private static readonly string[] PostNames = ["day", "published", "zeros", "title", "slug", "description", "template", "draft", "category", "tags", "image"];
    private static readonly string[] EntryNames = ["day", "position", "rank", "paper", "title", "authors", "categories", "reposts", "likes", "time", "abstract"];

    /// <inheritdoc/>
    public async Task SavePostAsync(DigestPost post, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(post);
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
        await WriteHeaderAsync(connection, transaction, post.Header, cancellationToken).ConfigureAwait(false);
        await MergePapersAsync(connection, transaction, [.. Papers(post).Values], FromPost, cancellationToken).ConfigureAwait(false);
        await WriteEntriesAsync(connection, transaction, post, cancellationToken).ConfigureAwait(false);

        // A post tells neither counts nor the time of day of a mention: what a source said of it stays.
        var mentions = post.Entries.SelectMany(entry => entry.Mentions.Select(mention => new PaperMention(entry.ArxivId, mention)));
        await WriteMentionsAsync(
            connection, transaction, mentions, "reposts = coalesce(mentions.reposts, excluded.reposts), likes = coalesce(mentions.likes, excluded.likes)", cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<DigestPost?> FindPostAsync(DateOnly day, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var key = Columns.Of(day);
        await using var headers = new SqlStatement(connection, transaction, $"SELECT {PostColumns} FROM posts WHERE day = @day", "day");
        PostHeader header;
        await using (var row = await headers.ReadAsync(cancellationToken, key).ConfigureAwait(false))
        {
            if (!await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            header = Header(row);
        }

        var mentions = await ReadPostMentionsAsync(connection, transaction, key, cancellationToken).ConfigureAwait(false);
        await using var entries = new SqlStatement(connection, transaction, $"SELECT {EntryColumns} FROM entries WHERE day = @day ORDER BY position", "day");
        await using var rows = await entries.ReadAsync(cancellationToken, key).ConfigureAwait(false);
        List<DigestEntry> list = [];
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            list.Add(Entry(rows, mentions.GetValueOrDefault(rows.GetInt64(0)) ?? []));
        }

        return new DigestPost { Header = header, Entries = list };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DaySummary>> ListDaysAsync(CancellationToken cancellationToken = default) => await ListAsync(
        """
        SELECT posts.day, posts.title, (SELECT count(*) FROM entries WHERE entries.day = posts.day),
            (SELECT entries.title FROM entries WHERE entries.day = posts.day ORDER BY position LIMIT 1)
        FROM posts ORDER BY posts.day DESC
        """,
        [],
        [],
        row => new DaySummary(row.Day(0), row.Text(1), (int)row.GetInt64(2), row.TextOrNull(3)),
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Appearance>> FindAppearancesAsync(string arxivId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arxivId);
        return await ListAsync(
            "SELECT day, rank, reposts, likes FROM entries WHERE arxiv_id = @paper ORDER BY day DESC, position",
            ["paper"],
            [StoredText.Encode(arxivId)],
            row => new Appearance(row.Day(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken).ConfigureAwait(false);
    }

    // The header's row is written first: it is what a second writer of the same day waits for.
    private static async Task WriteHeaderAsync(DbConnection connection, DbTransaction transaction, PostHeader header, CancellationToken cancellationToken)
    {
        await using var insert = new SqlStatement(
            connection,
            transaction,
            $"""
            INSERT INTO posts ({PostColumns}) VALUES ({string.Join(", ", PostNames.Select(name => "@" + name))})
            ON CONFLICT (day) DO UPDATE SET published_at = excluded.published_at,
                published_trailing_zeros = excluded.published_trailing_zeros, title = excluded.title, slug = excluded.slug,
                description = excluded.description, template = excluded.template, is_draft = excluded.is_draft, category = excluded.category,
                tags = excluded.tags, social_image = excluded.social_image
            """,
            PostNames);
        await insert.RunAsync(
            cancellationToken,
            Columns.Of(header.Day),
            Columns.Of(header.PublishedAt),
            header.PublishedTrailingZeros,
            StoredText.Encode(header.Title),
            StoredText.Encode(header.Slug),
            StoredText.Encode(header.Description),
            StoredText.Encode(header.Template),
            Columns.Of(header.IsDraft),
            StoredText.Encode(header.Category),
            StoredJson.OfTexts(header.Tags),
            StoredText.Encode(header.SocialImage)).ConfigureAwait(false);
        await using var delete = new SqlStatement(connection, transaction, "DELETE FROM entries WHERE day = @day", "day");
        await delete.RunAsync(cancellationToken, Columns.Of(header.Day)).ConfigureAwait(false);
    }

    private static async Task WriteEntriesAsync(DbConnection connection, DbTransaction transaction, DigestPost post, CancellationToken cancellationToken)
    {
        var day = Columns.Of(post.Day);
        await using var insert = new SqlStatement(
            connection,
            transaction,
            $"INSERT INTO entries (day, {EntryColumns}) VALUES ({string.Join(", ", EntryNames.Select(name => "@" + name))})",
            EntryNames);
        await using var insertMention = new SqlStatement(
            connection,
            transaction,
            $"INSERT INTO entry_mentions (day, entry, position, {MentionColumns}) VALUES (@day, @entry, @position, {MentionParameters})",
            ["day", "entry", "position", .. MentionNames]);
        for (var index = 0; index < post.Entries.Count; index++)
        {
            var entry = post.Entries[index];
            ArgumentException.ThrowIfNullOrEmpty(entry.ArxivId);
            await insert.RunAsync(
                cancellationToken,
                day,
                index,
                entry.Rank,
                StoredText.Encode(entry.ArxivId),
                StoredText.Encode(entry.Title),
                StoredJson.OfTexts(entry.Authors),
                StoredJson.OfTexts(entry.Categories),
                entry.Reposts,
                entry.Likes,
                Columns.Of(entry.CountedAt),
                StoredText.Encode(entry.Abstract)).ConfigureAwait(false);
            for (var mention = 0; mention < entry.Mentions.Count; mention++)
            {
                await insertMention.RunAsync(cancellationToken, [day, index, mention, .. Values(entry.Mentions[mention])]).ConfigureAwait(false);
            }
        }
    }

    private static async Task<Dictionary<long, List<Mention>>> ReadPostMentionsAsync(
        DbConnection connection, DbTransaction transaction, string day, CancellationToken cancellationToken)
    {
        await using var select = new SqlStatement(
            connection, transaction, $"SELECT entry, {MentionColumns} FROM entry_mentions WHERE day = @day ORDER BY entry, position", "day");
        await using var rows = await select.ReadAsync(cancellationToken, day).ConfigureAwait(false);
        Dictionary<long, List<Mention>> mentions = [];
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!mentions.TryGetValue(rows.GetInt64(0), out var list))
            {
                mentions.Add(rows.GetInt64(0), list = []);
            }

            list.Add(Mention(rows, 1));
        }

        return mentions;
    }

    private static SortedDictionary<string, PaperMetadata> Papers(DigestPost post)
    {
        var papers = new SortedDictionary<string, PaperMetadata>(StringComparer.Ordinal);
        foreach (var entry in post.Entries)
        {
            var paper = new PaperMetadata
            {
                ArxivId = entry.ArxivId,
                Title = entry.Title,
                Authors = entry.Authors,
                Categories = entry.Categories,
                Abstract = entry.Abstract,
            };
            Check(paper);
            papers[entry.ArxivId] = papers.TryGetValue(entry.ArxivId, out var earlier) ? Newer(earlier, paper) : paper;
        }

        return papers;
    }

    private static PostHeader Header(DbDataReader row) => new()
    {
        Day = row.Day(0),
        PublishedAt = row.Time(1),
        PublishedTrailingZeros = (int?)row.NumberOrNull(2),
        Title = row.Text(3),
        Slug = row.Text(4),
        Description = row.Text(5),
        Template = row.Text(6),
        IsDraft = row.Flag(7),
        Category = row.Text(8),
        Tags = row.Texts(9),
        SocialImage = row.Text(10),
    };

    private static DigestEntry Entry(DbDataReader row, IReadOnlyList<Mention> mentions) => new()
    {
        Rank = row.GetInt32(1),
        ArxivId = row.Text(2),
        Title = row.Text(3),
        Authors = row.Texts(4),
        Categories = row.Texts(5),
        Reposts = row.GetInt64(6),
        Likes = row.GetInt64(7),
        CountedAt = row.Time(8),
        Abstract = row.TextOrNull(9),
        Mentions = mentions,
    };
}
