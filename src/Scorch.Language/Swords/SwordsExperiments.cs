using System.Globalization;
using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.Swords;

/// <summary>The measurements of <see cref="SwordsReproduction"/>.</summary>
internal sealed class SwordsExperiments
{
    private const double Acceptable = 0.5 + 1e-4;
    private const double Conceivable = 0.1;

    private readonly RunContext context;
    private readonly SwordsData data;
    private readonly EvalOptions options;

    private SwordsExperiments(RunContext context)
    {
        this.context = context;
        data = SwordsData.Load(context);
        options = new EvalOptions { Lemmatizer = new WordNetLemmatizer(data.Dictionary) };
    }

    public static async Task RunAsync(RunContext context)
    {
        if (context.Scale == Scale.Paper && context.Settings.Text("model").Length == 0)
            throw new UsageException("The paper's model, bert-large-uncased, is not shipped: give --set model=FOLDER with its config.json, weights and vocab.txt.");
        context.Report("reading the benchmark", 0);
        var run = new SwordsExperiments(context);
        run.Counts();
        var people = await run.FixedRows().ConfigureAwait(false);
        foreach (var seed in context.Seeds) await run.SeededRows(seed, people).ConfigureAwait(false);
    }

    /// <summary>C1, C2: nothing is random here, so that every seed has the same values.</summary>
    private void Counts()
    {
        foreach (var (part, dataset, coverage, quality) in ((string, LexSubDataset, string, string)[])[("test", data.Test, "C1a", "C2a"), ("development", data.Development, "C1b", "C2b")])
        {
            var counts = BenchmarkStatistics.Of(dataset, "coinco");
            foreach (var seed in context.Seeds)
            {
                context.Measure(coverage, seed, counts.Conceivable, counts.ConceivableOfSource);
                context.Measure(quality, seed, counts.BestScore, counts.SourceScore);
            }
            Note($"{part}: {counts.Targets} targets, {dataset.Substitutes.Count} substitutes; per target {counts.Conceivable:F2} conceivable ({counts.ConceivableOfSource:F2} of them from CoInCo), {counts.Acceptable:F2} acceptable ({counts.AcceptableOfSource:F2} from CoInCo).");
        }
    }

    /// <summary>The rows that no seed changes; returns the people's on the targets that they judged again.</summary>
    private async Task<(LexSubMetrics AcceptableList, LexSubMetrics Order)> FixedRows()
    {
        var token = context.CancellationToken;
        var thesaurus = await Score("Roget's thesaurus, test", data.Test, new ThesaurusGenerator(data.Thesaurus, options.Lemmatizer)).ConfigureAwait(false);
        var wordtune = await Score("WordTune, test", data.Test, new CachedGenerator(data.Wordtune)).ConfigureAwait(false);
        await Score("CoInCo's substitutes in the order of the file, test", data.Test, new SourceGenerator(data.Test, "coinco")).ConfigureAwait(false);
        await Score("oracle of acceptable substitutes, test", data.Test, new OracleGenerator(data.Test, Acceptable)).ConfigureAwait(false);
        await Score("oracle of conceivable substitutes, test", data.Test, new OracleGenerator(data.Test, Conceivable)).ConfigureAwait(false);
        var oracle = await Score("oracle of acceptable substitutes, judged again", data.Subset, new OracleGenerator(data.Subset, Acceptable)).ConfigureAwait(false);
        var people = await Score("people, what they find acceptable, judged again", data.Subset, new OracleGenerator(data.Reannotated, Acceptable)).ConfigureAwait(false);
        await Score("people, what they find conceivable, judged again", data.Subset, new OracleGenerator(data.Reannotated, Conceivable)).ConfigureAwait(false);
        var own = await Score("WordTune, judged again", data.Subset, new CachedGenerator(data.Wordtune)).ConfigureAwait(false);
        await Score("Roget's thesaurus, judged again", data.Subset, new ThesaurusGenerator(data.Thesaurus, options.Lemmatizer)).ConfigureAwait(false);
        var order = Order("people", data.Subset, await LexSubRunner.RunAsync(data.Subset, new OracleGenerator(data.Reannotated, 0), null, token).ConfigureAwait(false), isShown: true);
        Order("words of the text by frequency, test", data.Test, await LexSubRunner.RankAsync(data.Test, FrequencyRanker.FromTexts(data.Lines), null, token).ConfigureAwait(false), isShown: true);
        foreach (var seed in context.Seeds)
        {
            context.Measure("C3a", seed, people.Lenient.Acceptable.F, own.Lenient.Acceptable.F);
            context.Measure("C3b", seed, wordtune.Lenient.Acceptable.F, thesaurus.Lenient.Acceptable.F);
            context.Measure("C3c", seed, thesaurus.Lenient.Acceptable.F);
            context.Measure("C3d", seed, thesaurus.Lenient.Conceivable.F);
            context.Measure("C3e", seed, oracle.Lenient.Acceptable.F, people.Lenient.Acceptable.F);
        }
        return (people, order);
    }

    private async Task SeededRows(int seed, (LexSubMetrics AcceptableList, LexSubMetrics Order) people)
    {
        var token = context.CancellationToken;
        var isFirst = seed == context.Seeds[0];
        context.Report($"seed {seed}: random orders", Fraction(seed, 0));
        var (random, randomOfSubset) = (new List<double>(), new List<double>());
        for (var draw = 0; draw < context.Settings.Integer("draws"); draw++)
        {
            token.ThrowIfCancellationRequested();
            var ranker = new RandomRanker(RandomSource.Derive(seed, draw));
            random.Add(LexSubEvaluator.Evaluate(data.Test, await LexSubRunner.RankAsync(data.Test, ranker, null, token).ConfigureAwait(false), options).Gap);
            randomOfSubset.Add(LexSubEvaluator.Evaluate(data.Subset, await LexSubRunner.RankAsync(data.Subset, ranker, null, token).ConfigureAwait(false), options).Gap);
        }
        context.Measure("C4a", seed, random.Average());

        context.Report($"seed {seed}: word vectors", Fraction(seed, 0.1));
        var vectors = new EmbeddingRanker(Vectors(seed));
        var byVectors = Order($"word vectors, seed {seed}, test", data.Test, await LexSubRunner.RankAsync(data.Test, vectors, null, token).ConfigureAwait(false), isFirst);
        var byVectorsOfSubset = Order($"word vectors, seed {seed}, judged again", data.Subset, await LexSubRunner.RankAsync(data.Subset, vectors, null, token).ConfigureAwait(false), isFirst);
        context.Measure("C4b", seed, people.Order.Gap, byVectorsOfSubset.Gap);
        context.Measure("C4c", seed, byVectors.Gap, random.Average());

        var model = Model(seed);
        var proposal = new MaskedInfillingConfig { Seed = seed, Window = context.Settings.Integer("length") };
        foreach (var corruption in Enum.GetValues<TargetCorruption>())
        {
            context.Report($"seed {seed}: infilling, {corruption.ToString().ToLowerInvariant()}", Fraction(seed, 0.7));
            var generator = new MaskedInfillingGenerator(model.Model, model.Tokenizer, proposal with { Corruption = corruption });
            var metrics = await Score($"masked model, {corruption.ToString().ToLowerInvariant()}, seed {seed}, judged again", data.Subset, generator, isFirst).ConfigureAwait(false);
            if (corruption == TargetCorruption.Dropout) context.Measure("C3f", seed, people.AcceptableList.Lenient.Acceptable.F, metrics.Lenient.Acceptable.F);
        }
        context.Report($"seed {seed}: BERT-LS", Fraction(seed, 0.8));
        var substitution = new BertSubstitutionRanker(model.Model, model.Tokenizer, new EnglishInflector(data.Dictionary), new BertSubstitutionConfig { Proposal = proposal });
        var ranked = Order($"BERT-LS, seed {seed}, judged again", data.Subset, await LexSubRunner.RankAsync(data.Subset, substitution, null, token).ConfigureAwait(false), isFirst);
        context.Measure("C4d", seed, ranked.Gap, randomOfSubset.Average());
    }

    private async Task<LexSubMetrics> Score(string row, LexSubDataset dataset, ILexSubGenerator generator, bool isShown = true)
    {
        var result = await LexSubRunner.RunAsync(dataset, generator, null, context.CancellationToken).ConfigureAwait(false);
        var metrics = LexSubEvaluator.Evaluate(dataset, result, options);
        if (!isShown) return metrics;
        var intervals = Intervals(metrics);
        string Cell(PrecisionRecallAtK score, string name) => string.Create(CultureInfo.InvariantCulture, $"{score.F:F1} [{intervals[name].Low:F1}, {intervals[name].High:F1}]");
        Note($"F10, {row}: lenient {Cell(metrics.Lenient.Acceptable, "lenient_a_f@10")} acceptable, {Cell(metrics.Lenient.Conceivable, "lenient_c_f@10")} conceivable; strict {Cell(metrics.Strict.Acceptable, "strict_a_f@10")}, {Cell(metrics.Strict.Conceivable, "strict_c_f@10")}.");
        return metrics;
    }

    private LexSubMetrics Order(string row, LexSubDataset dataset, LexSubResult result, bool isShown)
    {
        var metrics = LexSubEvaluator.Evaluate(dataset, result, options);
        if (!isShown) return metrics;
        var (low, high) = Intervals(metrics)["gap_rat"];
        Note($"GAP, {row}: {metrics.Gap:F1} [{low:F1}, {high:F1}].");
        return metrics;
    }

    private IReadOnlyDictionary<string, (double Low, double High)> Intervals(LexSubMetrics metrics) =>
        LexSubEvaluator.Bootstrap(metrics, options, context.Settings.Integer("bootstrap"), context.Seeds[0]);

    private WordVectors Vectors(int seed)
    {
        if (context.Settings.Text("vectors") is { Length: > 0 } path) return WordVectors.Load(path);
        var vocabulary = FlyVocabulary.FromCorpus(data.Corpus, context.Settings.Integer("words"), 0, context.CancellationToken);
        var tokens = FlyTokens.FromCorpus(data.Corpus, vocabulary, context.CancellationToken);
        var dimensions = context.Settings.Integer("dimensions");
        var dense = new PpmiSvd(dimensions, Seed: seed).Fit(Cooccurrence.Count(tokens, vocabulary.Count, 5), context.CancellationToken);
        // The first is the unknown word.
        return new([.. vocabulary.Words.Skip(1)], [.. Enumerable.Range(1, vocabulary.Count - 1).SelectMany(number => dense[number].ToArray())], dimensions);
    }

    private MaskedModel Model(int seed)
    {
        if (context.Settings.Text("model") is { Length: > 0 } folder) return MaskedModel.Load(folder);
        var view = context.Training($"seed {seed}: masked model", Fraction(seed, 0.2), Fraction(seed, 0.7));
        return MaskedModelTraining.Train(data.Lines, Config(context) with { Seed = seed }, new Curve(context, view, seed), context.CancellationToken);
    }

    private static MaskedModelConfig Config(RunContext context) => new()
    {
        VocabularySize = context.Settings.Integer("vocabulary"),
        Features = context.Settings.Integer("features"),
        Layers = context.Settings.Integer("layers"),
        Inner = 4 * context.Settings.Integer("features"),
        Length = context.Settings.Integer("length"),
        BatchSize = context.Settings.Integer("batch"),
        Steps = context.Settings.Integer("steps"),
    };

    /// <summary>Builds the scale's model in full (bert-large-uncased's shape at paper scale), fills in one target and ranks its candidates by BERT-LS.</summary>
    public static string OneStep(RunContext context)
    {
        var benchmark = LexSubDataset.Read(SwordsData.OpenSample("benchmark.json"), "benchmark.json");
        var dictionary = SwordsData.SampleDictionary();
        var config = Config(context);
        var shape = context.Scale == Scale.Paper
            ? BertConfig.Large
            : new BertConfig { VocabularySize = config.VocabularySize, Features = config.Features, Layers = config.Layers, Heads = config.Heads, Inner = config.Inner, Positions = config.Length };
        var known = MaskedModelTraining.Vocabulary(benchmark.Contexts.Select(item => item.Text), Math.Min(shape.VocabularySize, 400));
        // Words beyond the sample's stand for those of the published vocabulary.
        var tokenizer = new WordPieceTokenizer([.. Enumerable.Range(0, known.Count).Select(known.TokenOf), .. Enumerable.Range(known.Count, shape.VocabularySize - known.Count).Select(i => $"word{i}")]);
        context.Report("building the model", 0);
        var model = new BertMaskedLanguageModel(shape, new RandomSource(context.Seeds[0]));
        context.CancellationToken.ThrowIfCancellationRequested();
        var target = benchmark.Targets.First();
        var query = benchmark.Query(target);
        var proposal = new MaskedInfillingConfig { Window = context.Settings.Integer("length"), Seed = context.Seeds[0] };
        var proposed = new MaskedInfillingGenerator(model, tokenizer, proposal).Generate(query);
        context.Report("ranking", 0.7);
        string[] candidates = [.. LexSubRunner.Candidates(benchmark, target.Id)];
        var scores = new BertSubstitutionRanker(model, tokenizer, new EnglishInflector(dictionary), new BertSubstitutionConfig { Proposal = proposal }).Rank(query, candidates, areLemmas: true);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"BERT of {shape.Layers} blocks, {shape.Features} features, {shape.Heads} heads, {shape.VocabularySize} tokens: {model.Parameters().Sum(parameter => (long)parameter.ElementCount)} weights, drawn at random. Filled in '{target.Word}' with its embedding dropped by 0.3 ({proposed.Count} words), and ranked {scores.Count} candidates by BERT-LS.");
    }

    private double Fraction(int seed, double within)
    {
        var number = context.Seeds.TakeWhile(other => other != seed).Count();
        return 0.1 + (0.9 * (number + within) / context.Seeds.Count);
    }

    private void Note(FormattableString text) => context.Note(FormattableString.Invariant(text));

    private sealed class Curve(RunContext context, TrainingView view, int seed) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            view.Report(value);
            context.LogScalar($"masked-model loss/seed {seed}", value.Step, value.Loss);
        }
    }
}
