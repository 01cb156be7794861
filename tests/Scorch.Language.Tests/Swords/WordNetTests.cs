using System.Text;
using Scorch.Language.Swords;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

public sealed class WordNetTests
{
    private static readonly WordNetLemmatizer Lemmatizer = new(Small.Dictionary);
    private static readonly EnglishInflector Inflector = new(Small.Dictionary);

    [Theory]
    [InlineData("boxes", WordNetPart.Noun, "box")]
    [InlineData("cities", WordNetPart.Noun, "city")]
    [InlineData("children", WordNetPart.Noun, "child")]
    [InlineData("women", WordNetPart.Noun, "woman")]
    [InlineData("glasses", WordNetPart.Noun, "glass")]
    [InlineData("kept", WordNetPart.Verb, "keep")]
    [InlineData("stores", WordNetPart.Verb, "store")]
    [InlineData("storing", WordNetPart.Verb, "store")]
    [InlineData("better", WordNetPart.Adjective, "good")]
    [InlineData("nicest", WordNetPart.Adjective, "nice")]
    [InlineData("faster", WordNetPart.Adverb, "fast")]
    [InlineData("submarines", WordNetPart.Noun, "submarines")]
    [InlineData("Boxes", WordNetPart.Noun, "Boxes")]
    [InlineData("boxs", WordNetPart.Noun, "box")]
    [InlineData("", WordNetPart.Noun, "")]
    public void Words_get_their_dictionary_form(string word, WordNetPart part, string lemma) => Assert.Equal(lemma, Lemmatizer.Lemmatize(word, part));

    [Fact]
    public void Rules_are_repeated_until_a_word_is_found() => Assert.Equal("box", Lemmatizer.Lemmatize("boxss", WordNetPart.Noun));

    [Theory]
    [InlineData("store", "kept", null, "stored")]
    [InlineData("sing", "kept", null, "sang")]
    [InlineData("sing", "kept", "was", "sung")]
    [InlineData("begin", "stopped", "has", "begun")]
    [InlineData("stop", "keeping", null, "stopping")]
    [InlineData("take", "keeping", null, "taking")]
    [InlineData("put up", "kept", null, "put up")]
    [InlineData("take up", "kept", null, "took up")]
    [InlineData("be", "keeps", null, "is")]
    [InlineData("take", "put", null, "take")]
    public void Verbs_take_the_form_of_another(string lemma, string model, string? before, string expected) =>
        Assert.Equal(expected, Inflector.InflectLike(lemma, model, WordNetPart.Verb, before));

    [WordNetFact]
    public void Irregular_forms_of_the_real_WordNet_are_told_apart()
    {
        var inflector = new EnglishInflector(SwordsLemmatizer.Default.Dictionary);
        string All(string lemma) => string.Join(' ', ((EnglishForm[])[EnglishForm.ThirdPerson, EnglishForm.PresentParticiple, EnglishForm.Past, EnglishForm.PastParticiple]).Select(form => inflector.Inflect(lemma, WordNetPart.Verb, form)));
        Assert.Equal("writes writing wrote written", All("write"));
        Assert.Equal("runs running ran run", All("run"));
        Assert.Equal("swims swimming swam swum", All("swim"));
        Assert.Equal("plans planning planned planned", All("plan"));
        Assert.Equal("tries trying tried tried", All("try"));
        Assert.Equal("says saying said said", All("say"));
        Assert.Equal("breaks breaking broke broken", All("break"));
        Assert.Equal("lies lying lay lain", All("lie"));
        Assert.Equal("knives", inflector.InflectLike("knife", "tables", WordNetPart.Noun));
        Assert.Equal("happier", inflector.InflectLike("happy", "better", WordNetPart.Adjective));
    }

    [Theory]
    [InlineData("city", "boxes", WordNetPart.Noun, "cities")]
    [InlineData("child", "boxes", WordNetPart.Noun, "children")]
    [InlineData("glass box", "cities", WordNetPart.Noun, "glass boxes")]
    [InlineData("easy", "bigger", WordNetPart.Adjective, "easier")]
    [InlineData("good", "biggest", WordNetPart.Adjective, "best")]
    [InlineData("nice", "bigger", WordNetPart.Adjective, "nicer")]
    [InlineData("straightforward", "biggest", WordNetPart.Adjective, "most straightforward")]
    [InlineData("road", "box", WordNetPart.Noun, "road")]
    public void Nouns_and_adjectives_too(string lemma, string model, WordNetPart part, string expected) => Assert.Equal(expected, Inflector.InflectLike(lemma, model, part));

    [Fact]
    public void Damaged_files_are_named()
    {
        WordNetDictionary With(string file, string content) => WordNetDictionary.Read(
            name => name == file ? new MemoryStream(Encoding.UTF8.GetBytes(content)) : SwordsData.OpenSample("wordnet/" + name), "small");
        Assert.Contains("index.verb, line 2", Assert.Throws<TextFormatException>(() => With("index.verb", "  licence\nkeep n 1 0 1 0 00000001\n")).Message, StringComparison.Ordinal);
        Assert.Contains("noun.exc, line 1", Assert.Throws<TextFormatException>(() => With("noun.exc", "children\n")).Message, StringComparison.Ordinal);
        Assert.Contains("no lemma", Assert.Throws<TextFormatException>(() => With("index.adv", "  licence\n")).Message, StringComparison.Ordinal);
        Assert.Contains("wordnet-base", Assert.Throws<FileNotFoundException>(() => WordNetDictionary.Load("/nowhere")).Message, StringComparison.Ordinal);
        Assert.Contains("wordnet-base", Assert.Throws<Reproductions.MissingDataException>(() => new Reproductions.DataLocator().Find("wordnet", "index.none")).Message, StringComparison.Ordinal);
    }
}
