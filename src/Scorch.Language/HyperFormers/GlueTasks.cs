using System.Globalization;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>The eight tasks of GLUE from its files, in T5's texts, with the paper's parts.</summary>
public static class GlueTasks
{
    private static readonly (string Name, string Folder, GlueTask? Task, string First, string? Second, string[] Labels)[] All =
    [
        ("cola", "CoLA", GlueTask.Cola, "sentence", null, ["unacceptable", "acceptable"]),
        ("sst2", "SST-2", GlueTask.Sst2, "sentence", null, ["negative", "positive"]),
        ("mrpc", "MRPC", GlueTask.Mrpc, "sentence1", "sentence2", ["not_equivalent", "equivalent"]),
        ("qqp", "QQP", GlueTask.Qqp, "question1", "question2", ["not_duplicate", "duplicate"]),
        ("stsb", "STS-B", null, "sentence1", "sentence2", []),
        ("mnli", "MNLI", GlueTask.Mnli, "premise", "hypothesis", ["contradiction", "entailment", "neutral"]),
        ("qnli", "QNLI", GlueTask.Qnli, "question", "sentence", ["entailment", "not_entailment"]),
        ("rte", "RTE", GlueTask.Rte, "sentence1", "sentence2", ["entailment", "not_entailment"]),
    ];

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(task => task.Name)];

    /// <summary>The files that a folder of GLUE must hold, such as <c>CoLA/train.tsv</c>.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. All.SelectMany(task => (string[])[$"{task.Folder}/train.tsv", $"{task.Folder}/{DevelopmentFile(task.Name)}"])];

    /// <summary>Reads the tasks; test parts are made as <see cref="GlueSplits"/> says, since GLUE hides the labels of its own.</summary>
    /// <param name="folder">GLUE as distributed: <c>CoLA/train.tsv</c>, <c>CoLA/dev.tsv</c>, …; MNLI is validated on its matched part.</param>
    /// <param name="seed">Draws the parts.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="TextFormatException">A file is not that task's.</exception>
    public static IReadOnlyList<TextTask> Load(string folder, long seed = 42)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return [.. All.Select(entry =>
        {
            var train = Read(Path.Combine(folder, entry.Folder, "train.tsv"), entry.Name, entry.Task, entry.First, entry.Second, entry.Labels);
            var development = Read(Path.Combine(folder, entry.Folder, DevelopmentFile(entry.Name)), entry.Name, entry.Task, entry.First, entry.Second, entry.Labels);
            var parts = GlueSplits.Split(train, development, seed);
            return new TextTask(entry.Name, parts.Train, parts.Validation, parts.Test, Metric(entry.Name));
        })];
    }

    /// <summary>GLUE's own metric of a task, in percent.</summary>
    /// <param name="task">The task's name.</param>
    public static TaskMetric Metric(string task) => task switch
    {
        "cola" => TaskMetric.Matthews("acceptable"),
        "mrpc" => TaskMetric.AccuracyAndF1("equivalent"),
        "qqp" => TaskMetric.AccuracyAndF1("duplicate"),
        "stsb" => TaskMetric.Correlations,
        _ => TaskMetric.Accuracy,
    };

    /// <summary>A score of STS-B as T5 writes it: rounded to a fifth, halves to the even one.</summary>
    /// <param name="score">0 to 5.</param>
    public static string ScoreText(double score) => (Math.Round(score * 5, MidpointRounding.ToEven) / 5).ToString("0.0", CultureInfo.InvariantCulture);

    private static string DevelopmentFile(string task) => task == "mnli" ? "dev_matched.tsv" : "dev.tsv";

    private static IReadOnlyList<TaskExample> Read(string path, string name, GlueTask? task, string first, string? second, string[] labels)
    {
        if (task is { } known)
            return [.. GlueFiles.Read(path, known).Select(example => new TaskExample(Source(name, first, example.First, second, example.Second), labels[example.Label]))];
        return [.. GlueFiles.ReadScores(path).Select(example => new TaskExample(Source(name, first, example.First, second, example.Second), ScoreText(example.Score)))];
    }

    private static string Source(string name, string first, string text, string? second, string? other) =>
        second is null ? $"{name} {first}: {text}" : $"{name} {first}: {text} {second}: {other}";
}
