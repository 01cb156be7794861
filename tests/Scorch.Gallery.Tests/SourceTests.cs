using Scorch.Gallery.Sources;

namespace Scorch.Gallery.Tests;

public sealed class SourceTests
{
    public static TheoryData<string> Running => [.. Catalog.Default.Reproductions.Select(reproduction => reproduction.PaperSlug)];

    [Theory]
    [MemberData(nameof(Running))]
    public void Colouring_loses_no_character_of_any_source(string slug)
    {
        var files = PaperFiles.Of(Catalog.Default.TryFindReproduction(slug)!);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.Equal(file.Text, string.Concat(CSharpText.Split(file.Text).Select(piece => piece.Text)));
        }
    }

    [Theory]
    [MemberData(nameof(Running))]
    public void Passages_keep_every_line_of_code_in_order(string slug)
    {
        foreach (var file in PaperFiles.Of(Catalog.Default.TryFindReproduction(slug)!))
        {
            var code = file.Text.Split('\n').Where(line => line.Trim().Length > 0 && !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
            var shown = AnnotatedSource.Split(file.Text).SelectMany(passage => passage.Code.Split('\n')).Where(line => line.Trim().Length > 0);
            Assert.Equal(code, shown);
        }
    }

    [Theory]
    [MemberData(nameof(Running))]
    public void The_sources_are_those_of_the_repository(string slug)
    {
        var reproduction = Catalog.Default.TryFindReproduction(slug)!;
        var parts = reproduction.GetType().Namespace!.Split('.');
        var folder = Path.Combine(Root(), "src", $"{parts[0]}.{parts[1]}", parts[2]);
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).ToList();
        Assert.Equal(files.Count, PaperFiles.Of(reproduction).Count);
        Assert.All(PaperFiles.Of(reproduction), file => Assert.Equal(
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(folder)!, file.Path)).ReplaceLineEndings("\n"), file.Text));
    }

    [Fact]
    public void Comments_texts_keywords_names_and_numbers_are_told_apart()
    {
        const string code = """
            // note "x"
            var text = $"a {(b ? "c" : "d")} e" + @"q""r" + 'x'; /* "y" */
            #pragma warning
            return Math.Max(1_000.5e-3f, 0xFF);
            """;
        var pieces = CSharpText.Split(code);
        Assert.Equal(["// note \"x\"", "/* \"y\" */"], Of(CodeKind.Comment));
        Assert.Equal(["$\"a {(b ? \"c\" : \"d\")} e\"", "@\"q\"\"r\"", "'x'"], Of(CodeKind.Text));
        Assert.Equal(["var", "return"], Of(CodeKind.Keyword));
        Assert.Equal(["Math", "Max"], Of(CodeKind.Name));
        Assert.Equal(["1_000.5e-3f", "0xFF"], Of(CodeKind.Number));
        Assert.Equal(["#pragma warning"], Of(CodeKind.Directive));

        IEnumerable<string> Of(CodeKind kind) => pieces.Where(piece => piece.Kind == kind).Select(piece => piece.Text);
    }

    [Theory]
    [InlineData("\"never ends")]
    [InlineData("\"ends with a stroke\\")]
    [InlineData("$\"{")]
    [InlineData("\"\"\"never ends")]
    [InlineData("/* never ends")]
    [InlineData("@\"never \"\"ends")]
    [InlineData("'")]
    [InlineData("$@")]
    [InlineData("")]
    public void Code_that_breaks_off_is_split_all_the_same(string code) =>
        Assert.Equal(code, string.Concat(CSharpText.Split(code).Select(piece => piece.Text)));

    [Fact]
    public void Documentation_comments_become_paragraphs_with_code_apart()
    {
        const string code = """
            /// <summary>Affine map <c>y = x W^T</c> of <see cref="T:Scorch.Tensor"/>.</summary>
            /// <param name="x">Input, <c>a &lt; b</c>.</param>
            public Tensor Forward(Tensor x) => x;

                // eq. 4: L = a * b
                var loss = a * b;
            """;
        var passages = AnnotatedSource.Split(code);
        Assert.Equal(2, passages.Count);
        Assert.Equal(["Affine map ", "y = x W^T", " of ", "Scorch.Tensor", "."], passages[0].Note[0].Pieces.Select(piece => piece.Text));
        Assert.Equal([false, true, false, true, false], passages[0].Note[0].Pieces.Select(piece => piece.IsCode));
        Assert.Equal("x: Input, a < b.", string.Concat(passages[0].Note[1].Pieces.Select(piece => piece.Text)));
        Assert.Equal("eq. 4: L = a * b", string.Concat(passages[1].Note[0].Pieces.Select(piece => piece.Text)).Trim());
        Assert.Equal("    var loss = a * b;", passages[1].Code);
        Assert.Equal("Affine map y = x W^T of Scorch.Tensor.", AnnotatedSource.FirstSummary(code));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Scorch.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests lie outside the repository.");
        }

        return folder;
    }
}
