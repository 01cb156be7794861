using System.Globalization;
using System.Text;
using Scorch.Reproductions;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Measures the claims.</summary>
internal static class FlyExperiments
{
    private const int ActiveNeurons = 32;
    private const int Dimensions = 100;
    private const int SvdActive = 41;
    private static readonly string[] Sets = ["MEN-TR-3k", "WS-353-ALL", "SIMLEX-999", "MTurk-771", "RG-65", "RW-STANFORD"];
    private static readonly string[] Shown = ["king", "river", "music", "war", "church", "doctor", "football", "red", "money", "school"];

    public static void Run(RunContext context)
    {
        var config = Config(context);
        var corpus = FlyData.Corpus(context);
        var vocabulary = FlyVocabulary.FromCorpus(corpus, config.VocabularySize, config.DropMostFrequent, context.CancellationToken);
        var text = new FlyText(FlyTokens.FromCorpus(corpus, vocabulary, context.CancellationToken), vocabulary);
        context.Note(Invariant($"Text: {text.Tokens.Ids.Length} words of a vocabulary of {vocabulary.Count - 1} after the {vocabulary.Dropped.Count} most frequent ones left, {text.Tokens.CountWindows(config.Window)} windows."));
        if (context.Scale == Scale.Smoke)
        {
            Smoke(context, text, config);
            return;
        }
        if (context.Settings.Text("text").Length == 0)
            context.Note("The paper trains on OpenWebText, billions of words; here WikiText-2's validation and test parts. Parity with dense vectors is not expected from so little text.");

        var pairs = Sets.ToDictionary(name => name, name => FlyData.ReadPairs(context, name));
        var choice = FlyTuning.Choose(context, text, config, pairs["WS-353-ALL"]);
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            context.Report($"seed {seed}", 0.3 + (0.6 * i / context.Seeds.Count));
            var trained = i == 0 ? choice.First : FlyTuning.Train(context, text, choice, seed);
            Measure(context, text, trained, pairs, seed, isFirst: i == 0);
        }
        if (context.Settings.Flag("curve"))
            Curve(context, text, choice, pairs["MEN-TR-3k"]);
    }

    public static string OneStep(RunContext context)
    {
        var config = Config(context);
        FlyVocabulary vocabulary;
        FlyTokens tokens;
        var source = "the text";
        if (context.Scale == Scale.Paper && context.Settings.Text("text").Length == 0)
        {
            // As many words as a batch needs, their frequencies by Zipf's law: the step's cost is that of real text.
            source = "drawn words";
            var random = new RandomSource(context.Seeds[0]);
            var ids = new int[config.BatchSize + config.Window - 1];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = (int)Math.Pow(config.VocabularySize, random.NextDouble());
            tokens = new FlyTokens(ids, [0]);
            vocabulary = new FlyVocabulary([FlyVocabulary.UnknownWord, .. Enumerable.Range(1, config.VocabularySize).Select(i => Invariant($"word{i}"))], new double[config.VocabularySize + 1]);
        }
        else
        {
            var corpus = FlyData.Corpus(context);
            vocabulary = FlyVocabulary.FromCorpus(corpus, config.VocabularySize, config.DropMostFrequent, context.CancellationToken);
            tokens = FlyTokens.FromCorpus(corpus, vocabulary, context.CancellationToken);
        }
        var trainer = new FlyVecTrainer<float>(config, tokens.CountWords(vocabulary.Count), FlyVec.InitialWeights(config, vocabulary.Count));
        var seen = new LastStep();
        FlyVec.Run(trainer, tokens, config, seen, 1, context.CancellationToken);
        return Invariant($"{config.Neurons} neurons x 2 x {vocabulary.Count} words = {2L * config.Neurons * vocabulary.Count} weights, window {config.Window}, batch {config.BatchSize}; one step on {source}, energy {seen.Energy:G6} a window.");
    }

    private static FlyVecConfig Config(RunContext context) => new()
    {
        Neurons = context.Settings.Integer("neurons"),
        Window = context.Settings.Integer("window"),
        VocabularySize = context.Settings.Integer("vocabulary"),
        DropMostFrequent = context.Settings.Integer("drop"),
        Epochs = context.Settings.Integer("epochs"),
        BatchSize = context.Settings.Integer("batch"),
        LearningRate = context.Settings.Number("learning-rate"),
        Seed = context.Seeds[0],
    };

    private static void Smoke(RunContext context, FlyText text, FlyVecConfig config)
    {
        foreach (var seed in context.Seeds)
        {
            var model = FlyVec.Fit(text.Tokens, text.Vocabulary, config with { Seed = seed }, new EnergyCurve(context, seed), context.CancellationToken);
            MeasureMemory(context, seed, model, new DenseVectors(new float[model.Vocabulary.Count * Dimensions], Dimensions));
        }
        context.Note("Smoke scale trains on this project's documentation; only the memory is measured.");
    }

    private static void MeasureMemory(RunContext context, int seed, FlyVecModel model, DenseVectors dense) =>
        context.Measure("C2a", seed, new PackedCodes(model.Codes(ActiveNeurons), ActiveNeurons).Bytes, dense.Bytes);

    private static void Measure(RunContext context, FlyText text, TrainedSet trained, Dictionary<string, IReadOnlyList<WordPair>> pairs, int seed, bool isFirst)
    {
        var (fly, men) = (trained.Fly, pairs["MEN-TR-3k"]);
        context.Measure("C1a", seed, WordSimilarity.Evaluate(fly, men, ActiveNeurons).Correlation);
        context.Measure("C1b", seed, Enumerable.Range(0, 20).Average(draw =>
            Correlation(men, text, RandomHash.Codes(text.Vocabulary.Count, fly.Neurons, ActiveNeurons, RandomSource.Derive(seed, 77, draw)))));
        MeasureMemory(context, seed, fly, trained.Svd);
        context.Measure("C2b", seed, trained.FlySeconds, trained.SkipGramSeconds);
        foreach (var (id, k, dense) in new[] { ("C3a", 4, trained.Glove), ("C3b", 8, trained.Glove), ("C3c", 16, trained.Glove), ("C3d", 4, trained.Svd), ("C3e", 8, trained.Svd), ("C3f", 16, trained.Svd) })
            context.Measure(id, seed, WordSimilarity.Evaluate(fly, men, k).Correlation, Correlation(men, text, dense.TopActive(k)));

        var flyCodes = fly.Codes(ActiveNeurons);
        var svdCodes = trained.Svd.TopActive(SvdActive);
        foreach (var (id, set) in new[] { "C1c", "C1d", "C1e" }.Zip(FlyData.Documents(context, seed)))
            context.Measure(id, seed, Classify(context, text, set, flyCodes), Classify(context, text, set, svdCodes));
        if (isFirst)
            Describe(context, text, trained, pairs, seed);
    }

    private static double Classify(RunContext context, FlyText text, LabelledTexts set, IReadOnlyList<SparseCode> codes)
    {
        var neurons = codes[0].Neurons;
        var classifier = DocumentClassifier.Fit([.. set.Training.Select(Features)], [.. set.Training.Select(row => row.Label)], cancellationToken: context.CancellationToken);
        return classifier.Accuracy([.. set.Test.Select(Features)], [.. set.Test.Select(row => row.Label)]);

        float[] Features((int Label, string Text) row) => DocumentClassifier.CountNeurons(
            FlyCorpus.Words(row.Text).Select(text.Vocabulary.NumberOf).Where(number => number > 0).Select(number => codes[number]), neurons);
    }

    private static double Correlation(IReadOnlyList<WordPair> pairs, FlyText text, SparseCode[] codes) =>
        WordSimilarity.Evaluate(pairs, text.Vocabulary, (a, b) => SparseCode.Overlap(codes[a], codes[b])).Correlation;

    // For the reader: every set, every length, dense vectors and their binary versions, and neighbours.
    private static void Describe(RunContext context, FlyText text, TrainedSet trained, Dictionary<string, IReadOnlyList<WordPair>> pairs, int seed)
    {
        foreach (var (name, set) in pairs)
        {
            var line = new StringBuilder(Invariant($"Seed {seed}, Spearman on {name}"));
            var report = WordSimilarity.Evaluate(trained.Fly, set, ActiveNeurons);
            line.Append(Invariant($" ({report.Covered} pairs covered, {report.Skipped} skipped): fly"));
            foreach (var k in (int[])[4, 8, 16, 32, 50])
                line.Append(Invariant($" {WordSimilarity.Evaluate(trained.Fly, set, k).Correlation:F3} (k={k})"));
            foreach (var (method, dense) in new[] { ("PPMI-SVD", trained.Svd), ("skip-gram", trained.SkipGram), ("GloVe", trained.Glove) })
            {
                var medians = dense.AboveMedians();
                var signs = dense.Signs();
                line.Append(Invariant($"; {method} dense {WordSimilarity.Evaluate(set, text.Vocabulary, dense.Cosine).Correlation:F3}, 32 largest {Correlation(set, text, dense.TopActive(ActiveNeurons)):F3}, above medians {Correlation(set, text, medians):F3}, signs {Correlation(set, text, signs):F3}"));
            }
            context.Note(line.ToString());
        }
        context.Note(Invariant($"Seed {seed}, processor seconds: fly {trained.FlySeconds:F1}, PPMI-SVD {trained.SvdSeconds:F1}, skip-gram {trained.SkipGramSeconds:F1}, GloVe {trained.GloveSeconds:F1}. Model: {2L * trained.Fly.Neurons * text.Vocabulary.Count * 4} bytes of weights while training; {new PackedCodes(trained.Fly.Codes(ActiveNeurons), ActiveNeurons).Bytes} bytes of codes after. {trained.Fly.Norms.Count(norm => norm is > 0.95f and < 1.05f)} of {trained.Fly.Neurons} neurons have a norm within 5% of 1. No gradient is computed: the rule is local and runs on plain arrays."));
        foreach (var word in Shown.Where(word => text.Vocabulary.NumberOf(word) > 0))
            context.Note($"Nearest to '{word}': {string.Join(", ", trained.Fly.Nearest(word, ActiveNeurons, 5).Select(hit => hit.Word))}.");
    }

    private static void Curve(RunContext context, FlyText text, FlyChoice choice, IReadOnlyList<WordPair> men)
    {
        var seed = context.Seeds[0];
        foreach (var share in (double[])[0.1, 0.3])
        {
            context.Report(Invariant($"corpus-size curve: {100 * share:0}% of the text"), 0.9 + (share / 5));
            var tokens = text.Tokens.Take(share);
            var model = FlyVec.Fit(tokens, text.Vocabulary, choice.Fly with { Seed = seed, BatchSize = Math.Max(1, (int)(choice.Fly.BatchSize * share)) }, null, context.CancellationToken);
            var svd = choice.Svd.Fit(Cooccurrence.Count(tokens, text.Vocabulary.Count, choice.Fly.Window / 2), context.CancellationToken);
            Log(share, WordSimilarity.Evaluate(model, men, ActiveNeurons).Correlation, WordSimilarity.Evaluate(men, text.Vocabulary, svd.Cosine).Correlation);
        }
        Log(1, WordSimilarity.Evaluate(choice.First.Fly, men, ActiveNeurons).Correlation, WordSimilarity.Evaluate(men, text.Vocabulary, choice.First.Svd.Cosine).Correlation);

        void Log(double share, double fly, double dense)
        {
            var words = (long)(share * text.Tokens.Ids.Length);
            context.LogScalar("MEN by words of text/fly, 32 active", words, fly);
            context.LogScalar("MEN by words of text/PPMI-SVD, dense", words, dense);
            context.Note(Invariant($"MEN on {words} words of text, seed {seed}: fly {fly:F3}, dense PPMI-SVD {dense:F3}."));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class LastStep : IProgress<FlyVecProgress>
    {
        public double Energy { get; private set; }

        public void Report(FlyVecProgress value) => Energy = value.Energy;
    }
}

/// <summary>A numbered text and its words.</summary>
internal sealed record FlyText(FlyTokens Tokens, FlyVocabulary Vocabulary);

/// <summary>Logs the energy of every epoch's last batch, and tells how far the training is.</summary>
internal sealed class EnergyCurve(RunContext context, int seed) : IProgress<FlyVecProgress>
{
    public void Report(FlyVecProgress value)
    {
        if (value.Step % (value.Steps / value.Epochs) != 0)
            return;
        context.LogScalar($"energy a window/fly/seed {seed}", value.Step, value.Energy);
        context.Report(string.Create(CultureInfo.InvariantCulture, $"fly, seed {seed}: epoch {value.Epoch} of {value.Epochs}, energy {value.Energy:G4}"));
    }
}
