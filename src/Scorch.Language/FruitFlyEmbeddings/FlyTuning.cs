using System.Diagnostics;
using Scorch.Reproductions;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>All methods, trained with one seed, and the processor time that each took.</summary>
internal sealed record TrainedSet(
    FlyVecModel Fly, DenseVectors Svd, DenseVectors SkipGram, DenseVectors Glove, double FlySeconds, double SvdSeconds, double SkipGramSeconds, double GloveSeconds);

/// <summary>The settings that are measured, and what the first seed gave with them.</summary>
internal sealed record FlyChoice(FlyVecConfig Fly, PpmiSvd Svd, SkipGram SkipGram, Glove Glove, TrainedSet First);

/// <summary>The same tuning for every method: four settings each, told apart on WordSim-353 with the first seed.</summary>
internal static class FlyTuning
{
    public static FlyChoice Choose(RunContext context, FlyText text, FlyVecConfig config, IReadOnlyList<WordPair> development)
    {
        var (seed, radius) = (context.Seeds[0], config.Window / 2);
        var token = context.CancellationToken;
        var tune = context.Settings.Flag("tune");
        var words = text.Vocabulary.Count;
        var fly = Best("fly", [.. Steps(config.LearningRate).Select(rate => config with { LearningRate = rate })], setting => FlyVec.Fit(text.Tokens, text.Vocabulary, setting with { Seed = seed }, new EnergyCurve(context, seed), token),
            model => WordSimilarity.Evaluate(model, development).Correlation, setting => FormattableString.Invariant($"learning rate {setting.LearningRate}"));
        var svd = Best("PPMI-SVD", [.. new[] { 0.5, 0, 0.25, 1 }.Select(power => new PpmiSvd(Power: power, Seed: seed))], setting => setting.Fit(Cooccurrence.Count(text.Tokens, words, radius), token), Dense, setting => FormattableString.Invariant($"power {setting.Power}"));
        var skipGram = Best("skip-gram", [.. Steps(0.2).Select(rate => new SkipGram(Radius: radius, Epochs: config.Epochs, LearningRate: rate, Seed: seed))],
            setting => setting.Fit(text.Tokens, words, token), Dense, setting => FormattableString.Invariant($"learning rate {setting.LearningRate}"));
        var glove = Best("GloVe", [.. Steps(0.4).Select(rate => new Glove(Epochs: config.Epochs, LearningRate: rate, Seed: seed))],
            setting => setting.Fit(Cooccurrence.Count(text.Tokens, words, radius, byDistance: true), token), Dense, setting => FormattableString.Invariant($"learning rate {setting.LearningRate}"));
        return new FlyChoice(fly.Setting, svd.Setting, skipGram.Setting, glove.Setting,
            new TrainedSet(fly.Model, svd.Model, skipGram.Model, glove.Model, fly.Seconds, svd.Seconds, skipGram.Seconds, glove.Seconds));

        // From a high rate down to a twentieth of it.
        static IEnumerable<double> Steps(double rate) => [rate, rate / 2, rate / 4, rate / 20];

        double Dense(DenseVectors vectors) => WordSimilarity.Evaluate(development, text.Vocabulary, vectors.Cosine).Correlation;

        (TSetting Setting, TModel Model, double Seconds) Best<TSetting, TModel>(
            string name, TSetting[] settings, Func<TSetting, TModel> fit, Func<TModel, double> score, Func<TSetting, string> describe)
        {
            context.Report($"{name}: tuning", 0.05);
            var tried = (tune ? settings : settings[..1]).Select(setting =>
            {
                var (model, seconds) = Timed(() => fit(setting));
                return (Setting: setting, Model: model, Seconds: seconds, Score: tune ? score(model) : 0);
            }).ToList();
            var best = tried.MaxBy(entry => entry.Score);
            if (tune)
                context.Note($"{name}, chosen on WordSim-353 with seed {seed}: {string.Join("; ", tried.Select(entry => FormattableString.Invariant($"{describe(entry.Setting)}: {entry.Score:F3}")))}.");
            return (best.Setting, best.Model, best.Seconds);
        }
    }

    public static TrainedSet Train(RunContext context, FlyText text, FlyChoice choice, int seed)
    {
        var (words, radius, token) = (text.Vocabulary.Count, choice.Fly.Window / 2, context.CancellationToken);
        var fly = Timed(() => FlyVec.Fit(text.Tokens, text.Vocabulary, choice.Fly with { Seed = seed }, new EnergyCurve(context, seed), token));
        var svd = Timed(() => (choice.Svd with { Seed = seed }).Fit(Cooccurrence.Count(text.Tokens, words, radius), token));
        var skipGram = Timed(() => (choice.SkipGram with { Seed = seed }).Fit(text.Tokens, words, token));
        var glove = Timed(() => (choice.Glove with { Seed = seed }).Fit(Cooccurrence.Count(text.Tokens, words, radius, byDistance: true), token));
        return new TrainedSet(fly.Model, svd.Model, skipGram.Model, glove.Model, fly.Seconds, svd.Seconds, skipGram.Seconds, glove.Seconds);
    }

    // Processor time, not the clock's: the fly's training runs on all cores, skip-gram's and GloVe's on one.
    private static (T Model, double Seconds) Timed<T>(Func<T> work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var model = work();
        process.Refresh();
        return (model, (process.TotalProcessorTime - before).TotalSeconds);
    }
}
