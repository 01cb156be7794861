namespace Scorch.Digest.Tests;

public class DigestStoresTests
{
    [Theory]
    [InlineData("postgres://user:p%40ss@db.example:6543/papers?sslmode=verify-full&application_name=scorch", "db.example", 6543, "papers", "user", "p@ss")]
    [InlineData("postgresql://db.example/papers", "db.example", 5432, "papers", null, null)]
    [InlineData("postgres://user@%2Fvar%2Frun%2Fpostgresql/papers", "/var/run/postgresql", 5432, "papers", "user", null)]
    [InlineData("postgres://[::1]:5433/papers", "::1", 5433, "papers", null, null)]
    [InlineData("Host=db.example;Port=1;Database=papers;Username=u;Password=a=b", "db.example", 1, "papers", "u", "a=b")]
    [InlineData("Server=db.example", "db.example", 5432, null, null, null)]
    public void Connection_strings_of_postgresql_are_read(string text, string host, int port, string? database, string? user, string? password)
    {
        var builder = PostgresAddress.TryParse(text)!;

        Assert.Equal((host, port, database, user, password), (builder.Host, builder.Port, builder.Database, builder.Username, builder.Password));
    }

    [Theory]
    [InlineData("papers.db")]
    [InlineData("sqlite:papers.db")]
    [InlineData("/tmp/host/papers.db")]
    public void Paths_are_not_postgresqls(string text) => Assert.Null(PostgresAddress.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("sqlite:")]
    [InlineData(":memory:")]
    [InlineData("mysql://u:secret@h/d")]
    [InlineData("postgres://u:secret@h:0/d")]
    [InlineData("postgres://u:secret@h/d?nonsense=secret")]
    [InlineData("Host=h;Port=secret")]
    [InlineData("Host=h;Password='secret")]
    public void Other_strings_are_refused_without_being_shown(string text)
    {
        var problem = Assert.Throws<ArgumentException>(() => DigestStores.Open(text));

        Assert.DoesNotContain("secret", problem.ToString());
        Assert.NotEmpty(problem.Message);
    }

    [Fact]
    public async Task A_store_in_a_new_folder_makes_the_folder()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"scorch-{Guid.NewGuid():N}");
        await using (var store = DigestStores.Open($"sqlite:{folder}/deep/papers.db"))
        {
            await store.MigrateAsync();
            Assert.Equal(0, await store.CountPapersAsync());
        }

        Assert.True(File.Exists(Path.Combine(folder, "deep", "papers.db")));
        Directory.Delete(folder, recursive: true);
    }

    // In the test's body, as an attribute cannot hold half of a surrogate pair.
    [Fact]
    public void Every_string_is_kept_in_a_form_that_databases_can_hold()
    {
        string[] texts = ["", "plain ü 😀", Samples.Nasty, "\ud83d", "\ude00\ud83d", "a\ud83d", "\u001b", "\u001bd83d", "\0"];
        foreach (var text in texts)
        {
            var kept = StoredText.Encode(text)!;

            Assert.Equal(text, StoredText.Decode(kept));
            Assert.DoesNotContain('\0', kept);
            Assert.Equal(kept, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(kept)));
        }

        Assert.Throws<InvalidDataException>(() => StoredText.Decode("\u001b12"));
    }

    [Theory]
    [InlineData("Łukasz Kaiser's state-of-the-art GANs", "lukasz kaiser s state of the art gan")]
    [InlineData("studies series buses class status is gas", "study sery buse class status is gas")]
    [InlineData("GPT-3, 3D & x²: 100%", "gpt 3 3d x 100")]
    [InlineData("Ångström naïve ΣΊΣΥΦΟΣ Ёлка", "angstrom naive σισυφοσ елка")]
    [InlineData("深度 learning カナ", "深 度 learning カ ナ")]
    [InlineData("𝒜bc x", "𝒜bc x")]
    [InlineData("…—", "")]
    public void Text_is_cut_into_folded_words(string text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.Of(text)));
}
