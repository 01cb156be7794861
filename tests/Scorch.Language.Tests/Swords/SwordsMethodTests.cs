using Scorch.Language.Swords;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

public sealed class SwordsMethodTests
{
    private static readonly WordPieceTokenizer Tokenizer = MaskedModelTraining.Vocabulary(Small.Benchmark.Contexts.Select(context => context.Text), 300);

    private static BertMaskedLanguageModel Model(int layers = 3) => new(
        new BertConfig { VocabularySize = Tokenizer.Count, Features = 12, Heads = 3, Inner = 20, Layers = layers, Positions = 24, InitialDeviation = 0.4 }, new(5));

    private static LexSubQuery Query => Small.Benchmark.Query(Small.Benchmark.Targets.First());

    [Fact]
    public void A_thesaurus_answers_in_the_order_of_its_senses_for_the_part_of_speech()
    {
        var thesaurus = new RogetThesaurus([("bank", "n", ["shore", "rim"]), ("bank", "v", ["rely"]), ("bank", "n/v", ["heap", "shore"])]);
        var generator = new ThesaurusGenerator(thesaurus, Small.Options.Lemmatizer);
        Assert.True(generator.GivesLemmas);
        Assert.Equal([new("shore", 0), new("rim", -1), new("heap", -3), new("shore", -4)], generator.Generate(new("the bank", 4..8, PartOfSpeech.Noun)));
        Assert.Equal(5, generator.Generate(new("the bank", 4..8)).Count);
        Assert.Empty(generator.Generate(new("the sea", 4..7, PartOfSpeech.Noun)));
        Assert.Throws<ArgumentException>(() => new RogetThesaurus([("bank", "pron", ["x"])]));
    }

    [Fact]
    public void Suggestions_leave_the_target_out_and_take_its_form()
    {
        var thesaurus = new RogetThesaurus([("keep", "v", ["take", "keep", "store", "stores", "sing"])]);
        var words = LexicalSubstituter.Suggest(new ThesaurusGenerator(thesaurus, Small.Options.Lemmatizer), "Kept well, they kept.", 16..20, 10, PartOfSpeech.Verb, dictionary: Small.Dictionary);
        Assert.Equal(["took", "stored", "sang"], words.Select(word => word.Text));
        Assert.Equal("Took", LexicalSubstituter.Suggest(new ThesaurusGenerator(thesaurus, Small.Options.Lemmatizer), "Kept well", 0..4, 1, PartOfSpeech.Verb, dictionary: Small.Dictionary)[0].Text);
        Assert.Throws<ArgumentException>(() => LexicalSubstituter.Suggest(new ThesaurusGenerator(thesaurus), "short", 4..19));
        Assert.Throws<ArgumentException>(() => LexicalSubstituter.Suggest(new ThesaurusGenerator(thesaurus), "a  b", 1..3));
    }

    [Theory]
    [InlineData(TargetCorruption.Mask)]
    [InlineData(TargetCorruption.Keep)]
    [InlineData(TargetCorruption.Dropout)]
    public void Infilling_gives_whole_words_by_probability_without_the_target(TargetCorruption corruption)
    {
        var generator = new MaskedInfillingGenerator(Model(), Tokenizer, new() { Corruption = corruption, TopK = 300 });
        var words = generator.Generate(Query);
        Assert.DoesNotContain("large", words.Select(word => word.Text));
        Assert.All(words, word => Assert.True(word.Text.All(char.IsLetterOrDigit)));
        Assert.Equal(words.OrderByDescending(word => word.Score), words);
        Assert.Equal(1, words.Sum(word => word.Score), 1e-9);
        Assert.Equal(words, generator.Generate(Query));
        Assert.Equal(5, new MaskedInfillingGenerator(Model(), Tokenizer, new() { Corruption = corruption, TopK = 5 }).Generate(Query).Count);
        var nucleus = new MaskedInfillingGenerator(Model(), Tokenizer, new() { Corruption = corruption, TopK = 300, TopP = 0.5 }).Generate(Query);
        Assert.True(nucleus.Sum(word => word.Score) >= 0.5 && nucleus.SkipLast(1).Sum(word => word.Score) < 0.5);
    }

    [Fact]
    public void Keeping_the_target_is_a_dropout_of_nothing_and_a_mask_does_not_see_the_target()
    {
        IReadOnlyList<Suggestion> Of(LexSubQuery query, MaskedInfillingConfig config) => new MaskedInfillingGenerator(Model(), Tokenizer, config).Generate(query);
        Assert.Equal(Of(Query, new() { Corruption = TargetCorruption.Keep }), Of(Query, new() { DropoutRate = 0 }));
        Assert.NotEqual(Of(Query, new() { Corruption = TargetCorruption.Keep }), Of(Query, new()));
        Assert.NotEqual(Of(Query, new() { Seed = 2 }), Of(Query, new()));
        var other = new LexSubQuery(Query.Text.Replace("large", "small", StringComparison.Ordinal), Query.Start..Query.End);
        var mask = new MaskedInfillingConfig { Corruption = TargetCorruption.Mask, TopK = 300 };
        string[] Shared(LexSubQuery query) => [.. Of(query, mask).Select(word => word.Text).Where(word => word is not ("large" or "small"))];
        Assert.Equal(Shared(Query), Shared(other));
    }

    [Fact]
    public void BERT_LS_is_its_two_scores_weighed()
    {
        IReadOnlyList<double> Rank(double proposal, double validation) => new BertSubstitutionRanker(Model(), Tokenizer, null, new() { ProposalWeight = proposal, ValidationWeight = validation })
            .Rank(Query, ["large", "files", "network"], areLemmas: true);
        var (both, proposals, validations) = (Rank(0.01, 1), Rank(1, 0), Rank(0, 1));
        for (var i = 0; i < 3; i++) Assert.Equal((0.01 * proposals[i]) + validations[i], both[i], 1e-12);
        // The word itself changes nothing: every cosine is 1, and what is left is the attention that the target gets.
        var model = Model();
        model.Evaluate();
        var trace = model.Bert.Trace(TokenBatch.Matrix([[.. Ids("[CLS]"), .. Tokenizer.Encode(Query.Text), .. Ids("[SEP]")]]));
        var place = 1 + Tokenizer.Encode(Query.Text[..Query.Start]).Length;
        var attention = trace.Attentions.Average(weights => weights!.Mean(1).Select(2, place).Sum().Item());
        Assert.Equal(attention, validations[0], 1e-5);
        Assert.True(validations[1] < validations[0] && validations[2] < validations[0]);
        // ln P(x'|x) - ln(1 - P(x|x)), by a mask of nothing but words.
        var keep = new BertSubstitutionConfig { ProposalWeight = 1, ValidationWeight = 0, Proposal = new() { Corruption = TargetCorruption.Keep } };
        var row = model.Forward(TokenBatch.Matrix([[.. Ids("[CLS]"), .. Tokenizer.Encode(Query.Text), .. Ids("[SEP]")]])).Select(1, place).Squeeze().ToArray<float>();
        double Weight(int id) => Tokenizer.TokenOf(id).All(char.IsLetterOrDigit) ? Math.Exp(row[id]) : 0;
        var total = Enumerable.Range(0, row.Length).Sum(Weight);
        double Probability(string word) => Weight(Tokenizer.IdOf(word)!.Value) / total;
        var expected = Math.Log(Probability("files")) - Math.Log(1 - Probability("large"));
        Assert.Equal(expected, new BertSubstitutionRanker(Model(), Tokenizer, null, keep).Rank(Query, ["files"], true)[0], 1e-4);

        static int[] Ids(string name) => [Tokenizer.IdOf(name)!.Value];
    }

    [Fact]
    public void Batches_do_not_change_scores_and_long_texts_are_cut_around_the_target()
    {
        string[] candidates = ["files", "order", "lines", "method", "bulky"];
        var one = new BertSubstitutionRanker(Model(), Tokenizer, null, new() { BatchSize = 1 }).Rank(Query, candidates, true);
        var all = new BertSubstitutionRanker(Model(), Tokenizer, null, new() { BatchSize = 5 }).Rank(Query, candidates, true);
        for (var i = 0; i < one.Count; i++) Assert.Equal(one[i], all[i], 1e-5);
        var text = string.Join(' ', Enumerable.Repeat("the method reads files and", 30));
        var query = new LexSubQuery(text + " large " + text, (text.Length + 1)..(text.Length + 6));
        Assert.Equal(50, new MaskedInfillingGenerator(Model(), Tokenizer).Generate(query).Count);
        Assert.True(double.IsFinite(new BertSubstitutionRanker(Model(), Tokenizer).Rank(query, ["order"], true)[0]));
    }

    [Fact]
    public void A_model_needs_its_own_vocabulary()
    {
        var other = MaskedModelTraining.Vocabulary(["some other words"], 250);
        Assert.Contains("belongs to the model", Assert.Throws<ArgumentException>(() => new MaskedInfillingGenerator(Model(), other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MaskedInfillingGenerator(Model(), Tokenizer, new() { DropoutRate = 1 }));
        Assert.Throws<ArgumentException>(() => new MaskedInfillingGenerator(Model(), Tokenizer, new() { TopP = 0 }));
    }

    [Fact]
    public void Training_has_the_same_bits_at_any_number_of_threads_and_comes_back_from_disk()
    {
        string[] texts = [.. Enumerable.Repeat(Small.Benchmark.Contexts.Select(context => context.Text), 8).SelectMany(lines => lines)];
        var config = new MaskedModelConfig { VocabularySize = 300, Features = 16, Layers = 1, Inner = 32, Length = 16, BatchSize = 8, Steps = 60, LearningRate = 5e-3 };
        var before = Parallelism.ThreadCount;
        var folder = Directory.CreateTempSubdirectory("scorch-swords-").FullName;
        try
        {
            var losses = new List<double>();
            var answers = new List<IReadOnlyList<Suggestion>>();
            foreach (var threads in (int[])[1, 2, 7])
            {
                Parallelism.ThreadCount = threads;
                var model = MaskedModelTraining.Train(texts, config, new Collect(losses));
                answers.Add(new MaskedInfillingGenerator(model.Model, model.Tokenizer).Generate(Query));
                model.Save(folder);
            }
            Assert.Equal(answers[0], answers[1]);
            Assert.Equal(answers[0], answers[2]);
            Assert.True(losses[2] < losses[0], $"{losses[0]} {losses[2]}");
            var again = MaskedModel.Load(folder);
            Assert.Equal(answers[0], new MaskedInfillingGenerator(again.Model, again.Tokenizer).Generate(Query));
        }
        finally
        {
            Parallelism.ThreadCount = before;
            Directory.Delete(folder, recursive: true);
        }
        Assert.Contains("a batch has 8", Assert.Throws<ArgumentException>(() => MaskedModelTraining.Train(["too short"], config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Simple_rankers_do_what_they_say()
    {
        var vectors = new WordVectors(["large", "big", "small", "hot"], [1, 0, 0.9f, 0.1f, 0, 1, 0, 0], 2);
        Assert.Equal([double.NegativeInfinity, 0], new EmbeddingRanker(vectors).Rank(Query, ["zebra", "small"], true));
        var scores = new EmbeddingRanker(vectors).Rank(Query, ["big", "small"], true);
        Assert.True(scores[0] > scores[1]);
        Assert.Equal([2, 1, 0, 1], FrequencyRanker.FromTexts(["The cat, the dog's"]).Rank(Query, ["the", "cat", "zebra", "the cat"], true));
        var random = new RandomRanker(4);
        Assert.Equal(random.Rank(Query, ["a", "b"], true), random.Rank(Query, ["b", "a"], true).Reverse());
        Assert.NotEqual(random.Rank(Query, ["a", "b"], true), new RandomRanker(5).Rank(Query, ["a", "b"], true));
        var thesaurus = new ThesaurusGenerator(new RogetThesaurus([("large", "adj", ["big", "wide"])]), Small.Options.Lemmatizer);
        Assert.Equal([-1, double.NegativeInfinity, 0], new GeneratorRanker(thesaurus).Rank(Query, ["wide", "tall", "Big"], true));
    }

    [Fact]
    public async Task A_ranker_must_score_every_candidate()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => LexSubRunner.RankAsync(Small.Benchmark, new Short()));
        Assert.Contains("one each", error.Message, StringComparison.Ordinal);
    }

    private sealed class Short : ILexSubRanker
    {
        public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas) => [1];
    }

    private sealed class Collect(List<double> losses) : IProgress<Training.TrainingProgress>
    {
        public void Report(Training.TrainingProgress value) => losses.Add(value.Loss);
    }
}
