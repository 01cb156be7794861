using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Reproductions;

namespace Scorch.Language.ZeroShotDst;

/// <summary><c>scorch zero-shot-dst train</c>, <c>track</c>, <c>ask</c> and <c>evaluate</c>, on the user's own files.</summary>
internal static class DstCommands
{
    private static readonly string[] Formats = ["auto", "sgd", "woz", "multiwoz21", "multiwoz22"];
    private static readonly string[] Parts = ["train", "validation", "test"];
    private static readonly string[] Styles = ["template", "description", "name", "paraphrase"];

    private static readonly CommandOption Data = new("data", "Dialogs with states: folder, zip archive or JSON file of SGD, WOZ 2.0, MultiWOZ 2.1 or 2.2.", ValueKind.Path, IsRequired: true);
    private static readonly CommandOption Format = new("format", "Their format.", DefaultValue: "auto", Choices: Formats);
    private static readonly CommandOption Schema = new("schema", "A schema.json: services, slots, descriptions.", ValueKind.Path);
    private static readonly CommandOption Model = new("model", "The model's folder.", ValueKind.Path, IsRequired: true);
    private static readonly CommandOption Style = new("style", "How a slot becomes a question.", DefaultValue: "template", Choices: Styles);
    private static readonly CommandOption Paraphrases = new("paraphrases", "How several wordings become one answer.", DefaultValue: "vote", Choices: ["vote", "average"]);
    private static readonly CommandOption Transcript = new("dialog", "A transcript, a turn a line: 'user: …' and 'system: …' in turn.", ValueKind.Path, IsRequired: true);

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Train a tracker on dialogs with states, without a domain or with a few of its dialogs.",
            Options =
            [
                Data,
                Format,
                Schema,
                new("part", "The part to train on.", DefaultValue: "train", Choices: Parts),
                new("except", "A domain or service that is held out: every dialog about it is left out."),
                new("few-shot", "Per cent of the held-out domain's dialogs that stay.", ValueKind.Number),
                new("gpt2", "Start from a published GPT-2: config.json, weights, vocab.json, merges.txt.", ValueKind.Path),
                new("out", "The model's folder to write.", ValueKind.Path, IsRequired: true),
                new("styles", "Styles of questions to train on, separated by commas: template, description, name, paraphrase.", DefaultValue: "template"),
                new("slot-ids", "Tell the model learnt numbers of slots in place of questions: an ablation.", ValueKind.Flag),
                new("no-copy", "Leave out the copy head, as in the paper.", ValueKind.Flag),
                new("vocabulary", "Tokens, learnt from the dialogs.", ValueKind.Integer, "4096"),
                new("layers", "Blocks.", ValueKind.Integer, "4"),
                new("dim", "Features of the hidden states.", ValueKind.Integer, "128"),
                new("heads", "Attention heads.", ValueKind.Integer, "4"),
                new("history", "Tokens of the dialog that are seen.", ValueKind.Integer, "256"),
                new("question-length", "Tokens of a question at most; a small vocabulary needs more.", ValueKind.Integer, "64"),
                new("warm-up", "Steps of language modelling on the dialogs before.", ValueKind.Integer, "200"),
                new("steps", "Steps on questions.", ValueKind.Integer, "1000"),
                new("dialogs", "Dialogs of a step.", ValueKind.Integer, "4"),
                new("questions", "Questions of a dialog in a step.", ValueKind.Integer, "8"),
                new("none-ratio", "Questions without a value for each with one.", ValueKind.Number, "1"),
                new("learning-rate", "The greatest learning rate; by default 0.001, with --gpt2 0.00005.", ValueKind.Number),
                new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "track",
            Description = "What the user of a transcript wants of a service, after every turn.",
            Options =
            [
                Model,
                Transcript,
                Schema,
                new("service", "The service, of --schema or of MultiWOZ.", IsRequired: true),
                Style,
                Paraphrases,
                new("out", "Also write the states into this JSON file.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Track(context), context.CancellationToken),
        },
        new()
        {
            Name = "ask",
            Description = "Ask a question of your own about a transcript.",
            Options = [Model, Transcript, new("question", "The question.", IsRequired: true)],
            Handler = context => Task.Run(() => Ask(context), context.CancellationToken),
        },
        new()
        {
            Name = "evaluate",
            Description = "Joint goal accuracy and slot F1 of a tracker on a service, beside always none and the last mention, under a printed convention.",
            Options =
            [
                Model,
                Data,
                Format,
                Schema,
                new("part", "The part to test on.", DefaultValue: "test", Choices: Parts),
                new("service", "The service or domain, or several separated by commas.", IsRequired: true),
                new("convention", "How states are counted.", DefaultValue: "zero-shot", Choices: [.. Convention.Named.Keys]),
                Style,
                Paraphrases,
                new("most", "Test on so many dialogs at most.", ValueKind.Integer),
                new("out", "Also write the report into this JSON file.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Evaluate(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var all = Read(context);
        var seed = context.Integer("seed");
        if (context.Has("few-shot") && !context.Has("except")) throw new UsageException("train: --few-shot names a share of a held-out domain; name the domain with --except.");
        var data = all;
        if (context.TextOrNull("except") is { } heldOut)
        {
            if (context.Has("few-shot") && context.Number("few-shot") is not (> 0 and <= 100)) throw new UsageException($"train: --few-shot is {context.Text("few-shot")}; expected above 0 and at most 100 per cent.");
            data = context.Has("few-shot") ? DstData.FewShot(all, heldOut, context.Number("few-shot") / 100, seed) : DstData.Except(all, heldOut);
        }
        var gpt2 = context.TextOrNull("gpt2");
        var config = new TrackerConfig
        {
            Layers = context.Integer("layers"),
            Dim = context.Integer("dim"),
            Heads = context.Integer("heads"),
            MaxHistory = context.Integer("history"),
            MaxQuestion = context.Integer("question-length"),
            CopyHead = !context.Flag("no-copy"),
            Conditioning = context.Flag("slot-ids") ? SlotConditioning.Identifier : SlotConditioning.Question,
        };
        config.Validate();
        var training = new TrackerTraining
        {
            Steps = context.Integer("steps"),
            WarmUpSteps = gpt2 is null ? context.Integer("warm-up") : 0,
            DialogsPerStep = context.Integer("dialogs"),
            QuestionsPerDialog = context.Integer("questions"),
            NoneRatio = context.Number("none-ratio"),
            LearningRate = context.Has("learning-rate") ? context.Number("learning-rate") : gpt2 is null ? 1e-3 : 5e-5,
            Styles = [.. context.List("styles").Select(Parse)],
            Seed = seed,
        };
        training.Validate();
        var identifiers = config.Conditioning == SlotConditioning.Identifier ? GenerativeTracker.Identifiers(all.Schema) : null;
        var tracker = gpt2 is not null
            ? GenerativeTracker.FromGpt2(gpt2, config, identifiers, seed)
            : GenerativeTracker.Create(config, DialogTokens.Train(data.Dialogs, context.Integer("vocabulary"), identifiers, context.CancellationToken), seed);
        var result = await tracker.FitAsync(data, training, new TrainingView(context.Progress, "tracker"), context.CancellationToken).ConfigureAwait(false);
        tracker.Save(context.Text("out"));
        Print(context, $"{all.Source}: {data.Dialogs.Count} of {all.Dialogs.Count} dialogs, about {string.Join(", ", tracker.TrainedOn)}; {result.Questions.Filled} questions with a value, {result.Questions.None} without, histories cut in {result.TruncatedTurns} turns");
        Print(context, $"{tracker.Network.ParameterCount} parameters, copy head {(config.CopyHead ? "on (the paper has none)" : "off")}, loss {result.Loss:F3}; written to {context.Text("out")}");
    }

    private static void Track(CommandContext context)
    {
        var (tracker, dialog) = (Asking(context), TranscriptFile.Load(context.Text("dialog")));
        var schema = context.TextOrNull("schema") is { } path ? DialogSchema.Load(path) : DialogSchema.MultiWoz;
        var service = schema[context.Text("service")];
        if (dialog.UserTurns.Count == 0) throw new UsageException($"track: {context.Text("dialog")} has no turn of the user.");
        var tracked = tracker.Follow(dialog, service, context.CancellationToken);
        if (tracked.TruncatedTurns > 0) context.Error.WriteLine($"The history was cut in {tracked.TruncatedTurns} turns; the model sees {tracker.Config.MaxHistory} tokens.");
        var rows = new List<TrackedRow>();
        for (var t = 0; t < tracked.States.Count; t++)
        {
            var place = dialog.UserTurns[t];
            Print(context, $"[{place + 1}] user: {dialog.Turns[place].Text}");
            foreach (var (slot, value) in service.Slots.Zip(tracked.States[t].Values))
            {
                rows.Add(new(place + 1, slot.Name, value.Value, value.Probability, value.Source?.Turn + 1, value.Source?.Start, value.Source?.Length));
                if (value.IsFilled) Print(context, $"      {slot.Phrase,-24} {value.Value,-24} {value.Probability:F3}  {(value.Source is { } source ? $"turn {source.Turn + 1}, letter {source.Start + 1}" : "not said in these words")}");
            }
        }
        if (context.TextOrNull("out") is { } file) AtomicFile.WriteText(file, JsonSerializer.Serialize([.. rows], DstRowJson.Default.TrackedRowArray));
    }

    private static void Ask(CommandContext context)
    {
        var (tracker, dialog) = (GenerativeTracker.Load(context.Text("model")), TranscriptFile.Load(context.Text("dialog")));
        var answer = tracker.Answer(dialog, context.Text("question"));
        Print(context, $"{answer.Value}  (probability {answer.Probability:F3}{(answer.Source is { } source ? $"; turn {source.Turn + 1}, letter {source.Start + 1}" : "")})");
    }

    private static void Evaluate(CommandContext context)
    {
        var tracker = Asking(context);
        var data = Read(context);
        if (context.Has("most")) data = data.Sample(context.Integer("most"), 1);
        var services = context.List("service").SelectMany(name => data.Schema.Services.Where(service => DialogService.Matches(service.Name, name)) is var found && found.Any()
            ? found
            : throw new UsageException($"evaluate: there is no service or domain '{name}'; the schema has {string.Join(", ", data.Schema.Services.Select(service => service.Name))}.")).Distinct().ToList();
        var convention = Convention.Named[context.Text("convention")];
        var report = DstEvaluator.Evaluate(tracker, data, services, convention, context.CancellationToken);
        Print(context, $"{report}");
        foreach (var rule in (IDialogTracker[])[new AlwaysNoneTracker(), new LastMentionTracker(missing: MissingValues.None)])
        {
            var other = DstEvaluator.Evaluate(rule, data, services, convention, context.CancellationToken);
            Print(context, $"  beside it, {rule.Name}: joint goal accuracy {100 * other.JointGoalAccuracy:F2}%, F1 {100 * other.Active.F1:F2}");
        }
        if (context.TextOrNull("out") is { } path) report.Save(path);
    }

    /// <summary>The model, asking as the options say.</summary>
    private static GenerativeTracker Asking(CommandContext context)
    {
        var tracker = GenerativeTracker.Load(context.Text("model"));
        tracker.Style = Parse(context.Text("style"));
        tracker.Paraphrases = context.Text("paraphrases") == "vote" ? ParaphraseRule.Vote : ParaphraseRule.Average;
        return tracker;
    }

    private static DstData Read(CommandContext context)
    {
        var path = context.Text("data");
        var format = context.Text("format") switch
        {
            "sgd" => DstFormat.Sgd,
            "woz" => DstFormat.Woz,
            "multiwoz21" => DstFormat.MultiWoz21,
            "multiwoz22" => DstFormat.MultiWoz22,
            _ => DstFiles.Detect(path),
        };
        var part = context.Text("part") switch { "train" => DstPart.Train, "validation" => DstPart.Validation, _ => DstPart.Test };
        return DstFiles.Load(path, format, part, context.TextOrNull("schema"));
    }

    private static QuestionStyle Parse(string name) => name switch
    {
        "template" => QuestionStyle.Template,
        "description" => QuestionStyle.Description,
        "name" => QuestionStyle.SlotName,
        "paraphrase" => QuestionStyle.Paraphrase,
        _ => throw new UsageException($"'{name}' is no style of questions; expected {string.Join(", ", Styles)}."),
    };

    private static void Print(CommandContext context, FormattableString line) => context.Output.WriteLine(FormattableString.Invariant(line));
}

/// <summary>A slot after a user's turn, as <c>track</c> writes it.</summary>
/// <param name="Turn">The turn of the dialog, from 1.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Value">Its value, <c>none</c> or <c>dontcare</c>.</param>
/// <param name="Probability">Of the answer.</param>
/// <param name="SourceTurn">Where it was said, from 1.</param>
/// <param name="SourceStart">Letters before it there.</param>
/// <param name="SourceLength">Letters of it.</param>
internal sealed record TrackedRow(int Turn, string Slot, string Value, double Probability, int? SourceTurn, int? SourceStart, int? SourceLength);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrackedRow[]))]
internal sealed partial class DstRowJson : JsonSerializerContext;
