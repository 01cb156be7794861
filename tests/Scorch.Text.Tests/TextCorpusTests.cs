using System.IO.Compression;
using System.Text;

namespace Scorch.Text.Tests;

public class TextCorpusTests
{
    [Fact]
    public void Packed_files_are_read_as_if_they_were_not()
    {
        using var folder = new TemporaryFolder();
        var plain = folder.Write("a.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
        using (var packed = new GZipStream(File.Create(plain + ".gz"), CompressionLevel.Fastest)) packed.Write(File.ReadAllBytes(plain));
        Assert.Equal(TextCorpus.FromJsonLines([plain]), TextCorpus.FromJsonLines([plain + ".gz"]));
    }

    [Fact]
    public void Lines_come_with_their_places()
    {
        using var folder = new TemporaryFolder();
        var corpus = TextCorpus.FromFiles([folder.Write("a.txt", "one\r\n\ntwo ä"), folder.Write("b.txt", [0xEF, 0xBB, 0xBF, (byte)'x', 10])]);
        Assert.Equal([("one", 0, 1L), ("two ä", 0, 3L), ("x", 1, 1L)], corpus.Records.Select(record => (record.Text, record.SourceIndex, record.Line)));
        Assert.Equal(["one", "two ä", "x"], corpus);
    }

    [Fact]
    public void Empty_lines_are_kept_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(["a", "", "b"], TextCorpus.FromFiles([folder.Write("a.txt", "a\n\nb\n")], new TextCorpusOptions { KeepEmptyLines = true }));
    }

    [Theory]
    [InlineData(1 << 16)]
    [InlineData((1 << 16) - 1)]
    [InlineData(300_000)]
    public async Task Lines_longer_than_the_buffer_come_whole_both_ways(int length)
    {
        using var folder = new TemporaryFolder();
        string[] lines = [new('a', length), "b", new('ä', length / 2), "漢字"];
        var corpus = TextCorpus.FromFiles([folder.Write("a.txt", string.Join('\n', lines))]);
        Assert.Equal(lines, corpus);
        var later = new List<string>();
        await foreach (var record in corpus.ReadAsync()) later.Add(record.Text);
        Assert.Equal(lines, later);
    }

    [Fact]
    public void A_line_beyond_the_bound_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.txt", "short\n" + new string('x', 1000));
        Assert.Contains("line 2", Assert.Throws<TextFormatException>(() => TextCorpus.FromFiles([path], new TextCorpusOptions { LongestLine = 999 }).ToList()).Message);
        Assert.Equal(2, TextCorpus.FromFiles([path], new TextCorpusOptions { LongestLine = 1000 }).Count());
    }

    [Fact]
    public void An_endless_line_is_refused_before_it_fills_the_memory()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.txt", new string('x', 4 << 20));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TextFormatException>(() => TextCorpus.FromFiles([path], new TextCorpusOptions { LongestLine = 1000 }).ToList());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Invalid_UTF8_is_named_with_line_and_byte()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<TextFormatException>(() => TextCorpus.FromFiles([folder.Write("latin.txt", [.. Encoding.UTF8.GetBytes("aä\nb"), 0xE9, (byte)'c'])]).ToList());
        Assert.Contains("latin.txt, line 2: byte 5 of the file, 0xE9", error.Message);
    }

    [Fact]
    public void A_folder_is_read_in_the_order_of_its_paths()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["t/z"]);
        folder.Write("t/b.txt", "b");
        folder.Write("t/a.txt", "a");
        folder.Write("t/z/c.txt", "c");
        folder.Write("t/d.md", "d");
        Assert.Equal(["a", "b", "c"], TextCorpus.FromFolder(folder["t"]));
        Assert.Contains("*.csv", Assert.Throws<FileNotFoundException>(() => TextCorpus.FromFolder(folder["t"], "*.csv")).Message);
        Assert.Throws<FileNotFoundException>(() => TextCorpus.FromFiles([folder["none.txt"]]));
    }

    [Fact]
    public void JSON_lines_give_the_field()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(["a\nb", "ü"], TextCorpus.FromJsonLines([folder.Write("a.jsonl", "{\"text\":\"a\\nb\",\"n\":1}\n\n{\"text\":\"ü\"}\n")]));
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"txet\":\"b\"}", "line 2: no field 'text'. Did you mean txet?")]
    [InlineData("{\"text\":3}", "kind Number")]
    [InlineData("[]", "kind Array")]
    [InlineData("{\"text\":", "not valid JSON")]
    [InlineData("{\"text\":\"\\ud800\"}", "line 1")]
    public void A_damaged_JSON_line_is_named(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(reason, Assert.Throws<TextFormatException>(() => TextCorpus.FromJsonLines([folder.Write("a.jsonl", content)]).ToList()).Message);
    }

    [Fact]
    public void CSV_gives_the_column_with_quotes_and_line_ends_inside()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.csv", "label,text\r\n1,plain\r\n2,\"a, \"\"b\"\"\nc\"\r\n\r\n\"3\",\"\"\r\n4,d\r\n");
        Assert.Equal([("plain", 2L), ("a, \"b\"\nc", 4L), ("d", 7L)], TextCorpus.FromCsv([path], "text").Records.Select(record => (record.Text, record.Line)));
        Assert.Equal(["1", "2", "3", "4"], TextCorpus.FromCsv([path], "label"));
    }

    [Theory]
    [InlineData("a,b\n1\n", "line 2: 1 fields")]
    [InlineData("a,b\n1,\"x\n", "not closed")]
    [InlineData("a,b\n1,\"x\"y\n", "follows a closing")]
    [InlineData("a,b\n1,x\"y\"\n", "inside a field")]
    [InlineData("b,c\n", "no column 'a'")]
    [InlineData("", "is empty")]
    public void A_damaged_CSV_record_is_named(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(reason, Assert.Throws<TextFormatException>(() => TextCorpus.FromCsv([folder.Write("a.csv", content)], "a").ToList()).Message);
    }

    [Fact]
    public void A_split_by_record_gives_each_text_to_one_side_the_same_for_a_seed()
    {
        var lines = Enumerable.Range(0, 2000).Select(number => $"line {number}").ToList();
        var (training, validation) = TextCorpus.FromLines(lines).Split(0.1, 3, SplitUnit.Record);
        Assert.Equal(lines.Order(), training.Concat(validation).Order());
        Assert.InRange(validation.Count(), 150, 250);
        Assert.Equal(validation, TextCorpus.FromLines(lines).Split(0.1, 3, SplitUnit.Record).Validation);
        Assert.NotEqual(validation, TextCorpus.FromLines(lines).Split(0.1, 4, SplitUnit.Record).Validation);
        var (inner, held) = training.Split(0.5, 3, SplitUnit.Record);
        Assert.Equal(training.Order(), inner.Concat(held).Order());
    }

    [Fact]
    public void A_split_by_file_cuts_no_file()
    {
        using var folder = new TemporaryFolder();
        var paths = Enumerable.Range(0, 10).Select(number => folder.Write($"{number}.txt", $"{number} a\n{number} b\n")).ToList();
        var (training, validation) = TextCorpus.FromFiles(paths).Split(0.2, 1, SplitUnit.File);
        Assert.Equal(4, validation.Count());
        Assert.Equal(16, training.Count());
        Assert.Empty(training.Select(text => text[0]).Intersect(validation.Select(text => text[0])));
        Assert.Contains("SplitUnit.Record", Assert.Throws<ArgumentException>(() => TextCorpus.FromFiles([paths[0]]).Split(0.2, 1, SplitUnit.File)).Message);
    }
}
