using System.Globalization;
using Scorch.Language.Pqrnn;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>The reproduction's tasks: six to train together, one that is kept for few examples, and all training texts without labels.</summary>
/// <param name="Tasks">Tasks to train together.</param>
/// <param name="NewTask">The task that is met later.</param>
/// <param name="Remarks">What was left out.</param>
internal sealed record SentenceTasks(IReadOnlyList<TextTask> Tasks, TextTask NewTask, IReadOnlyList<string> Remarks)
{
    public const string Sentences = "sent-conv";
    public const string Requests = PqrnnTask.DataSet;

    // The same parts for every run and seed.
    private const long SplitSeed = 42;
    private static readonly string[] Mood = ["negative", "positive"];

    /// <summary>Texts of the training parts, the later task's too.</summary>
    public IEnumerable<string> TrainingTexts => Tasks.Append(NewTask).SelectMany(task => task.Train).Select(example => example.Source);

    /// <summary>Words that the vocabulary must keep: labels and names of tasks.</summary>
    public IEnumerable<string> RequiredWords => Tasks.Append(NewTask).SelectMany(task => task.Labels.Append(TextTask.SourceOf(task.Name, "")));

    public static SentenceTasks Load(RunContext context)
    {
        var (test, validation) = (context.Settings.Integer("test"), context.Settings.Integer("validation"));
        return context.Scale == Scale.Smoke ? SmallTasks.Make() : Of(
            [
                Given("trec", Read("TREC.train.all"), null, Read("TREC.test.all"), ["description", "entity", "abbreviation", "human", "location", "number"]),
                Given("sst2", Read("stsa.binary.train"), Read("stsa.binary.dev"), Read("stsa.binary.test"), Mood),
                Given("subj", Read("subj.all"), null, null, ["subjective", "objective"]),
                Given("cr", Read("custrev.all"), null, null, Mood),
                Given("mr", Read("rt-polarity.all"), null, null, Mood),
                new("atis", Atis("train"), Atis("valid"), Atis("test")),
            ],
            Given("mpqa", Read("mpqa.all"), null, null, Mood),
            test,
            validation);

        IReadOnlyList<(string Label, string Text)> Read(string file) => LabelledSentences.Read(context.Data.Find(Sentences, "data/" + file), skipsEmptyTexts: true);

        IReadOnlyList<(string, string)> Atis(string part) =>
            [.. PqrnnTask.Read(context, "atis", part).Select(request => (IntentText(request.Intent!), string.Join(' ', request.Tokens)))];
    }

    /// <summary>An intent in words; of joint ones the first: <c>atis_flight#atis_airfare</c> is <c>flight</c>.</summary>
    internal static string IntentText(string intent)
    {
        var first = intent.Split('#')[0].Trim();
        return (first.StartsWith("atis_", StringComparison.Ordinal) ? first["atis_".Length..] : first).Replace('_', ' ');
    }

    /// <summary>What two copies of a sentence have in common: letters and digits in lower case.</summary>
    internal static string KeyOf(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Cuts parts where they are not given, caps what is evaluated, and takes from training what stands in any task's held-out parts: MR holds SST-2's sentences.</summary>
    internal static SentenceTasks Of(IReadOnlyList<RawTask> raws, RawTask newTask, int test, int validation)
    {
        var parts = raws.Append(newTask).Select((raw, number) => Parts(raw, new RandomSource(RandomSource.Derive(SplitSeed, number)))).ToArray();
        var tested = parts.SelectMany(part => part.Test!).Select(row => KeyOf(row.Text)).ToHashSet(StringComparer.Ordinal);
        parts = [.. parts.Select(part => part with { Validation = [.. part.Validation!.Where(row => !tested.Contains(KeyOf(row.Text)))] })];
        var held = parts.SelectMany(part => part.Validation!).Select(row => KeyOf(row.Text)).Concat(tested).ToHashSet(StringComparer.Ordinal);
        var remarks = new List<string>();
        var tasks = parts.Select(part =>
        {
            var train = part.Train.Where(row => !held.Contains(KeyOf(row.Text))).ToArray();
            if (train.Length < part.Train.Count) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{part.Name}: {part.Train.Count - train.Length} of {part.Train.Count} training sentences stand in a held-out part of some task and were left out."));
            // Intents that training lacks cannot be told; their requests count as wrong.
            return new TextTask(part.Name, Examples(part.Name, train), Examples(part.Name, Capped(part.Validation!, validation)), Examples(part.Name, Capped(part.Test!, test)), allowsUnseenLabels: part.Name == "atis");
        }).ToArray();
        return new(tasks[..^1], tasks[^1], remarks);
    }

    private static RawTask Given(
        string name, IReadOnlyList<(string Label, string Text)> train, IReadOnlyList<(string Label, string Text)>? validation, IReadOnlyList<(string Label, string Text)>? test, string[] labels)
    {
        return new(name, Named(train)!, Named(validation), Named(test));

        IReadOnlyList<(string, string)>? Named(IReadOnlyList<(string Label, string Text)>? rows) => rows is null ? null : [.. rows.Select(row => (
            int.TryParse(row.Label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < labels.Length ? labels[number] : throw new TextFormatException($"{name}: the class '{row.Label}' is none of 0 to {labels.Length - 1}; get the data set again."),
            row.Text))];
    }

    private static RawTask Parts(RawTask raw, RandomSource random)
    {
        var train = raw.Train;
        var (test, validation) = (raw.Test, raw.Validation);
        var share = Math.Max(1, raw.Train.Count / 10);
        if (test is null) (test, train) = GlueSplits.Cut(train, share, random);
        if (validation is null) (validation, train) = GlueSplits.Cut(train, share, random);
        return new(raw.Name, train, validation, test);
    }

    private static IReadOnlyList<(string Label, string Text)> Capped(IReadOnlyList<(string Label, string Text)> rows, int most) =>
        rows.Count <= most ? rows : GlueSplits.Cut(rows, most, new RandomSource(SplitSeed)).Drawn;

    private static IReadOnlyList<TaskExample> Examples(string name, IEnumerable<(string Label, string Text)> rows) =>
        [.. rows.Select(row => new TaskExample(TextTask.SourceOf(name, row.Text), row.Label))];
}

/// <summary>A task as its files have it; parts that are missing are cut from training.</summary>
internal sealed record RawTask(
    string Name, IReadOnlyList<(string Label, string Text)> Train, IReadOnlyList<(string Label, string Text)>? Validation = null, IReadOnlyList<(string Label, string Text)>? Test = null);

/// <summary>Small tasks made from lists of words, so that the smoke scale needs no data folder.</summary>
internal static class SmallTasks
{
    private const int Rows = 200;
    private static readonly string[] Good = ["good", "lovely", "bright", "great", "warm"], Bad = ["bad", "awful", "dull", "poor", "cold"];
    private static readonly string[] Animals = ["cat", "dog", "horse", "cow"], Foods = ["bread", "soup", "apple", "cheese"], Colours = ["red", "blue", "green", "white"];
    private static readonly string[] Fillers = ["the", "a", "is", "was", "and", "very", "this", "so"];

    public static SentenceTasks Make()
    {
        var random = new RandomSource(7);
        return SentenceTasks.Of(
            [
                Of("topic", random, ("animal", Animals), ("food", Foods), ("colour", Colours)),
                Of("mood", random, ("negative", Bad), ("positive", Good)),
            ],
            Of("taste", random, ("negative", [.. Bad, .. Foods]), ("positive", [.. Good, .. Foods])),
            Rows,
            Rows);
    }

    private static RawTask Of(string name, RandomSource random, params (string Label, string[] Words)[] classes) => new(name, [.. Enumerable.Range(0, Rows).Select(i =>
    {
        var (label, words) = classes[i % classes.Length];
        return (label, string.Join(' ', Enumerable.Range(0, 8).Select(place => place % 3 == 1 ? words[random.NextInt64(words.Length)] : Fillers[random.NextInt64(Fillers.Length)])));
    })]);
}
