using System.Globalization;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.ZeroShotDst;

/// <summary>The measurements of <see cref="DstReproduction"/> on Schema-Guided Dialogue and WOZ 2.0, or at smoke scale on made dialogs.</summary>
internal sealed class DstExperiments
{
    public const string SgdName = "sgd";
    public const string WozName = "woz2";

    /// <summary>In which the claims' question model asks: the form that schemas give.</summary>
    private const QuestionStyle Asked = QuestionStyle.Description;

    private readonly RunContext context;
    private readonly DstData training;
    private readonly (DialogService Service, DstData Test, DstData Support)[] held;
    private readonly DialogSchema schema;
    private readonly TrackerConfig config;
    private readonly ByteLevelBpeTokenizer tokenizer;

    public DstExperiments(RunContext context)
    {
        this.context = context;
        context.Report("reading dialogs", 0);
        var settings = context.Settings;
        string[] names = [.. settings.Text("services").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
        if (names.Length != 3) throw new UsageException($"--set services: {names.Length} services were given; give three, because the claims ask for two of three.");
        var (train, test) = Load(settings.Integer("train-files"));
        foreach (var name in names)
        {
            if (test.Schema.TryFind(name) is null) throw new UsageException($"--set services: the part has no service '{name}'; it has {string.Join(", ", test.Dialogs.SelectMany(dialog => dialog.Services).Distinct().Order(StringComparer.Ordinal))}.");
            if (train.Schema.Services.Any(service => DialogService.Matches(service.Name, name))) train = DstData.Except(train, name);
        }
        train.RequireNoLeak(names);
        training = train;
        held = [.. names.Select(name => Halves(test, name, settings.Integer("test-dialogs")))];
        config = new()
        {
            Layers = settings.Integer("layers"),
            Dim = settings.Integer("dim"),
            Heads = settings.Integer("heads"),
            MaxHistory = settings.Integer("history"),
            CopyHead = settings.Flag("copy-head"),
        };
        schema = training.Schema.With(test.Schema);
        context.Report("learning tokens", 0.01);
        tokenizer = DialogTokens.Train(training.Dialogs, settings.Integer("vocabulary"), GenerativeTracker.Identifiers(schema), context.CancellationToken);
    }

    public void Run()
    {
        Note($"Training: {training.Source}, {training.Dialogs.Count} dialogs, {training.UserTurns} user turns, about {string.Join(", ", training.Dialogs.SelectMany(dialog => dialog.Services).Distinct().Order(StringComparer.Ordinal))}; none is about a held-out service (checked).");
        Note($"Held out: {string.Join("; ", held.Select(entry => $"{entry.Service.Name}, {entry.Test.Dialogs.Count} test dialogs with {entry.Test.UserTurns} user turns"))}. One training serves all three.");
        Note($"Convention: {Convention.MultiWozZeroShot.Description} Copy head {(config.CopyHead ? "on (the paper has none)" : "off")}. Values compared after: {string.Join(" | ", ValueNormalizer.Rules)}.");
        var differences = new List<double>();
        foreach (var seed in context.Seeds) differences.Add(Seed(seed));
        if (context.Seeds.Count < 2) return;
        var (mean, deviation) = (differences.Average(), Math.Sqrt(differences.Sum(value => Math.Pow(value - differences.Average(), 2)) / (differences.Count - 1)));
        var half = StudentT.Quantile(0.975, differences.Count - 1) * deviation / Math.Sqrt(differences.Count);
        if (mean - half <= 0 && mean + half >= 0) Note($"Joint goal accuracy, question model minus always none: {mean:F2} points within ±{half:F2}: the direction is not confirmed on JGA.");
    }

    public string OneStep()
    {
        var question = GenerativeTracker.Create(config, tokenizer, context.Seeds[0]);
        var result = question.Fit(training, Training(context.Seeds[0], 1, 1), null, context.CancellationToken);
        var trade = new TradeTracker(config, tokenizer, schema, context.Seeds[0]);
        trade.Fit(training, Training(context.Seeds[0], 0, 1), null, context.CancellationToken);
        var report = DstEvaluator.Evaluate(question, held[0].Test, held[0].Service, Convention.MultiWozZeroShot, context.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{training.Dialogs.Count} training dialogs, {result.Questions.Filled} questions with a value and {result.Questions.None} without; question model of {question.Network.ParameterCount} parameters, TRADE-style of {trade.ParameterCount}, {tokenizer.Count} tokens; a step of each, loss {result.Loss:F3}; {report.Turns} turns of {report.Service} tracked.");
    }

    /// <summary>All models of a seed; gives back the middle difference of joint goal accuracy to always none.</summary>
    private double Seed(int seed)
    {
        var settings = context.Settings;
        var (warm, steps) = (settings.Integer("warm-up-steps"), settings.Integer("steps"));
        var first = GenerativeTracker.Create(config, tokenizer, seed);
        if (warm > 0) first.Fit(training, Training(seed, warm, 0), Curve(seed, "warm-up", 0, 0.15), context.CancellationToken);
        var numbers = GenerativeTracker.Create(config with { Conditioning = SlotConditioning.Identifier }, tokenizer, seed);
        numbers.Network.LoadState(first.Network.State());
        first.Fit(training, Training(seed, 0, steps), Curve(seed, "question model", 0.15, 0.4), context.CancellationToken);
        numbers.Fit(training, Training(seed, 0, steps) with { LearningRate = settings.Number("slot-id-learning-rate") }, Curve(seed, "slot-ID model", 0.4, 0.6), context.CancellationToken);
        var trade = new TradeTracker(config, tokenizer, schema, seed);
        // It has no language model to warm up: as many steps in all, on questions.
        trade.Fit(training, Training(seed, 0, warm + steps) with { LearningRate = settings.Number("trade-learning-rate") }, Curve(seed, "TRADE-style", 0.6, 0.7), context.CancellationToken);

        context.Report($"seed {seed}: evaluating", Fraction(seed, 0.7));
        var rules = new LastMentionTracker(LastMentionTracker.ValuesOf(training), MissingValues.None);
        var (slotId, tradeStyle, states, words) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        foreach (var (service, test, _) in held)
        {
            DstReport Row(IDialogTracker tracker, string name, DialogService? asked = null, Convention? convention = null)
            {
                var report = DstEvaluator.Evaluate(tracker, test, asked ?? service, convention ?? Convention.MultiWozZeroShot, context.CancellationToken);
                Note($"{service.Name}, {name}, seed {seed}: JGA {100 * report.JointGoalAccuracy:F2}, F1 {100 * report.Active.F1:F2} (P {100 * report.Active.Precision:F2}, R {100 * report.Active.Recall:F2}), slot accuracy {100 * report.SlotAccuracy:F2}, unsaid values in {100 * report.HallucinatedTurns:F1}% of turns, cut histories {report.TruncatedTurns}.");
                return report;
            }

            if (seed == context.Seeds[0])
            {
                Row(new AlwaysNoneTracker(), "always none");
                Row(rules, "last mention");
            }
            first.Style = Asked;
            var question = Row(first, "question model, description");
            slotId.Add(100 * (question.Active.F1 - Row(numbers, "slot-ID model").Active.F1));
            tradeStyle.Add(100 * (question.Active.F1 - Row(trade, "TRADE-style").Active.F1));
            states.Add(100 * (question.JointGoalAccuracy - question.AlwaysNoneJointGoalAccuracy));
            // Questions of the user's own, in words that no style of training uses; and the same, each asked for the slot before.
            first.Style = QuestionStyle.Template;
            var own = service.Slots.Select(slot => QuestionBook.For(service, slot, QuestionStyle.Paraphrase)[0]).ToList();
            DialogService With(int shift) => service.Slots.Select((slot, i) => (slot.Name, Question: own[(i + shift) % own.Count])).Aggregate(service, (changed, pair) => changed.WithQuestion(pair.Name, pair.Question));
            words.Add(100 * (Row(first, "question model, new words", With(0)).Active.F1 - Row(first, "question model, the next slot's question", With(1)).Active.F1));
            if (seed != context.Seeds[0]) continue;
            // Reported, not claimed: one seed does.
            Row(first, "question model, template");
            first.Style = QuestionStyle.SlotName;
            Row(first, "question model, slot name");
            first.Style = QuestionStyle.Paraphrase;
            Row(first, "question model, vote of three wordings");
            first.Paraphrases = ParaphraseRule.Average;
            Row(first, "question model, average of three wordings");
            first.Paraphrases = ParaphraseRule.Vote;
        }
        context.Measure("C1a", seed, Middle(slotId));
        context.Measure("C1b", seed, Middle(tradeStyle));
        context.Measure("C1c", seed, Middle(states));
        context.Measure("C2", seed, Middle(words));

        var support = DstData.Join([.. held.Select(entry => entry.Support)]);
        first.Style = Asked;
        first.Fit(support, Training(seed, 0, settings.Integer("in-domain-steps")), Curve(seed, "upper bound", 0.9, 0.97), context.CancellationToken);
        foreach (var (service, test, own) in held)
        {
            var report = DstEvaluator.Evaluate(first, test, service, Convention.InDomain, context.CancellationToken);
            Note($"{service.Name}, upper bound (question model after {own.Dialogs.Count} other dialogs about the service), seed {seed}: JGA {100 * report.JointGoalAccuracy:F2}, F1 {100 * report.Active.F1:F2}.");
        }
        return Middle(states);
    }

    private TrackerTraining Training(int seed, int warm, int steps) => new()
    {
        Steps = steps,
        WarmUpSteps = warm,
        DialogsPerStep = context.Settings.Integer("dialogs"),
        QuestionsPerDialog = context.Settings.Integer("questions"),
        LearningRate = context.Settings.Number("learning-rate"),
        NoneRatio = context.Settings.Number("none-ratio"),
        Styles = [QuestionStyle.Template, QuestionStyle.Description, QuestionStyle.SlotName],
        Seed = seed,
    };

    private (DstData Train, DstData Test) Load(int files)
    {
        if (context.Scale == Scale.Smoke)
            return (SyntheticDialogs.Make(["Cafe_1", "Trip_1", "Shop_1"], 6, seed: 1), SyntheticDialogs.Make(SyntheticDialogs.HeldOut, 6, seed: 2));
        var sgd = context.Data.Find(SgdName, "sgd-slice.zip");
        var train = DstFiles.LoadSgd(sgd, DstPart.Train, mostFiles: files);
        return (DstData.Join(train, DstFiles.LoadWoz(context.Data.Find(WozName, "woz2-en.zip"), DstPart.Train)), DstFiles.LoadSgd(sgd, context.Settings.Text("part") == "test" ? DstPart.Test : DstPart.Validation));
    }

    /// <summary>Dialogs about a service: some to test on, as many others for the upper bound; the same for all seeds.</summary>
    private static (DialogService, DstData, DstData) Halves(DstData test, string name, int count)
    {
        var about = DstData.Only(test, name);
        var order = new RandomSource(1).Permutation(about.Dialogs.Count);
        var most = Math.Min(count, about.Dialogs.Count / 2);
        if (most < 1) throw new UsageException($"--set services: {about.Dialogs.Count} test dialogs are about {name}; two are needed at least.");
        DstData Part(int from) => new(about.Source, about.Schema, order.Skip(from).Take(most).Order().Select(i => about.Dialogs[i]));
        return (test.Schema[name], Part(0), Part(most));
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(1);

    private double Fraction(int seed, double part) => (Array.IndexOf([.. context.Seeds], seed) + part) / context.Seeds.Count;

    private LossCurve Curve(int seed, string name, double from, double to) => new(context, context.Training($"seed {seed}: {name}", Fraction(seed, from), Fraction(seed, to)), $"loss/{name}, seed {seed}");

    private void Note(FormattableString line) => context.Note(FormattableString.Invariant(line));

    /// <summary>Passes a trainer's reports on and keeps the losses.</summary>
    private sealed class LossCurve(RunContext context, TrainingView view, string series) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            view.Report(value);
            context.LogScalar(series, value.Step, value.Loss);
        }
    }
}
