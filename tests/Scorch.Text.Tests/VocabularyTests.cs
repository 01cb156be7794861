namespace Scorch.Text.Tests;

public class VocabularyTests
{
    [Fact]
    public void Frequent_tokens_come_first_and_equal_counts_in_ordinal_order()
    {
        var vocabulary = Vocabulary.FromTokens(["b", "a", "c", "c", "B", "d"], 5, 1, "<unk>");
        Assert.Equal(["<unk>", "c", "B", "a", "b"], vocabulary.Tokens);
        Assert.Equal([0, 2, 1, 1, 1], vocabulary.Counts);
        Assert.Null(vocabulary.IdOf("d"));
    }

    [Fact]
    public void Rare_tokens_are_cut() => Assert.Equal(["c"], Vocabulary.FromTokens(["b", "c", "c"], minimumCount: 2).Tokens);

    [Fact]
    public void A_vocabulary_comes_back_from_its_file()
    {
        using var folder = new TemporaryFolder();
        var vocabulary = Vocabulary.FromTokens(["ä", "\"", "漢", "漢"], specialTokens: "<unk>");
        vocabulary.Save(folder["v/vocabulary.json"]);
        var loaded = Vocabulary.Load(folder["v/vocabulary.json"]);
        Assert.Equal(vocabulary.Tokens, loaded.Tokens);
        Assert.Equal(vocabulary.Counts, loaded.Counts);
        Assert.Equal(vocabulary.SpecialTokens, loaded.SpecialTokens);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"tokens\":[\"a\"],\"counts\":[],\"specialTokens\":[]}")]
    [InlineData("{\"tokens\":[\"a\",\"a\"],\"counts\":[1,1],\"specialTokens\":[]}")]
    [InlineData("{\"tokens\":[null],\"counts\":[1],\"specialTokens\":[]}")]
    [InlineData("{\"tokens\":[\"a\"],\"counts\":[1],\"specialTokens\":[\"b\"]}")]
    public void A_damaged_file_is_refused(string json)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("v.json", Assert.Throws<TextFormatException>(() => Vocabulary.Load(folder.Write("v.json", json))).Message);
    }

    [Fact]
    public void A_size_below_the_special_tokens_is_refused() =>
        Assert.Contains("maximumSize", Assert.Throws<ArgumentException>(() => Vocabulary.FromTokens(["a"], 1, 1, "<a>", "<b>")).Message);

    [Fact]
    public void Characters_come_back_exactly()
    {
        const string Text = "To be 😀, or\nnot 漢字 to be";
        var tokenizer = CharacterTokenizer.FromTexts([Text]);
        Assert.Equal(Text, tokenizer.Decode(tokenizer.Encode(Text)));
        Assert.Equal(new TextSpan(6, 8), tokenizer.EncodeWithOffsets(Text).Spans[6]);
    }

    [Fact]
    public void An_unknown_character_is_an_error_unless_there_is_a_token_for_it()
    {
        Assert.Contains("'<unk>'", Assert.Throws<ArgumentException>(() => CharacterTokenizer.FromTexts(["ab"]).Encode("abc")).Message);
        Assert.Equal([2, 1, 0], CharacterTokenizer.FromTexts(["abb"], specialTokens: "<unk>").Encode("abc"));
    }

    [Fact]
    public void Words_are_cut_at_space_and_punctuation()
    {
        Assert.Equal(["don", "'", "t", "pay", "$", "50", "!"], WordTokenizer.Words("Don't pay  $50!"));
        Assert.Equal(["Don't", "pay", "$", "5", "0", "!"], WordTokenizer.Words("Don't pay  $ 50 !", new WordConfig { LowerCase = false, SplitPunctuation = false, SplitDigits = true }));
    }

    [Fact]
    public void Rare_words_are_unknown_and_spans_lead_back_to_the_text()
    {
        var tokenizer = WordTokenizer.FromTexts(["The cat and the dog"], maximumSize: 3);
        var tokens = tokenizer.EncodeWithOffsets(" THE dog.");
        Assert.Equal(["the", "<unk>", "<unk>"], tokens.Ids.Select(tokenizer.TokenOf));
        Assert.Equal([new(1, 4), new(5, 8), new(8, 9)], tokens.Spans);
        Assert.Equal("the <unk>", tokenizer.Decode([1, 0]));
    }
}
