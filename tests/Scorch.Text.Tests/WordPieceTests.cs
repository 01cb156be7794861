namespace Scorch.Text.Tests;

public class WordPieceTests
{
    private static readonly System.Text.Json.JsonElement Golden = Oracle.Json("word_piece.json");

    private static WordPieceTokenizer Tokenizer(string name) => new(Golden.GetProperty(name).GetProperty("vocabulary").Strings(), new WordPieceConfig { LowerCase = name == "uncased" });

    [Theory]
    [InlineData("uncased")]
    [InlineData("cased")]
    public void Words_are_those_of_BERTs_basic_tokenisation(string name)
    {
        var config = new WordPieceConfig { LowerCase = name == "uncased" };
        foreach (var (text, words) in Golden.GetProperty("texts").Strings().Zip(Golden.GetProperty(name).GetProperty("words").Rows()))
        {
            var found = new List<string>();
            for (var start = 0; start < text.Length; start++)
            {
                if (BasicWords.IsSpace(text[start])) continue;
                var end = start;
                while (end < text.Length && !BasicWords.IsSpace(text[end])) end++;
                found.AddRange(BasicWords.Split(text, start, end, config).Select(word => string.Concat(word.Select(rune => char.ConvertFromUtf32(rune.Code)))));
                start = end;
            }
            Assert.Equal(words.Strings(), found);
        }
    }

    [Theory]
    [InlineData("uncased")]
    [InlineData("cased")]
    public void Ids_are_those_of_the_greedy_longest_match(string name)
    {
        var tokenizer = Tokenizer(name);
        foreach (var (text, ids) in Golden.GetProperty("texts").Strings().Zip(Golden.GetProperty(name).GetProperty("ids").Rows()))
            Assert.Equal(ids.Integers(), tokenizer.Encode(text));
    }

    [Fact]
    public void Spans_lead_back_to_the_text()
    {
        var tokens = new WordPieceTokenizer(["[UNK]", "of", "the", "best", ",", "##s"]).EncodeWithOffsets(" of  thes best\u200b, of");
        Assert.Equal([1, 2, 5, 3, 4, 1], tokens.Ids);
        Assert.Equal([new(1, 3), new(5, 8), new(8, 9), new(10, 14), new(15, 16), new(17, 19)], tokens.Spans);
    }

    [Fact]
    public void Spans_survive_accents_taken_off()
    {
        var tokenizer = new WordPieceTokenizer(["[UNK]", "cafe", "##s", "i"]);
        Assert.Equal([new(0, 4), new(5, 6), new(7, 8)], tokenizer.EncodeWithOffsets("Cafe\u0301S İ").Spans);
        Assert.Equal([1, 2, 3], tokenizer.Encode("Cafe\u0301S İ"));
    }

    [Fact]
    public void Decoding_joins_the_parts_of_words()
    {
        var tokenizer = new WordPieceTokenizer(["[UNK]", "[SEP]", "play", "##ing", "."]);
        Assert.Equal("playing .", tokenizer.Decode([2, 3, 4, 1], skipSpecialTokens: true));
        Assert.Equal([2, 3, 4, 1], tokenizer.Encode("Playing.[SEP]", SpecialTokenHandling.Recognize));
    }

    [Fact]
    public void A_vocabulary_file_comes_back()
    {
        using var folder = new TemporaryFolder();
        Tokenizer("uncased").Save(folder["vocab.txt"]);
        var loaded = WordPieceTokenizer.Load(folder["vocab.txt"]);
        Assert.Equal(Golden.GetProperty("uncased").GetProperty("vocabulary").Strings(), Enumerable.Range(0, loaded.Count).Select(loaded.TokenOf));
        Assert.Equal(["[CLS]", "[MASK]", "[PAD]", "[SEP]", "[UNK]"], loaded.SpecialTokens.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_long_word_is_unknown() => Assert.Equal([0], new WordPieceTokenizer(["[UNK]", "a", "##a"]).Encode(new string('a', 1 << 20)));

    [Fact]
    public void A_vocabulary_without_the_unknown_token_is_refused() =>
        Assert.Contains("UnknownToken", Assert.Throws<ArgumentException>(() => new WordPieceTokenizer(["a"])).Message);

    [Fact]
    public void A_token_on_two_lines_is_named_with_both()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<TextFormatException>(() => WordPieceTokenizer.Load(folder.Write("vocab.txt", "[UNK]\na\nb\na\n")));
        Assert.Contains("line 4", error.Message);
        Assert.Contains("line 2", error.Message);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_named_with_the_byte()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("byte 3", Assert.Throws<TextFormatException>(() => WordPieceTokenizer.Load(folder.Write("vocab.txt", [97, 10, 98, 0xFF]))).Message);
    }
}
