using System.Globalization;
using Scorch.Models.Transformers;
using Scorch.Optimizers;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.TimeDial;

/// <summary>The measurements of <see cref="TimeDialReproduction"/>.</summary>
internal sealed class TimeDialExperiments
{
    private const string Bert = "bert";
    private readonly RunContext context;
    private readonly TimeDialSet set;
    private readonly IReadOnlyList<ClozeQuestion> questions;
    private readonly TemporalCorpus clean;
    private readonly TemporalCorpus everything;

    private TimeDialExperiments(RunContext context)
    {
        this.context = context;
        var data = TimeDialData.Load(context);
        set = data.Set;
        questions = [.. set.Items.Select(item => item.Question)];
        var guard = new ContaminationGuard(set.All);
        var report = new ContaminationGuard(set.Items).Examine(data.Dialogs);
        var kept = guard.Clean(data.Dialogs);
        clean = new(kept);
        everything = new(data.Dialogs);
        Note($"{set.All.Count} items, {set.Items.Count} of them with two right answers; mean turns {set.All.Average(item => item.Conversation.Count):F1}.");
        Note($"Of {data.Dialogs.Count} training dialogs, {report.Closest.Count} are the closest to {report.Items.Count} of the {set.Items.Count} items (half of the 7-grams or more shared), {report.Overlapping.Count} repeat one; {data.Dialogs.Count - kept.Count} that repeat any of all {set.All.Count} items left, {kept.Count} stay, with {clean.Spans.Count} temporal expressions.");
        var found = set.All.Count(item => TemporalTagger.IsTemporal(item.Correct1));
        Note($"The tagger takes {found} of {set.All.Count} original spans ({100.0 * found / set.All.Count:F1}%) as temporal as a whole.");
    }

    public static void Run(RunContext context)
    {
        if (context.Scale == Scale.Paper && context.Settings.Text(Bert).Length == 0)
            throw new UsageException("The paper's models are not shipped: give --set bert=FOLDER (bert-large-uncased: config.json, weights, vocab.txt), and --set t5=FOLDER for generation.");
        context.Report("reading dialogs", 0);
        var run = new TimeDialExperiments(context);
        var models = new List<(string, IOptionScorer)>();
        TwoBestReport? first = null;
        foreach (var seed in context.Seeds)
        {
            var (masked, classified, report) = run.Seed(seed);
            models.Add(($"mask filling, seed {seed}", masked));
            models.Add(($"classification, seed {seed}", classified));
            first ??= report;
        }
        run.Shortcuts(models, first!);
    }

    /// <summary>Trains and evaluates the families of one seed; gives back its scorers without dialog, and the first family's report.</summary>
    private (IOptionScorer Masked, IOptionScorer Classified, TwoBestReport Report) Seed(int seed)
    {
        var isFirst = seed == context.Seeds[0];
        var mask = MaskModel(clean, seed, "mask filling", 0, 0.3);
        var prior = DialogTraining.Lengths(clean, mask.Tokenizer);
        MaskFillingScorer Filling(DialogModel<BertMaskedLanguageModel> model, DialogContext seen) => new(model.Model, model.Tokenizer, new MaskFillingConfig { Context = seen, Prior = prior, MaximumLength = Length });
        context.Report($"seed {seed}: mask filling, evaluating", Fraction(seed, 0.3));
        var byLength = Filling(mask, DialogContext.Full).Score(questions, Enum.GetValues<LengthHandling>(), context.CancellationToken)
            .Select(scores => TwoBestEvaluator.FromScores(set.Items, scores)).ToArray();
        foreach (var handling in Enum.GetValues<LengthHandling>()) Row($"mask filling, {handling}, whole dialog, seed {seed}", byLength[(int)handling]);
        var filled = byLength[(int)LengthHandling.Mean];
        var withoutDialog = Filling(mask, DialogContext.OptionsOnly);
        Compare("mask filling", ["C0a", "C1a", "C2a", "C2c", "C2e", "C2f"], seed, filled, Evaluate(Filling(mask, DialogContext.MaskedTurn)), Evaluate(withoutDialog));
        if (isFirst)
        {
            Row($"mask filling, masked turn removed, seed {seed}", Evaluate(Filling(mask, DialogContext.WithoutMaskedTurn)));
            Row($"mask filling, masked turn and one on either side, seed {seed}", Evaluate(Filling(mask, DialogContext.Window(1))));
        }

        var classifier = ClassModel(clean, mask, seed);
        ClassifierScorer Classified(DialogContext seen) => new(classifier.Model, classifier.Tokenizer, new ClassifierConfig { Context = seen, MaximumLength = Length });
        context.Report($"seed {seed}: classification, evaluating", Fraction(seed, 0.6));
        var whole = Evaluate(Classified(DialogContext.Full));
        Row($"classification, whole dialog, seed {seed}", whole);
        var blind = Classified(DialogContext.OptionsOnly);
        Compare("classification", ["C0b", "C1b", "C2b", "C2d", "C2g", "C2h"], seed, whole, Evaluate(Classified(DialogContext.MaskedTurn)), Evaluate(blind));

        // Reported, not claimed: one seed does.
        if (isFirst)
        {
            var contaminated = MaskModel(everything, seed, "mask filling with the test's dialogs", 0.75, 0.95);
            var leaked = Evaluate(Filling(contaminated, DialogContext.Full));
            Row($"mask filling, trained on all dialogs, the test's too, whole dialog, seed {seed}", leaked);
            Note($"Place of the original span (1 is best), seed {seed}: {filled.MeanRanks[0]:F3} after clean training, {leaked.MeanRanks[0]:F3} after contaminated; accuracy {Percent(leaked.Accuracy - filled.Accuracy)} points more.");
        }
        if (context.Settings.Integer("generation-steps") > 0 || context.Settings.Text("t5").Length > 0) Generation(seed);
        return (withoutDialog, blind, filled);
    }

    private void Compare(string family, string[] claims, int seed, TwoBestReport whole, TwoBestReport turn, TwoBestReport none)
    {
        Row($"{family}, masked turn alone, seed {seed}", turn);
        Row($"{family}, no dialog, seed {seed}", none);
        context.Measure(claims[0], seed, 100 * whole.Accuracy);
        context.Measure(claims[1], seed, TimeDialReproduction.GapToHumans(whole.Accuracy));
        context.Measure(claims[2], seed, 100 * whole.Accuracy, 100 * turn.Accuracy);
        context.Measure(claims[3], seed, 100 * whole.Accuracy, 100 * none.Accuracy);
        context.Measure(claims[4], seed, 100 * whole.ByRule[DistractorRule.Phrase].Error, 100 * whole.ByRule[DistractorRule.Open].Error);
        context.Measure(claims[5], seed, 100 * whole.ByRule[DistractorRule.Numeral].Error, 100 * whole.ByRule[DistractorRule.Open].Error);
    }

    private void Generation(int seed)
    {
        var steps = context.Settings.Integer("generation-steps");
        var curve = new Curve(context, context.Training($"seed {seed}: generation", Fraction(seed, 0.95), Fraction(seed, 1)), $"generation loss/seed {seed}");
        DialogModel<T5Model> model;
        if (context.Settings.Text("t5") is { Length: > 0 } folder)
        {
            model = DialogModels.LoadGeneration(folder);
            if (steps > 0) DialogTraining.FineTune(model, clean, Config(seed, steps), curve, context.CancellationToken);
        }
        else model = DialogTraining.Generation(clean, Config(seed, steps), null, curve, context.CancellationToken);
        foreach (var seen in (DialogContext[])[DialogContext.Full, DialogContext.MaskedTurn, DialogContext.OptionsOnly])
            Row($"generation, {seen.View}, seed {seed}", Evaluate(new GenerationScorer(model.Model, model.Tokenizer, new GenerationConfig { Context = seen, MaximumLength = Length })));
    }

    private void Shortcuts(IReadOnlyList<(string, IOptionScorer)> models, TwoBestReport filled)
    {
        context.Report("shortcuts", 0.99);
        var report = ShortcutSuite.Run(set, clean, models, context.Seeds[0], context.CancellationToken);
        foreach (var row in report.Rows) Row($"shortcut: {row.Name}{(row.ReadsDialog ? "" : " (reads no dialog)")}", row.Report);
        var pair = PairedDifference.Bootstrap(filled, report.BestWithoutDialog.Report, context.Settings.Integer("draws"), context.Seeds[0]);
        Note($"Mask filling, seed {context.Seeds[0]}, minus the best shortcut without dialog ({report.BestWithoutDialog.Name}): {Percent(pair.Difference)} points [{Percent(pair.Interval.Low)}, {Percent(pair.Interval.High)}].");
    }

    private TwoBestReport Evaluate(IOptionScorer scorer) => TwoBestEvaluator.Evaluate(set, scorer, context.CancellationToken);

    private DialogModel<BertMaskedLanguageModel> MaskModel(TemporalCorpus corpus, int seed, string name, double from, double to)
    {
        var curve = new Curve(context, context.Training($"seed {seed}: {name}", Fraction(seed, from), Fraction(seed, to)), $"{name} loss/seed {seed}");
        var config = Config(seed, context.Settings.Integer("mask-steps"));
        // Both corpora share the clean one's vocabulary, so that scores of the two models are of the same tokens.
        if (context.Settings.Text(Bert) is not { Length: > 0 } folder) return DialogTraining.MaskFilling(corpus, config, DialogVocabulary.FromDialogs(clean.Dialogs, config.VocabularySize), curve, context.CancellationToken);
        var model = DialogModels.LoadMasked(folder);
        DialogTraining.FineTune(model, corpus, config, curve, context.CancellationToken);
        return model;
    }

    private DialogModel<BertClassifier> ClassModel(TemporalCorpus corpus, DialogModel<BertMaskedLanguageModel> encoder, int seed)
    {
        var curve = new Curve(context, context.Training($"seed {seed}: classification", Fraction(seed, 0.4), Fraction(seed, 0.6)), $"classification loss/seed {seed}");
        var config = Config(seed, context.Settings.Integer("classifier-steps"));
        // A published BERT is taken anew; the small one lends its encoder, as pre-training lends it in the paper.
        var start = context.Settings.Text(Bert) is { Length: > 0 } folder ? DialogModels.LoadMasked(folder) : encoder;
        return DialogTraining.Classification(corpus, config, start, curve, context.CancellationToken);
    }

    private int Length => context.Settings.Integer("length");

    private DialogTrainingConfig Config(int seed, int steps) => Config(context) with { Seed = seed, Steps = Math.Max(1, steps) };

    private static DialogTrainingConfig Config(RunContext context) => new()
    {
        VocabularySize = context.Settings.Integer("vocabulary"),
        Features = context.Settings.Integer("features"),
        Layers = context.Settings.Integer("layers"),
        Length = context.Settings.Integer("length"),
        BatchSize = context.Settings.Integer("batch"),
        LearningRate = context.Settings.Number("learning-rate"),
    };

    /// <summary>Builds the scale's models in full (BERT-large and T5-large at paper scale), takes one training step with each, and scores an item.</summary>
    public static string OneStep(RunContext context)
    {
        var data = TimeDialData.Sample();
        var corpus = new TemporalCorpus(data.Dialogs);
        var config = Config(context) with { Length = Math.Min(context.Settings.Integer("length"), 64), BatchSize = 2 };
        var isPaper = context.Scale == Scale.Paper;
        var question = data.Set.Items[0].Question;
        context.Report("mask filling: building and one step", 0);
        var (bertWeights, bertScores) = MaskStep(isPaper ? BertConfig.Large with { HiddenDropout = 0, AttentionDropout = 0, GradientCheckpointing = true } : null, corpus, config, question, context);
        // The first model's memory is free again before the second is built.
        context.Report("generation: building and one step", 0.5);
        var (t5Weights, t5Scores) = GenerationStep(isPaper ? T5Config.Large with { Dropout = 0, GradientCheckpointing = true } : null, corpus, config, question, context);
        return string.Create(CultureInfo.InvariantCulture, $"Mask filling: {(isPaper ? "BERT-large" : "a small BERT")} of {bertWeights} weights; generation: {(isPaper ? "T5-large" : "a small T5")} of {t5Weights} weights, both drawn at random; one step each on temporal expressions, then the options of an item scored ({bertScores} and {t5Scores} finite scores).");
    }

    private static (long Weights, int Scores) MaskStep(BertConfig? large, TemporalCorpus corpus, DialogTrainingConfig config, ClozeQuestion question, RunContext context)
    {
        var tokenizer = Filled(corpus, large?.VocabularySize ?? config.VocabularySize);
        var model = new BertMaskedLanguageModel(large ?? config.Bert(tokenizer.Count), new RandomSource(context.Seeds[0]));
        var examples = new TemporalExamples(corpus, tokenizer, config.Length);
        var (around, span) = examples.Gap(examples.Spans[0]);
        var batch = Models.Training.MaskedBatch.Of([MaskFilling.Example(new([tokenizer.IdOf(DialogVocabulary.First)!.Value, .. around.Left], span, [.. around.Right, tokenizer.IdOf(DialogVocabulary.Last)!.Value]), tokenizer.IdOf(DialogVocabulary.Mask)!.Value)]);
        Step(model, batch.Loss(model), config, context);
        return (model.Parameters().Sum(parameter => (long)parameter.ElementCount), new MaskFillingScorer(model, tokenizer, new MaskFillingConfig { MaximumLength = config.Length }).Score([question])[0].Count(double.IsFinite));
    }

    private static (long Weights, int Scores) GenerationStep(T5Config? large, TemporalCorpus corpus, DialogTrainingConfig config, ClozeQuestion question, RunContext context)
    {
        var tokenizer = Filled(corpus, large?.VocabularySize ?? config.VocabularySize);
        var model = new T5Model(large ?? config.T5(tokenizer.Count, DialogVocabulary.Require(tokenizer, DialogVocabulary.End)), new RandomSource(context.Seeds[0]));
        var examples = new TemporalExamples(corpus, tokenizer, config.Length);
        var (ids, mask, targets) = GenerationScorer.Batch([examples.Generated(examples.Spans[0])]);
        Step(model, model.Loss(ids, targets, mask), config, context);
        return (model.Parameters().Sum(parameter => (long)parameter.ElementCount), new GenerationScorer(model, tokenizer, new GenerationConfig { MaximumLength = config.Length }).Score([question])[0].Count(double.IsFinite));
    }

    // Plain gradient descent keeps no state beside weights and gradients: the step stays within their memory.
    private static void Step(Modules.Module model, Tensor loss, DialogTrainingConfig config, RunContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        loss.Backward();
        new Sgd(model.Parameters(), new SgdConfig(config.LearningRate)).Step();
        model.ClearGradients();
        model.Evaluate();
    }

    /// <summary>The sample's words, and invented ones up to the size of the published vocabulary.</summary>
    private static WordTokenizer Filled(TemporalCorpus corpus, int size) =>
        DialogVocabulary.FromDialogs([.. corpus.Dialogs, [string.Join(' ', Enumerable.Range(0, size).Select(i => "w" + string.Concat(i.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')))))]], size);

    private double Fraction(int seed, double within) => 0.02 + (0.96 * (context.Seeds.TakeWhile(other => other != seed).Count() + within) / context.Seeds.Count);

    private void Row(string name, TwoBestReport report)
    {
        string Error(DistractorRule rule) => report.ByRule[rule] is { Count: > 0 } error ? Percent(error.Error) : "-";
        Note($"{name}: {Percent(report.Accuracy)}% [{Percent(report.ConfidenceInterval.Low)}, {Percent(report.ConfidenceInterval.High)}]; wrong options among the two best: Rule 1 {Error(DistractorRule.Phrase)}%, Rule 2 {Error(DistractorRule.Numeral)}%, Rule 3 {Error(DistractorRule.Open)}%.{(report.Truncations > 0 ? $" {report.Truncations} dialogs cut." : "")}");
    }

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private void Note(FormattableString text) => context.Note(FormattableString.Invariant(text));

    private sealed class Curve(RunContext context, TrainingView view, string series) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            view.Report(value);
            context.LogScalar(series, value.Step, value.Loss);
        }
    }
}
