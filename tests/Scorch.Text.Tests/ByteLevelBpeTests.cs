using Scorch.Testing;

namespace Scorch.Text.Tests;

public class ByteLevelBpeTests
{
    private static readonly System.Text.Json.JsonElement Golden = Oracle.Json("byte_level_bpe.json");

    private static ByteLevelBpeTokenizer Trained { get; } =
        ByteLevelBpeTokenizer.Train(Golden.GetProperty("corpus").Strings(), new BytePairTraining { VocabularySize = 700, SpecialTokens = [] });

    [Fact]
    public void Training_merges_what_recounting_at_every_step_merges()
    {
        Assert.Equal(Golden.GetProperty("merges").Rows().Select(merge => (merge[0].GetString()!, merge[1].GetString()!)), Trained.Merges);
        Assert.Equal(Golden.GetProperty("vocabulary").Strings(), Enumerable.Range(0, Trained.Count).Select(Trained.TokenOf));
    }

    [Fact]
    public void Training_does_not_depend_on_the_order_of_the_texts() =>
        Assert.Equal(Trained.Merges, ByteLevelBpeTokenizer.Train(Golden.GetProperty("corpus").Strings().Reverse(), new BytePairTraining { VocabularySize = 700, SpecialTokens = [] }).Merges);

    [Fact]
    public void A_smaller_vocabulary_is_the_beginning_of_a_larger_one()
    {
        var small = ByteLevelBpeTokenizer.Train(Golden.GetProperty("corpus").Strings(), new BytePairTraining { VocabularySize = 300 });
        Assert.Equal(300, small.Count);
        Assert.Equal(299, small.SpecialTokens["<|endoftext|>"]);
        Assert.Equal(Trained.Merges.Take(43), small.Merges);
    }

    [Fact]
    public void Pieces_are_those_of_GPT2s_regular_expression()
    {
        foreach (var (text, pieces) in Golden.GetProperty("texts").Strings().Zip(Golden.GetProperty("pieces").Rows()))
        {
            var found = new List<string>();
            for (var start = 0; start < text.Length;)
            {
                var end = WordPattern.EndOfPiece(text, start, text.Length);
                found.Add(text[start..end]);
                start = end;
            }
            Assert.Equal(pieces.Strings(), found);
        }
    }

    [Fact]
    public void Ids_are_those_of_merging_round_by_round()
    {
        foreach (var (text, ids) in Golden.GetProperty("texts").Strings().Zip(Golden.GetProperty("ids").Rows()))
            Assert.Equal(ids.Integers(), Trained.Encode(text));
    }

    [Fact]
    public void Every_text_comes_back()
    {
        foreach (var text in Golden.GetProperty("texts").Strings()) Assert.Equal(text, Trained.Decode(Trained.Encode(text)));
    }

    [Fact]
    public void Spans_cover_the_text_and_name_whole_characters()
    {
        foreach (var text in Golden.GetProperty("texts").Strings())
        {
            var tokens = Trained.EncodeWithOffsets(text);
            Assert.Equal(Trained.Encode(text), tokens.Ids);
            var covered = 0;
            foreach (var (id, span) in tokens.Ids.Zip(tokens.Spans))
            {
                Assert.True(span.Start <= covered && span.End >= covered, $"{span} after {covered}");
                covered = span.End;
                if (!Trained.Decode([id]).Contains('\uFFFD')) Assert.Equal(text[span.Start..span.End], Trained.Decode([id]));
                else Assert.Contains(text[span.Start..span.End], letter => letter >= 0x80);
            }
            Assert.Equal(text.Length, covered);
        }
    }

    [Fact]
    public void Rounds_merge_a_pair_everywhere_before_a_lower_rank_that_appears_meanwhile()
    {
        // "abc" has two parents; "abc a" ranks between them. In rounds both halves become abc, and only then is abca looked for.
        var merges = new BytePairMerges([(10, 3, 11), (11, 1, 12), (2, 3, 13), (1, 13, 11)]);
        int[] ids = [1, 2, 3, 1, 2, 3];
        int[] lengths = [1, 1, 1, 1, 1, 1];
        Assert.Equal(2, merges.Merge(ids, lengths));
        Assert.Equal([11, 11], ids[..2]);
        Assert.Equal([3, 3], lengths[..2]);
    }

    [Fact]
    public void Saving_and_loading_gives_the_same_tokeniser()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = ByteLevelBpeTokenizer.Train(Golden.GetProperty("corpus").Strings(), new BytePairTraining { VocabularySize = 400 });
        tokenizer.Save(folder["model"]);
        var loaded = ByteLevelBpeTokenizer.Load(folder["model/vocab.json"], folder["model/merges.txt"]);
        Assert.Equal(tokenizer.SpecialTokens, loaded.SpecialTokens);
        foreach (var text in Golden.GetProperty("texts").Strings()) Assert.Equal(tokenizer.Encode(text), loaded.Encode(text));
    }

    [Fact]
    public void Special_tokens_are_text_unless_asked_for()
    {
        var tokenizer = ByteLevelBpeTokenizer.Train([], new BytePairTraining { VocabularySize = 300, SpecialTokens = ["<a>", "<a>b"] });
        Assert.Equal("x<a>by<a>", tokenizer.Decode(tokenizer.Encode("x<a>by<a>")));
        Assert.DoesNotContain(tokenizer.SpecialTokens["<a>"], tokenizer.Encode("x<a>by<a>"));
        var ids = tokenizer.Encode("x<a>by<a>", SpecialTokenHandling.Recognize);
        Assert.Equal([tokenizer.IdOf("x")!.Value, 257, tokenizer.IdOf("y")!.Value, 256], ids);
        Assert.Equal("xy", tokenizer.Decode(ids, skipSpecialTokens: true));
    }

    [Fact]
    public void Special_tokens_may_be_added_later()
    {
        var tokenizer = Trained.WithSpecialTokens("<user>", "<system>");
        Assert.Equal(Trained.Count + 2, tokenizer.Count);
        Assert.Equal([Trained.Count, .. Trained.Encode("hi")], tokenizer.Encode("<user>hi", SpecialTokenHandling.Recognize));
        Assert.Contains("'<user>'", Assert.Throws<ArgumentException>(() => tokenizer.WithSpecialTokens("<user>")).Message);
    }

    [DataFact("tiny-shakespeare/input.txt")]
    public void Merges_and_ids_of_Shakespeare_are_those_of_recounting()
    {
        var golden = Oracle.Json("bpe_shakespeare.json");
        var text = File.ReadAllText(DataFactAttribute.PathOf("tiny-shakespeare/input.txt"));
        var tokenizer = ByteLevelBpeTokenizer.Train([text], new BytePairTraining { VocabularySize = 856, SpecialTokens = [] });
        Assert.Equal(golden.GetProperty("merges").Rows().Select(merge => (merge[0].GetString()!, merge[1].GetString()!)), tokenizer.Merges);
        Assert.Equal(golden.GetProperty("ids").Integers(), tokenizer.Encode(text[^20000..]));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Training_on_a_long_line_without_spaces_ends()
    {
        var random = new Random(2);
        var line = string.Create(1 << 18, random, (span, source) =>
        {
            foreach (ref var letter in span) letter = (char)('a' + source.Next(20));
        });
        Assert.Equal(1000, ByteLevelBpeTokenizer.Train([line], new BytePairTraining { VocabularySize = 1000 }).Count);
    }

    [Fact]
    public void A_long_line_without_spaces_is_encoded_in_time_that_grows_with_its_length()
    {
        var random = new Random(1);
        var line = string.Create(1 << 20, random, (span, source) =>
        {
            foreach (ref var letter in span) letter = (char)('a' + source.Next(6));
        });
        var ids = Trained.Encode(line);
        Assert.Equal(line, Trained.Decode(ids));
        Assert.True(ids.Length < line.Length);
    }

    [Fact]
    public void Bytes_cut_inside_a_character_decode_to_the_replacement_character() =>
        Assert.Equal("\uFFFD", Trained.Decode(Trained.Encode("𠀀").AsSpan(0, 1)));

    [Theory]
    [InlineData(new[] { 0x61, 0xD83D }, 1)]
    [InlineData(new[] { 0xDE00, 0x61 }, 0)]
    [InlineData(new[] { 0xD83D, 0xDE00, 0xD83D, 0x62 }, 2)]
    public void A_lone_surrogate_is_named_with_its_place(int[] units, int place) =>
        Assert.Contains($"at {place} ", Assert.Throws<ArgumentException>(() => Trained.Encode(string.Concat(units.Select(unit => (char)unit)))).Message);

    [Fact]
    public void An_unknown_id_is_named_with_the_range() =>
        Assert.Contains($"0 to {Trained.Count - 1}", Assert.Throws<ArgumentOutOfRangeException>(() => Trained.Decode([Trained.Count])).Message);

    [Theory]
    [InlineData("[1]", "kind Array")]
    [InlineData("{\"a\":0,\"b\":0}", "share the id 0")]
    [InlineData("{\"a\":1}", "none has the id 0")]
    [InlineData("{\"a\":\"0\"}", "whole numbers")]
    [InlineData("{\"a\":0", "not valid JSON")]
    [InlineData("{\"\\ud800\":0}", "vocab.json")]
    [InlineData("{\"a\":0}", "for byte 0x")]
    public void A_damaged_vocabulary_is_refused_with_the_reason(string json, string reason)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<TextFormatException>(() => ByteLevelBpeTokenizer.Load(folder.Write("vocab.json", json), folder.Write("merges.txt", "")));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("#version: 0.2\na b c\n", "line 2")]
    [InlineData("ab\n", "line 1")]
    [InlineData("a b\n", "'ab'")]
    public void A_damaged_merge_is_named(string merges, string reason)
    {
        using var folder = new TemporaryFolder();
        ByteLevelBpeTokenizer.Train([], new BytePairTraining { VocabularySize = 257 }).Save(folder["bytes"]);
        var error = Assert.Throws<TextFormatException>(() => ByteLevelBpeTokenizer.Load(folder["bytes/vocab.json"], folder.Write("merges.txt", merges)));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_vocabulary_smaller_than_the_bytes_is_refused() =>
        Assert.Contains("at least 257", Assert.Throws<ArgumentException>(() => ByteLevelBpeTokenizer.Train([], new BytePairTraining { VocabularySize = 200 })).Message);
}
