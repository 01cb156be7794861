namespace Scorch.Digest;

/// <summary>One step from a version of the schema to the next.</summary>
/// <param name="Version">The version that it leads to, from 1 without gaps.</param>
/// <param name="Name">What it brings.</param>
/// <param name="Shared">Statements for every database; <c>{key}</c> is a numbered primary key, <c>{text}</c> text compared by code point.</param>
/// <param name="Sqlite">Further statements for SQLite.</param>
/// <param name="Postgres">Further statements for PostgreSQL.</param>
internal sealed record Migration(int Version, string Name, string Shared, string Sqlite, string Postgres)
{
    /// <summary>All steps in order. A released step is never changed; changes are new steps.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        new Migration(1, "papers, mentions, posts and search", Shared: Schema1.Shared, Sqlite: Schema1.Sqlite, Postgres: Schema1.Postgres),
    ];
}

/// <summary>
/// The first schema. Times are 100 ns steps since 0001-01-01 UTC, days are ISO 8601, lists and text runs are JSON; a text is kept as
/// <see cref="StoredText"/> says.
/// </summary>
internal static class Schema1
{
    public const string Shared =
        """
        CREATE TABLE papers (
            id {key},
            arxiv_id {text} NOT NULL UNIQUE,
            title {text} NOT NULL,
            authors {text} NOT NULL,
            categories {text} NOT NULL,
            abstract {text},
            submitted_on {text},
            updated_on {text}
        );

        CREATE TABLE mentions (
            arxiv_id {text} NOT NULL,
            source {text} NOT NULL,
            address {text} NOT NULL,
            author_name {text} NOT NULL,
            author_handle {text} NOT NULL,
            runs {text} NOT NULL,
            language {text} NOT NULL,
            right_to_left INTEGER NOT NULL,
            posted_at BIGINT NOT NULL,
            reposts BIGINT,
            likes BIGINT,
            repost_of {text},
            PRIMARY KEY (arxiv_id, source, address)
        );
        CREATE INDEX mentions_by_time ON mentions (posted_at);

        CREATE TABLE posts (
            day {text} PRIMARY KEY,
            published_at BIGINT NOT NULL,
            published_trailing_zeros INTEGER,
            title {text} NOT NULL,
            slug {text} NOT NULL,
            description {text} NOT NULL,
            template {text} NOT NULL,
            is_draft INTEGER NOT NULL,
            category {text} NOT NULL,
            tags {text} NOT NULL,
            social_image {text} NOT NULL
        );

        CREATE TABLE entries (
            day {text} NOT NULL REFERENCES posts (day) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            arxiv_id {text} NOT NULL REFERENCES papers (arxiv_id),
            title {text} NOT NULL,
            authors {text} NOT NULL,
            categories {text} NOT NULL,
            reposts BIGINT NOT NULL,
            likes BIGINT NOT NULL,
            counted_at BIGINT NOT NULL,
            abstract {text},
            PRIMARY KEY (day, position)
        );
        CREATE INDEX entries_by_paper ON entries (arxiv_id, day);

        CREATE TABLE entry_mentions (
            day {text} NOT NULL,
            entry INTEGER NOT NULL,
            position INTEGER NOT NULL,
            source {text} NOT NULL,
            address {text} NOT NULL,
            author_name {text} NOT NULL,
            author_handle {text} NOT NULL,
            runs {text} NOT NULL,
            language {text} NOT NULL,
            right_to_left INTEGER NOT NULL,
            posted_at BIGINT NOT NULL,
            reposts BIGINT,
            likes BIGINT,
            repost_of {text},
            PRIMARY KEY (day, entry, position),
            FOREIGN KEY (day, entry) REFERENCES entries (day, position) ON DELETE CASCADE
        );
        """;

    // The terms come cut and folded (SearchTerms); the tokenizer only has to split them at spaces. Ranking reads the papers, so the
    // index keeps neither texts nor positions.
    public const string Sqlite =
        """
        CREATE VIRTUAL TABLE paper_terms USING fts5(
            terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '.'");
        """;

    // Every lexeme starts with its block of papers (PostgresTerms): a search reads the newest blocks first and stops early. Terms
    // are unique to their block, so figures about them would tell the planner nothing.
    public const string Postgres =
        """
        CREATE TABLE paper_terms (
            id BIGINT PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
            terms TSVECTOR NOT NULL
        );
        ALTER TABLE paper_terms ALTER COLUMN terms SET STATISTICS 0;
        CREATE INDEX paper_terms_index ON paper_terms USING GIN (terms) WITH (fastupdate = on);
        """;
}
