using System.Globalization;
using Scorch.Language.SwitchTransformers;
using Scorch.Reproductions;

namespace Scorch.Language.HashLayers;

/// <summary>Trains every way to choose experts on the same batches, seed by seed.</summary>
internal static class HashExperiments
{
    private const string Dense = "dense";
    private const string Switch = "switch";
    private const string Base = "BASE";
    private const string Random = "random hash";
    private const string Balanced = "balanced hash";
    private const string Previous = "previous-token hash";
    private const string Position = "position hash";
    private const string Clustered = "clustered hash";
    private const string Dispersed = "dispersed hash";
    private const string Multi = "MultiHash of two";
    private const string Oracle = "oracle hash";

    public static void Run(RunContext context)
    {
        context.Report("reading the text");
        var plan = new Plan(context);
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Corpus.Training.Count} windows of {plan.Corpus.Context + 1} tokens to learn from, {plan.Corpus.Validation.Count} held out; {plan.Corpus.Tokenizer.Count} words; no setting was searched: every model has the same rate and steps, and dense Adam."));
        var runs = new Dictionary<(string Arm, int Seed), Outcome>();
        for (var i = 0; i < context.Seeds.Count; i++) plan.RunSeed(context.Seeds[i], i, runs);
        Measure(context, runs);
        Describe(context, runs);
        context.MarkNotMeasurable("C3", "needs the Reddit text and models up to 1.28 billion parameters");
    }

    public static string OneStep(RunContext context)
    {
        var plan = new Plan(context);
        var model = HashLanguageModel.Create(plan.Language, plan.Layer, plan.Table(Balanced, context.Seeds[0]), context.Seeds[0]);
        var result = LmTrainer.Fit(model, plan.Corpus, plan.Options(context.Seeds[0]) with { Steps = 1, EvaluateEvery = 1 }, null, null, context.CancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"balanced hash, {plan.Layer.Buckets} experts: {model.ParameterCount} parameters, {plan.Language.Layers} blocks, d = {plan.Layer.ModelDim}, {plan.Corpus.Tokenizer.Count} words; held-out loss after one step {result.Final.Loss:F3}");
    }

    private static void Measure(RunContext context, Dictionary<(string Arm, int Seed), Outcome> runs)
    {
        double Loss(string arm, int seed) => runs[(arm, seed)].Result.Final.Loss;
        double Perplexity(string arm, int seed) => Math.Exp(Loss(arm, seed));
        double Speed(string arm, int seed) => runs[(arm, seed)].Steps / runs[(arm, seed)].Result.Duration.TotalSeconds;
        double Variance(string arm)
        {
            var mean = context.Seeds.Average(seed => Loss(arm, seed));
            return context.Seeds.Sum(seed => Math.Pow(Loss(arm, seed) - mean, 2)) / (context.Seeds.Count - 1);
        }
        // Two equal groups: the pooled variance is the mean of both variances.
        var pooled = Math.Sqrt((Variance(Dense) + Variance(Balanced)) / 2);
        foreach (var seed in context.Seeds)
        {
            context.Measure("C1a", seed, (Loss(Dense, seed) - Loss(Balanced, seed)) / pooled);
            foreach (var (claim, method, baseline) in new[]
            {
                ("C1b", Balanced, Switch), ("C1c", Balanced, Base), ("C2a", Position, Random), ("C2b", Previous, Random), ("C5a", Multi, Random), ("C5b", Dispersed, Clustered),
            })
            {
                context.Measure(claim, seed, Perplexity(method, seed), Perplexity(baseline, seed));
            }
            context.Measure("C4a", seed, Speed(Random, seed), Speed(Switch, seed));
            context.Measure("C4b", seed, Speed(Random, seed), Speed(Base, seed));
            context.Measure("C5c", seed, Perplexity(Oracle, seed), runs.Keys.Where(key => key.Seed == seed && key.Arm != Oracle).Min(key => Perplexity(key.Arm, seed)));
        }
    }

    /// <summary>A line a model, for the reader of the evidence.</summary>
    private static void Describe(RunContext context, Dictionary<(string Arm, int Seed), Outcome> runs)
    {
        foreach (var arm in runs.Keys.Select(key => key.Arm).Distinct())
        {
            var own = context.Seeds.Select(seed => runs[(arm, seed)]).ToArray();
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{arm}: {own[0].Parameters} parameters, held-out loss {own.Average(run => run.Result.Final.Loss):F4}, perplexity {own.Average(run => Math.Exp(run.Result.Final.Loss)):F1}, {own.Average(run => run.Steps / run.Result.Duration.TotalSeconds):F1} updates a second");
            if (own[0].Load is not null)
                line += string.Create(CultureInfo.InvariantCulture, $", load entropy {own.Average(run => run.Load!.Entropy):F3}, greatest share over mean {own.Average(run => run.Load!.GreatestOverMean):F2}");
            else if (!double.IsNaN(own[0].Result.Final.Entropy))
                line += string.Create(CultureInfo.InvariantCulture, $", load entropy {own.Average(run => run.Result.Final.Entropy):F3}, dropped in training {own.Average(run => run.Result.TrainingDroppedFraction):P1}");
            context.Note(line);
        }
    }

    private sealed record Outcome(LmTrainingResult Result, long Parameters, int Steps, HashLoad? Load);

    private sealed class Plan
    {
        private readonly RunContext context;
        private readonly RunSettings settings;

        public Plan(RunContext context)
        {
            (this.context, settings, Corpus) = (context, context.Settings, HashData.Corpus(context));
            var layers = settings.Integer("layers");
            Language = new(Corpus.Tokenizer.Count, layers, settings.Integer("heads")) { Context = Corpus.Context, HashLayers = [layers - 1] };
            Layer = new() { ModelDim = settings.Integer("model-dim"), FfDim = settings.Integer("ff-dim"), Buckets = settings.Integer("experts") };
        }

        public LmCorpus Corpus { get; }

        public HashLmConfig Language { get; }

        public HashLayerConfig Layer { get; }

        public TrainOptions Options(int seed) => new()
        {
            Steps = settings.Integer("steps"),
            BatchSize = settings.Integer("batch"),
            LearningRate = settings.Number("learning-rate"),
            WarmUpSteps = settings.Integer("warm-up"),
            EvaluateEvery = settings.Integer("evaluate-every"),
            ValidationWindows = settings.Integer("validation-windows"),
            Seed = seed,
        };

        public ITokenHash Table(string arm, int seed, Tensor? embeddings = null)
        {
            var (vocabulary, k) = (Corpus.Tokenizer.Count, Layer.Buckets);
            return arm switch
            {
                Random => TokenHash.Random(vocabulary, k, seed),
                Balanced => TokenHash.Balanced(Corpus.UnigramCounts(), k),
                Previous => TokenHash.Previous(TokenHash.Random(vocabulary, k, seed), Corpus.Tokenizer.IdOf(LmCorpus.EndOfText)!.Value),
                Position => TokenHash.Position(Corpus.Context, k, seed),
                Oracle => TokenHash.Oracle(TokenHash.Random(vocabulary, k, seed)),
                Multi => MultiHash.Random(vocabulary, k, 2, seed),
                Clustered => TokenHash.Clustered(embeddings!, k, seed),
                Dispersed => TokenHash.Dispersed(embeddings!, k, seed),
                _ => throw new ArgumentException($"HashExperiments: {arm} has no hash.", nameof(arm)),
            };
        }

        public void RunSeed(int seed, int index, Dictionary<(string Arm, int Seed), Outcome> runs)
        {
            string[] arms = [Dense, Switch, Base, Random, Balanced, Previous, Position, Clustered, Dispersed, Multi, Oracle];
            Tensor? embeddings = null;
            for (var i = 0; i < arms.Length; i++)
            {
                var arm = arms[i];
                var hash = arm is Dense or Switch or Base ? null : Table(arm, seed, embeddings);
                var model = arm switch
                {
                    Dense => HashLanguageModel.CreateDense(Language, Layer, seed),
                    Switch => new(new(Language, Layer, SparseLayerKind.Switch) { BalanceWeight = settings.Number("balance-weight") }, [], seed),
                    Base => new(new(Language, Layer, SparseLayerKind.Base), [], seed),
                    _ => HashLanguageModel.Create(Language, Layer with { Segments = hash!.Functions }, hash, seed),
                };
                var part = 1.0 / (context.Seeds.Count * arms.Length);
                var from = part * ((index * arms.Length) + i);
                var result = LmTrainer.Fit(model, Corpus, Options(seed), null, context.Training($"seed {seed}, {arm}", from, from + part), context.CancellationToken);
                // Clusters are those of the trained baseline's embeddings.
                if (arm == Dense) embeddings = model.Network.Embedding.Tokens.Weight.Detach().Clone();
                foreach (var (step, loss) in result.Curve) context.LogScalar($"held-out loss, seed {seed}/{arm}", step, loss);
                runs[(arm, seed)] = new(result, model.ParameterCount, settings.Integer("steps"), hash?.LoadOfWindows(Corpus.Validation));
            }
        }
    }
}
