using System.Globalization;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.TimeDial;

/// <summary><c>scorch timedial evaluate</c>, <c>tag</c>, <c>build</c> and <c>train</c>, on the user's own files.</summary>
internal static class TimeDialCommands
{
    private static readonly CommandOption Dialogs = new("dialogs", "Dialogs, one a line, turns ended by __eou__, plain or DailyDialog's zip: where frequencies, values and lengths are counted.", ValueKind.Path);
    private static readonly CommandOption Seed = new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1");
    private static readonly string[] Families = ["mask", "class", "generate"];

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "evaluate",
            Description = "2-best accuracy of a model or of given scores on a set, beside what shortcuts reach.",
            Arguments = [new("set", "The set, TimeDial's JSON.", ValueKind.Path)],
            Options =
            [
                new("scores", "Scores of any model: JSON lines {\"id\": …, \"log_probabilities\": [four numbers]}.", ValueKind.Path),
                new("model", "Folder of a model: config.json, weights, and vocabulary.json, vocab.txt or spiece.model.", ValueKind.Path),
                new("family", "What the model does.", DefaultValue: "mask", Choices: Families),
                new("lengths", "How token log-probabilities become a score.", DefaultValue: "mean", Choices: ["sum", "mean", "mean-with-prior"]),
                new("order", "Mask filling: all tokens at once, or from the left.", DefaultValue: "one-pass", Choices: ["one-pass", "left-to-right"]),
                new("context", "What the model sees: full, turn, without-turn, options, or a number of turns on either side.", DefaultValue: "full"),
                new("length", "The most tokens that are read at once.", ValueKind.Integer, "512"),
                Dialogs,
                new("questions", "Write the questions for another program into this file, JSON lines, and stop.", ValueKind.Path),
                new("out", "Write the scores into this file, JSON lines.", ValueKind.Path),
                Seed,
            ],
            Handler = context => Task.Run(() => Evaluate(context), context.CancellationToken),
        },
        new()
        {
            Name = "tag",
            Description = "Find temporal expressions in text files, a line at a time, with their values; JSON lines.",
            Arguments = [new("text", "The text file.", ValueKind.Path)],
            Options = [new("out", "The file to write; without it, the expressions are printed.", ValueKind.Path)],
            Handler = context => Task.Run(() => Tag(context), context.CancellationToken),
        },
        new()
        {
            Name = "build",
            Description = "Build temporal cloze items from your own dialogs.",
            Arguments = [new("dialogs", "Dialogs, one a line, turns ended by __eou__; plain text or DailyDialog's zip.", ValueKind.Path)],
            Options =
            [
                new("out", "The items, JSON lines with all answers, wrong options and values.", ValueKind.Path, IsRequired: true),
                new("set", "Also write them in TimeDial's form, two wrong options each, for the command evaluate.", ValueKind.Path),
                new("min-spans", "Expressions that a dialog must have.", ValueKind.Integer, "3"),
                new("rules", "Rules of the wrong options, separated by commas: phrase, numeral, open.", DefaultValue: "phrase,numeral,open"),
                new("restate", "Also write lengths and ages a second way (digits for words), as another right option.", ValueKind.Flag),
                new("all-spans", "An item from every expression, else one a dialog.", ValueKind.Flag),
                Seed,
            ],
            Handler = context => Task.Run(() => Build(context), context.CancellationToken),
        },
        new()
        {
            Name = "train",
            Description = "Train a small model of one of the three families on dialogs.",
            Arguments = [new("dialogs", "Dialogs, one a line, turns ended by __eou__; plain text or DailyDialog's zip.", ValueKind.Path)],
            Options =
            [
                new("out", "The model's folder to write.", ValueKind.Path, IsRequired: true),
                new("family", "What it learns.", DefaultValue: "mask", Choices: Families),
                new("without", "A set in TimeDial's form; dialogs that repeat its dialogs are left out.", ValueKind.Path),
                new("vocabulary", "Tokens.", ValueKind.Integer, "6000"),
                new("features", "Features of the hidden states; 4 heads divide them.", ValueKind.Integer, "96"),
                new("layers", "Blocks.", ValueKind.Integer, "3"),
                new("length", "Tokens that are read at once.", ValueKind.Integer, "160"),
                new("batch", "Texts of a step.", ValueKind.Integer, "16"),
                new("steps", "Training steps.", ValueKind.Integer, "400"),
                new("learning-rate", "The greatest learning rate.", ValueKind.Number, "0.001"),
                Seed,
            ],
            Handler = context => Task.Run(() => Train(context), context.CancellationToken),
        },
    ];

    private static void Evaluate(CommandContext context)
    {
        var set = TimeDialSet.Load(context.Text("set"));
        Print(context, $"{set.All.Count} items, {set.Items.Count} with two right answers, {set.SingleAnswer.Count} with one");
        foreach (var warning in set.Warnings) context.Error.WriteLine(warning);
        if (context.TextOrNull("questions") is { } file)
        {
            JsonLineScorer.SaveQuestions(file, set.Items.Select(item => item.Question));
            Print(context, $"written to {file}; options stand in the order correct1, correct2, incorrect1, incorrect2");
            return;
        }
        var corpus = context.TextOrNull("dialogs") is { } dialogs ? new TemporalCorpus(new ContaminationGuard(set.All).Clean(DialogTurns.WithSpeakers(DailyDialog.Load(dialogs)))) : new TemporalCorpus([]);
        if (context.Has("scores") && context.Has("model")) throw new UsageException("evaluate: give --scores FILE or --model FOLDER, not both.");
        var scorer = context.TextOrNull("scores") is { } scores ? JsonLineScorer.Load(scores) : context.Has("model") ? Scorer(context, corpus) : null;
        if (scorer is not null)
        {
            var report = TwoBestEvaluator.Evaluate(set, scorer, context.CancellationToken);
            Show(context, context.TextOrNull("model") ?? context.Text("scores"), report);
            Print(context, $"mean place of correct1 {report.MeanRanks[0]:F2}, correct2 {report.MeanRanks[1]:F2}, incorrect1 {report.MeanRanks[2]:F2}, incorrect2 {report.MeanRanks[3]:F2}; {report.TiedItems} items tied; {report.Truncations} dialogs cut");
            if (context.TextOrNull("out") is { } path) JsonLineScorer.Save(path, report.PerItem.Select(item => (item.Id, item.Scores)));
            var units = TwoBestEvaluator.Evaluate(set, ShortcutScorers.UnitAgreement(corpus));
            var pair = PairedDifference.Bootstrap(report, units, seed: context.Integer("seed"));
            Print(context, $"minus unit agreement of the options alone: {100 * pair.Difference:F1} points [{100 * pair.Interval.Low:F1}, {100 * pair.Interval.High:F1}]");
        }
        foreach (var row in ShortcutSuite.Run(set, corpus, seed: context.Integer("seed"), cancellationToken: context.CancellationToken).Rows)
            Show(context, row.Name + (row.ReadsDialog ? "" : " *"), row.Report);
        Print(context, $"* reads no dialog{(context.Has("dialogs") ? "" : "; frequencies and values need --dialogs FILE")}");
    }

    private static IOptionScorer Scorer(CommandContext context, TemporalCorpus corpus)
    {
        var handling = context.Text("lengths") switch
        {
            "sum" => LengthHandling.Sum,
            "mean" => LengthHandling.Mean,
            _ => LengthHandling.MeanWithPrior,
        };
        if (handling == LengthHandling.MeanWithPrior && !context.Has("dialogs")) throw new UsageException("evaluate: --lengths mean-with-prior needs --dialogs FILE, in which lengths are counted.");
        LengthPrior? Prior(ITokenizer tokenizer) => handling == LengthHandling.MeanWithPrior ? DialogTraining.Lengths(corpus, tokenizer) : null;
        var (folder, seen, length) = (context.Text("model"), DialogContext.Parse(context.Text("context")), context.Integer("length"));
        switch (context.Text("family"))
        {
            case "mask":
                var mask = DialogModels.LoadMasked(folder);
                var order = context.Text("order") == "one-pass" ? FillingOrder.OnePass : FillingOrder.LeftToRight;
                return new MaskFillingScorer(mask.Model, mask.Tokenizer, new MaskFillingConfig { Length = handling, Order = order, Context = seen, Prior = Prior(mask.Tokenizer), MaximumLength = length });
            case "class":
                var classifier = DialogModels.LoadClassifier(folder);
                return new ClassifierScorer(classifier.Model, classifier.Tokenizer, new ClassifierConfig { Context = seen, MaximumLength = length });
            default:
                var writer = DialogModels.LoadGeneration(folder);
                return new GenerationScorer(writer.Model, writer.Tokenizer, new GenerationConfig { Length = handling, Context = seen, Prior = Prior(writer.Tokenizer), MaximumLength = length });
        }
    }

    private static void Tag(CommandContext context)
    {
        var found = new List<(int Line, TemporalSpan Span)>();
        var number = 0;
        foreach (var line in TextCorpus.FromFiles([context.Text("text")]))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            number++;
            found.AddRange(TemporalTagger.Find(line).Select(span => (number, span)));
        }
        if (context.TextOrNull("out") is not { } path)
        {
            foreach (var (line, span) in found)
                Print(context, $"{line}:{span.Start}-{span.End}\t{span.Kind}\t{(span.Seconds is { } value ? value.ToString("G6", CultureInfo.InvariantCulture) : "-")}\t{span.Text}");
            return;
        }
        JsonLineScorer.WriteLines(path, found, (writer, entry) =>
        {
            writer.WriteNumber("line", entry.Line);
            writer.WriteNumber("start", entry.Span.Start);
            writer.WriteNumber("end", entry.Span.End);
            writer.WriteString("text", entry.Span.Text);
            writer.WriteString("kind", entry.Span.Kind.ToString());
            if (entry.Span.Unit is { } unit) writer.WriteString("unit", unit.ToString());
            if (entry.Span.Seconds is { } seconds) writer.WriteNumber("seconds", seconds);
        });
        Print(context, $"{found.Count} expressions in {number} lines; written to {path}");
    }

    private static void Build(CommandContext context)
    {
        var options = new ClozeOptions
        {
            MinSpans = context.Integer("min-spans"),
            Negatives =
            [
                .. context.List("rules").Select(name => name switch
                {
                    "phrase" => DistractorRule.Phrase,
                    "numeral" => DistractorRule.Numeral,
                    "open" => DistractorRule.Open,
                    _ => throw new UsageException($"build: the rule '{name}' is unknown; expected phrase, numeral or open."),
                }),
            ],
            RestatesAnswers = context.Flag("restate"),
            AllSpans = context.Flag("all-spans"),
            Seed = context.Integer("seed"),
        };
        var built = ClozeBuilder.FromDialogs(DialogTurns.WithSpeakers(DailyDialog.Load(context.Text("dialogs"))), options, context.CancellationToken);
        if (built.Items.Count == 0) throw new UsageException($"build: no item was built; {built.Skipped} dialogs have fewer than {options.MinSpans} expressions, {built.WithoutOptions} expressions had no wrong option by some rule. Lower --min-spans or name fewer --rules.");
        built.Save(context.Text("out"));
        if (context.TextOrNull("set") is { } set) built.ToTimeDial().Save(set);
        Print(context, $"{built.Items.Count} items, {built.Items.Count(item => item.Correct.Count > 1)} with a second right option; {built.Skipped} dialogs had too few expressions, {built.WithoutOptions} expressions no wrong option by some rule; written to {context.Text("out")}");
    }

    private static void Train(CommandContext context)
    {
        IReadOnlyList<IReadOnlyList<string>> dialogs = DialogTurns.WithSpeakers(DailyDialog.Load(context.Text("dialogs")));
        if (context.TextOrNull("without") is { } file)
        {
            var kept = new ContaminationGuard(TimeDialSet.Load(file).All).Clean(dialogs);
            Print(context, $"{dialogs.Count - kept.Count} of {dialogs.Count} dialogs repeat the set's and are left out");
            dialogs = kept;
        }
        var config = new DialogTrainingConfig
        {
            VocabularySize = context.Integer("vocabulary"),
            Features = context.Integer("features"),
            Layers = context.Integer("layers"),
            Length = context.Integer("length"),
            BatchSize = context.Integer("batch"),
            Steps = context.Integer("steps"),
            LearningRate = context.Number("learning-rate"),
            Seed = context.Integer("seed"),
        };
        var corpus = new TemporalCorpus(dialogs);
        var (folder, token) = (context.Text("out"), context.CancellationToken);
        IProgress<TrainingProgress> view = new TrainingView(context.Progress, "model");
        switch (context.Text("family"))
        {
            case "mask":
                DialogTraining.MaskFilling(corpus, config, null, view, token).Save(folder);
                break;
            case "class":
                DialogTraining.Classification(corpus, config, null, view, token).Save(folder);
                break;
            default:
                DialogTraining.Generation(corpus, config, null, view, token).Save(folder);
                break;
        }
        Print(context, $"{corpus.Spans.Count} temporal expressions in {dialogs.Count} dialogs; written to {folder}");
    }

    private static void Show(CommandContext context, string name, TwoBestReport report)
    {
        string Error(DistractorRule rule) => report.ByRule[rule] is { Count: > 0 } error ? (100 * error.Error).ToString("F1", CultureInfo.InvariantCulture) : "-";
        Print(context, $"{name,-34} {100 * report.Accuracy,6:F2}  [{100 * report.ConfidenceInterval.Low:F1}, {100 * report.ConfidenceInterval.High:F1}]  fooled by Rule 1 {Error(DistractorRule.Phrase)}, Rule 2 {Error(DistractorRule.Numeral)}, Rule 3 {Error(DistractorRule.Open)}");
    }

    private static void Print(CommandContext context, FormattableString line) => context.Output.WriteLine(FormattableString.Invariant(line));
}
