using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.SwitchTransformers;

/// <summary>Trains every model of the comparison on the same batches, seed by seed.</summary>
internal static class SwitchExperiments
{
    private const string Dense = "dense";
    private const string Wide = "dense wide";
    private const string Switch4 = "switch-4";
    private const string Switch16 = "switch-16";
    private const string TopTwo = "top-2 of 16";
    private const string NoBalance = "switch-16, alpha 0";
    private const string Selective = "switch-16, bfloat16, router float32";
    private const string Naive = "switch-16, bfloat16, router bfloat16";
    private const string Student = "dense student";

    public static async Task RunAsync(RunContext context)
    {
        context.Report("reading the text");
        var corpus = SwitchData.Corpus(context);
        var plan = new Plan(context, corpus);
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{corpus.Training.Count} windows of {corpus.Context + 1} tokens to learn from, {corpus.Validation.Count} held out; {corpus.Tokenizer.Count} words; no setting was searched: every model has the same rate and steps."));
        var runs = new Dictionary<(string Arm, int Seed), Outcome>();
        for (var i = 0; i < context.Seeds.Count; i++) await plan.RunSeedAsync(context.Seeds[i], i, runs).ConfigureAwait(false);
        Measure(context, plan, runs);
        Describe(context, plan, runs);
        context.MarkNotMeasurable("C2", "needs T5-XXL and a trillion parameters");
        context.MarkNotMeasurable("C3", "needs mC4's 101 languages and mT5-Base");
    }

    public static string OneStep(RunContext context)
    {
        var corpus = SwitchData.Corpus(context);
        var plan = new Plan(context, corpus);
        var model = SwitchLanguageModel.Create(plan.Language, plan.Experts(16), context.Seeds[0]);
        var result = LmTrainer.Fit(model, corpus, plan.Options(context.Seeds[0]) with { Steps = 1, EvaluateEvery = 1 }, null, null, context.CancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"switch-16: {model.ParameterCount} parameters, {plan.Language.Layers} blocks, d = {plan.Shape.ModelDim}, {corpus.Tokenizer.Count} words; held-out loss after one step {result.Final.Loss:F3}, load entropy {result.Final.Entropy:F3}");
    }

    private static void Measure(RunContext context, Plan plan, Dictionary<(string Arm, int Seed), Outcome> runs)
    {
        double Loss(string arm, int seed) => runs[(arm, seed)].Result.Final.Loss;
        double InPooledDeviations(string first, string second, int seed)
        {
            // Two equal groups: the pooled variance is the mean of both variances.
            var pooled = Math.Sqrt((Variance(first) + Variance(second)) / 2);
            return (Loss(first, seed) - Loss(second, seed)) / pooled;
        }
        double Variance(string arm)
        {
            var mean = context.Seeds.Average(seed => Loss(arm, seed));
            return context.Seeds.Sum(seed => Math.Pow(Loss(arm, seed) - mean, 2)) / (context.Seeds.Count - 1);
        }
        foreach (var seed in context.Seeds)
        {
            context.Measure("C1a", seed, InPooledDeviations(Dense, Switch16, seed));
            context.Measure("C1b", seed, plan.Steps / (runs[(Switch16, seed)].Result.StepsTo(Loss(Dense, seed)) ?? plan.Steps));
            context.Measure("C4a", seed, Loss(Selective, seed), Loss(Naive, seed));
            context.Measure("C4b", seed, Loss(Selective, seed), plan.LossAt(runs[(Switch16, seed)].Result, plan.BFloat16Steps));
            context.Measure("C5a", seed, InPooledDeviations(Switch16, Switch4, seed));
            context.Measure("C5b", seed, InPooledDeviations(Switch4, Dense, seed));
            context.Measure("C6", seed, InPooledDeviations(Switch16, TopTwo, seed));
            context.Measure("C7", seed, Loss(Student, seed), plan.LossAt(runs[(Dense, seed)].Result, plan.DistillationSteps));
            context.Measure("C8", seed, runs[(Switch16, seed)].Result.Final.Entropy, runs[(NoBalance, seed)].Result.Final.Entropy);
        }
    }

    /// <summary>A line a model, for the reader of the evidence.</summary>
    private static void Describe(RunContext context, Plan plan, Dictionary<(string Arm, int Seed), Outcome> runs)
    {
        foreach (var arm in runs.Keys.Select(key => key.Arm).Distinct())
        {
            var own = context.Seeds.Select(seed => runs[(arm, seed)]).ToArray();
            double Mean(Func<LmTrainingResult, double> of) => own.Average(outcome => of(outcome.Result));
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{arm}: {own[0].Parameters} parameters, {own[0].Steps} steps, held-out loss {Mean(result => result.Final.Loss):F4}, {Mean(result => result.Duration.TotalSeconds):F1} s of training");
            if (!double.IsNaN(own[0].Result.Final.Entropy))
            {
                line += string.Create(
                    CultureInfo.InvariantCulture,
                    $", load entropy {Mean(result => result.Final.Entropy):F3}, dropped in training {Mean(result => result.TrainingDroppedFraction):P1} and evaluation {Mean(result => result.Final.DroppedFraction):P1}, greatest logit {Mean(result => result.Final.GreatestLogit):F2}");
            }
            context.Note(line);
        }
        var missed = context.Seeds.Count(seed => runs[(Switch16, seed)].Result.StepsTo(runs[(Dense, seed)].Result.Final.Loss) is null);
        if (missed > 0) context.Note($"switch-16 did not reach the dense model's final loss within {plan.Steps} steps with {missed} of {context.Seeds.Count} seeds.");
        if (plan.LostEvaluations) context.Note("Where a shorter run ends between two evaluations of a longer one, the longer one's loss is interpolated.");
    }

    private sealed record Outcome(LmTrainingResult Result, long Parameters, int Steps);

    private sealed class Plan(RunContext context, LmCorpus corpus)
    {
        private readonly RunSettings settings = context.Settings;

        public int Steps { get; } = context.Settings.Integer("steps");

        public int BFloat16Steps { get; } = Math.Min(context.Settings.Integer("bfloat16-steps"), context.Settings.Integer("steps"));

        public int DistillationSteps { get; } = Math.Min(context.Settings.Integer("distillation-steps"), context.Settings.Integer("steps"));

        public bool LostEvaluations => BFloat16Steps % settings.Integer("evaluate-every") != 0 || DistillationSteps % settings.Integer("evaluate-every") != 0;

        public LmConfig Language { get; } = new(corpus.Tokenizer.Count, context.Settings.Integer("layers"), context.Settings.Integer("heads")) { Context = corpus.Context };

        public SwitchConfig Shape { get; } = new()
        {
            ModelDim = context.Settings.Integer("model-dim"),
            FfDim = context.Settings.Integer("ff-dim"),
            CapacityFactor = context.Settings.Number("capacity-factor"),
            InitScale = context.Settings.Number("init-scale"),
        };

        public SwitchConfig Experts(int count) => Shape with { Experts = count };

        public TrainOptions Options(int seed) => new()
        {
            Steps = Steps,
            BatchSize = settings.Integer("batch"),
            LearningRate = settings.Number("learning-rate"),
            WarmUpSteps = settings.Integer("warm-up"),
            EvaluateEvery = settings.Integer("evaluate-every"),
            ValidationWindows = settings.Integer("validation-windows"),
            Seed = seed,
        };

        public async Task RunSeedAsync(int seed, int index, Dictionary<(string Arm, int Seed), Outcome> runs)
        {
            var options = Options(seed);
            var lowPrecision = options with { Steps = BFloat16Steps, UsesBFloat16 = true };
            var teacher = SwitchLanguageModel.Create(Language, Experts(16), seed);
            (string Arm, SwitchLanguageModel Model, TrainOptions Options)[] arms =
            [
                (Dense, SwitchLanguageModel.CreateDense(Language, Shape, seed), options),
                (Wide, SwitchLanguageModel.CreateDense(Language, Shape with { FfDim = SwitchLanguageModel.ParameterMatchedInner(Language, Experts(4)) }, seed), options),
                (Switch4, SwitchLanguageModel.Create(Language, Experts(4), seed), options),
                (Switch16, teacher, options),
                (TopTwo, SwitchLanguageModel.Create(Language, Experts(16) with { TopK = 2, CapacityFactor = 2 }, seed), options),
                (NoBalance, SwitchLanguageModel.Create(Language, Experts(16) with { AuxLossWeight = 0 }, seed), options),
                (Selective, SwitchLanguageModel.Create(Language, Experts(16), seed), lowPrecision),
                (Naive, SwitchLanguageModel.Create(Language, Experts(16) with { RouterPrecision = RouterPrecision.BFloat16 }, seed), lowPrecision),
            ];
            for (var i = 0; i < arms.Length; i++)
            {
                var (arm, model, own) = arms[i];
                Record(arm, model, own.Steps, await LmTrainer.FitAsync(model, corpus, own, View(arm, i), context.CancellationToken).ConfigureAwait(false));
            }
            var distillation = new DistillOptions { Training = options with { Steps = DistillationSteps } };
            var (student, trained) = await SparseDistiller.ToDenseAsync(teacher, distillation, corpus, View(Student, arms.Length), context.CancellationToken).ConfigureAwait(false);
            Record(Student, student, DistillationSteps, trained);

            TrainingView View(string arm, int i)
            {
                var part = 1.0 / (context.Seeds.Count * (arms.Length + 1));
                var from = part * ((index * (arms.Length + 1)) + i);
                return context.Training($"seed {seed}, {arm}", from, from + part);
            }

            void Record(string arm, SwitchLanguageModel model, int steps, LmTrainingResult result)
            {
                foreach (var (step, loss) in result.Curve) context.LogScalar($"held-out loss, seed {seed}/{arm}", step, loss);
                runs[(arm, seed)] = new(result, model.ParameterCount, steps);
            }
        }

        /// <summary>A curve's loss at a step, linear between two evaluations.</summary>
        public double LossAt(LmTrainingResult result, int step)
        {
            var before = result.Curve.LastOrDefault(point => point.Step <= step, result.Curve[0]);
            var after = result.Curve.FirstOrDefault(point => point.Step >= step, result.Curve[^1]);
            return after.Step == before.Step ? before.Loss : before.Loss + ((after.Loss - before.Loss) * (step - before.Step) / (after.Step - before.Step));
        }
    }
}
