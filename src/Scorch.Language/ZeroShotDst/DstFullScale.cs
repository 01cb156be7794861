using System.Globalization;
using Scorch.Models.Transformers;
using Scorch.Reproductions;

namespace Scorch.Language.ZeroShotDst;

/// <summary>The paper's own configuration: a pre-trained GPT-2, MultiWOZ, each of five domains left out in turn.</summary>
internal static class DstFullScale
{
    public const string DataName = "multiwoz";

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Text("gpt2", "", "Folder of a published GPT-2: config.json, weights, vocab.json, merges.txt. Needed for a run; a dry run draws weights of the same shape."),
        Setting.Choice("model", "small", "The shape of a dry run.", "small", "medium"),
        Setting.Text("multiwoz", "", "Folder of the MultiWOZ archive with its training dialogs; by default the registered slice, whose validation part then serves for training."),
        Setting.Choice("version", "2.1", "MultiWOZ's version.", "2.1", "2.2"),
        Setting.Text("domains", "hotel,train,attraction,restaurant,taxi", "Domains left out in turn, separated by commas."),
        Setting.Integer("history", 948, "Tokens of the dialog that are seen; with question and answer at most the model's positions.", 16, 1 << 16),
        Setting.Flag("copy-head", false, "Mix in copying from the input, which the paper does not have."),
        Setting.Integer("epochs", 3, "Passes over the training dialogs.", 1, 1000),
        Setting.Integer("dialogs", 2, "Dialogs of a step.", 1, 4096),
        Setting.Integer("questions", 8, "Questions of a dialog in a step; two dialogs with eight are a batch of 16 pairs.", 1, 4096),
        Setting.Number("learning-rate", 5e-5, "The greatest learning rate.", 1e-9, 1),
        Setting.Number("trade-learning-rate", 1e-3, "The greatest learning rate of the TRADE-style baseline.", 1e-9, 1),
        Setting.Integer("trade-features", 400, "Features of the TRADE-style baseline.", 1, 65_536),
    ];

    public static void Run(RunContext context)
    {
        var folder = context.Settings.Text("gpt2");
        if (folder.Length == 0) throw new UsageException("The paper's weights are not shipped: give --set gpt2=FOLDER (config.json, model.safetensors, vocab.json, merges.txt of GPT-2 small or medium).");
        foreach (var id in (string[])["C1a", "C1b", "C1c", "C2"]) context.MarkNotMeasurable(id, "three held-out services of Schema-Guided Dialogue are the laptop scale's");
        var (train, test) = Load(context);
        var domains = Domains(context);
        context.Note($"{train.Source}: {train.Dialogs.Count} training dialogs, {test.Dialogs.Count} test dialogs, {train.Schema.Services.Sum(service => service.Slots.Count)} slots. {Convention.MultiWozZeroShot.Description}");
        foreach (var seed in context.Seeds)
        {
            var differences = new List<double>();
            for (var d = 0; d < domains.Count; d++)
            {
                var service = test.Schema[domains[d]];
                var own = DstData.Except(train, service.Name);
                var tracker = GenerativeTracker.FromGpt2(folder, Config(context), seed: seed);
                var steps = Math.Max(1, own.Dialogs.Count * context.Settings.Integer("epochs") / context.Settings.Integer("dialogs"));
                var training = Training(context, seed, steps);
                var part = (Array.IndexOf([.. context.Seeds], seed) + ((double)d / domains.Count)) / context.Seeds.Count;
                tracker.Fit(own, training, context.Training($"seed {seed}, without {service.Name}", part, part), context.CancellationToken);
                var question = Row(context, tracker, test, service, seed);
                var trade = new TradeTracker(Config(context) with { Dim = context.Settings.Integer("trade-features"), Heads = 1 }, tracker.Tokens.Tokenizer, train.Schema, seed);
                trade.Fit(own, training with { LearningRate = context.Settings.Number("trade-learning-rate") }, context.Training($"seed {seed}, TRADE-style without {service.Name}", part, part), context.CancellationToken);
                var baseline = Row(context, trade, test, service, seed);
                differences.Add(100 * (question.JointGoalAccuracy - baseline.JointGoalAccuracy));
            }
            context.Measure("C3", seed, differences.Max());
        }
    }

    /// <summary>Builds the model in full and takes one step on a real or, without data, a made dialog.</summary>
    public static string OneStep(RunContext context)
    {
        var hasData = context.Settings.Text("multiwoz").Length > 0 || context.Data.TryFind(DataName, "data/multiwoz/val.json.zip") is not null;
        var (train, test) = hasData ? Load(context) : (SyntheticDialogs.Make(["Cafe_1", "Trip_1"], 4, seed: 1), SyntheticDialogs.Make(["Room_1"], 2, seed: 1));
        var heldOut = hasData ? Domains(context)[0] : "Room_1";
        var own = hasData ? DstData.Except(train, heldOut) : train;
        var config = Config(context);
        GenerativeTracker tracker;
        if (context.Settings.Text("gpt2") is { Length: > 0 } folder)
        {
            tracker = GenerativeTracker.FromGpt2(folder, config, seed: context.Seeds[0]);
        }
        else
        {
            var shape = context.Settings.Text("model") == "small" ? Gpt2Config.Small : Gpt2Config.Medium;
            if (config.Positions > shape.Positions) throw new UsageException($"--set history={config.MaxHistory}: with question and answer {config.Positions} positions are needed, GPT-2 has {shape.Positions}.");
            // GPT-2's vocabulary is a file of its weights: tokens learnt here stand in, the table has its full size.
            var tokenizer = DialogTokens.Train(own.Dialogs.Take(50), 600, cancellation: context.CancellationToken);
            var random = new RandomSource(context.Seeds[0]);
            var full = shape with { VocabularySize = shape.VocabularySize + DialogTokens.Marks.Count };
            tracker = GenerativeTracker.Around(new(full, random), config with { Layers = shape.Layers, Dim = shape.Features, Heads = shape.Heads }, tokenizer, random);
        }
        var result = tracker.Fit(own, Training(context, context.Seeds[0], 1), null, context.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{train.Source}: {train.Dialogs.Count} training dialogs, {own.Dialogs.Count} without {heldOut}, {test.Dialogs.Count} test dialogs; {result.Questions.Filled} questions with a value and {result.Questions.None} without; GPT-2 of {tracker.Network.Language.Config.Layers} blocks, {tracker.Network.Language.Config.Features} features, {tracker.Network.Language.VocabularySize} tokens and {tracker.Network.Language.Config.Positions} positions, {tracker.Network.ParameterCount} parameters, copy head {(config.CopyHead ? "on" : "off")}; one step on {context.Settings.Integer("dialogs") * context.Settings.Integer("questions")} pairs at most, loss {result.Loss:F3}.");
    }

    private static DstReport Row(RunContext context, IDialogTracker tracker, DstData test, DialogService service, int seed)
    {
        context.Report($"seed {seed}: {tracker.Name} on {service.Name}");
        var report = DstEvaluator.Evaluate(tracker, test, service, Convention.MultiWozZeroShot, context.CancellationToken);
        context.Note(string.Create(CultureInfo.InvariantCulture, $"{service.Name}, {tracker.Name}, seed {seed}: JGA {100 * report.JointGoalAccuracy:F2} (always none {100 * report.AlwaysNoneJointGoalAccuracy:F2}), F1 {100 * report.Active.F1:F2}, slot accuracy {100 * report.SlotAccuracy:F2}, cut histories {report.TruncatedTurns}."));
        return report;
    }

    private static TrackerConfig Config(RunContext context) => new()
    {
        MaxHistory = context.Settings.Integer("history"),
        CopyHead = context.Settings.Flag("copy-head"),
        LowersCase = true,
        Dropout = 0.1,
    };

    private static TrackerTraining Training(RunContext context, int seed, int steps) => new()
    {
        Steps = steps,
        DialogsPerStep = context.Settings.Integer("dialogs"),
        QuestionsPerDialog = context.Settings.Integer("questions"),
        LearningRate = context.Settings.Number("learning-rate"),
        Seed = seed,
    };

    private static IReadOnlyList<string> Domains(RunContext context)
    {
        string[] names = [.. context.Settings.Text("domains").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        foreach (var name in names)
            if (DialogSchema.MultiWoz.TryFind(name) is null) throw new UsageException($"--set domains: there is no domain '{name}'; MultiWOZ has {string.Join(", ", DialogSchema.MultiWoz.Services.Select(service => service.Name))}.");
        return names.Length > 0 ? names : throw new UsageException("--set domains: name one at least.");
    }

    private static (DstData Train, DstData Test) Load(RunContext context)
    {
        if (context.Settings.Text("multiwoz") is { Length: > 0 } path)
        {
            var format = context.Settings.Text("version") == "2.1" ? DstFormat.MultiWoz21 : DstFormat.MultiWoz22;
            return (DstFiles.Load(path, format, DstPart.Train), DstFiles.Load(path, format, DstPart.Test));
        }
        if (context.Settings.Text("version") != "2.1") throw new UsageException("--set version=2.2: the registered slice is of version 2.1; give the archive with --set multiwoz=FOLDER.");
        return (DstFiles.LoadMultiWoz21(context.Data.Find(DataName, "data/multiwoz/val.json.zip"), DstPart.Validation), DstFiles.LoadMultiWoz21(context.Data.Find(DataName, "data/multiwoz/test.json.zip"), DstPart.Test));
    }
}
