using System.Text;

namespace Scorch.Text.Tests;

public class UnigramTests
{
    private static readonly System.Text.Json.JsonElement Golden = Oracle.Json("unigram.json");

    public static TheoryData<string> Models => new(Golden.GetProperty("models").EnumerateObject().Select(model => model.Name));

    [Theory]
    [MemberData(nameof(Models))]
    public void Ids_are_those_of_SentencePiece(string name)
    {
        var tokenizer = UnigramTokenizer.Load(Oracle.Path($"unigram-{name}.model"));
        var golden = Golden.GetProperty("models").GetProperty(name);
        Assert.Equal(golden.GetProperty("pieces").Strings(), Enumerable.Range(0, tokenizer.Count).Select(tokenizer.TokenOf));
        foreach (var (text, ids) in Golden.GetProperty("texts").Strings().Zip(golden.GetProperty("ids").Rows()))
            Assert.Equal(ids.Integers(), tokenizer.Encode(text));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Decoded_texts_are_those_of_SentencePiece(string name)
    {
        var tokenizer = UnigramTokenizer.Load(Oracle.Path($"unigram-{name}.model"));
        var golden = Golden.GetProperty("models").GetProperty(name);
        foreach (var (ids, text) in golden.GetProperty("ids").Rows().Zip(golden.GetProperty("decoded").Strings())) Assert.Equal(text, tokenizer.Decode(ids.Integers()));
        foreach (var (ids, text) in golden.GetProperty("rows").Rows().Zip(golden.GetProperty("decoded_rows").Strings())) Assert.Equal(text, tokenizer.Decode(ids.Integers()));
    }

    [Theory]
    [InlineData("nmt")]
    [InlineData("suffix")]
    [InlineData("plain")]
    public void Spans_of_letters_are_those_of_SentencePiece(string name)
    {
        var tokenizer = UnigramTokenizer.Load(Oracle.Path($"unigram-{name}.model"));
        var golden = Golden.GetProperty("models").GetProperty(name);
        var prose = Golden.GetProperty("texts").Strings().Select((text, row) => (text, row)).Where(pair => pair.text.Length > 60 && pair.text.All(letter => letter < 0x80 && letter >= ' ') && !pair.text.Contains("  "));
        foreach (var (text, row) in prose)
            Assert.Equal(golden.GetProperty("spans")[row].Rows().Select(span => new TextSpan(span[0].GetInt32(), span[1].GetInt32())), tokenizer.EncodeWithOffsets(text).Spans);
    }

    [Fact]
    public void Every_byte_of_a_fallback_names_its_character()
    {
        var tokens = UnigramTokenizer.Load(Oracle.Path("unigram-bytes.model")).EncodeWithOffsets("was𠀀x");
        Assert.Equal(Enumerable.Repeat(new TextSpan(3, 5), 4), tokens.Spans.Where(span => span.Start == 3));
    }

    [Fact]
    public void Replaced_characters_keep_their_place()
    {
        var tokenizer = UnigramTokenizer.Load(Oracle.Path("unigram-nmt.model"));
        var tokens = tokenizer.EncodeWithOffsets("the \u3000 ｔｈｅ");
        Assert.Equal(tokenizer.Encode("the the"), tokens.Ids);
        Assert.Equal(9, tokens.Spans[^1].End);
        Assert.Equal(tokens.Ids.Count / 2, tokens.Spans.Count(span => span.End <= 3));
    }

    [Fact]
    public void Sentinels_have_T5s_ids()
    {
        var plain = UnigramTokenizer.Load(Oracle.Path("unigram-nmt.model"));
        var tokenizer = UnigramTokenizer.Load(Oracle.Path("unigram-nmt.model"), extraIds: 100);
        Assert.Equal(plain.Count + 99, tokenizer.Sentinel(0));
        Assert.Equal(plain.Count, tokenizer.Sentinel(99));
        Assert.Equal("<extra_id_1>", tokenizer.TokenOf(plain.Count + 98));
        Assert.Equal([tokenizer.Sentinel(10)], tokenizer.Encode("<extra_id_10>", SpecialTokenHandling.Recognize));
        Assert.Contains("more extraIds", Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Sentinel(100)).Message);
    }

    [Fact]
    public void A_long_line_without_spaces_is_cut()
    {
        var tokenizer = UnigramTokenizer.Load(Oracle.Path("unigram-bytes.model"));
        var line = string.Concat(Enumerable.Repeat("abcdefgh𠀀", 1 << 17));
        Assert.Equal(line, tokenizer.Decode(tokenizer.Encode(line)));
    }

    [Fact]
    public void A_model_cut_short_or_of_other_content_is_refused_wherever_it_ends()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Oracle.Path("unigram-plain.model"));
        for (var length = 1; length < bytes.Length; length += 37)
        {
            var path = folder.Write("cut.model", bytes[..length]);
            try
            {
                UnigramTokenizer.Load(path).Encode("it was the best of times");
            }
            catch (TextFormatException error)
            {
                Assert.Contains("cut.model", error.Message);
            }
        }
        Assert.Throws<TextFormatException>(() => UnigramTokenizer.Load(folder.Write("text.model", Encoding.UTF8.GetBytes("it was the best of times, it was the worst of times"))));
        Assert.Contains("no pieces", Assert.Throws<TextFormatException>(() => UnigramTokenizer.Load(folder.Write("empty.model", []))).Message);
    }

    [Fact]
    public void Damaged_bytes_give_a_format_error_or_a_tokeniser_never_another_exception()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Oracle.Path("unigram-nmt.model"));
        var random = new Random(3);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var i = 0; i < 5; i++) damaged[random.Next(round % 2 == 0 ? 4000 : damaged.Length)] = (byte)random.Next(256);
            var path = folder.Write("damaged.model", damaged);
            try
            {
                UnigramTokenizer.Load(path).Encode("Ｔhe ①②③ quick ﬁsh 漢字");
            }
            catch (TextFormatException)
            {
                // The file was refused for a reason, as it should be.
            }
        }
    }

    [Fact]
    public void A_model_of_another_type_is_named()
    {
        // pieces { piece: "a" } trainer_spec { model_type: BPE }
        byte[] model = [0x0A, 0x03, 0x0A, 0x01, (byte)'a', 0x12, 0x02, 0x18, 0x02];
        using var folder = new TemporaryFolder();
        Assert.Contains("type BPE", Assert.Throws<TextFormatException>(() => UnigramTokenizer.Load(folder.Write("bpe.model", model))).Message);
    }
}
