using System.Globalization;

namespace Scorch.Text;

/// <summary>A task of the GLUE benchmark whose answer is a class.</summary>
public enum GlueTask
{
    /// <summary>Whether a sentence is acceptable English; its files have no header.</summary>
    Cola,

    /// <summary>The sentiment of a film review.</summary>
    Sst2,

    /// <summary>Whether two sentences mean the same.</summary>
    Mrpc,

    /// <summary>Whether two questions ask the same.</summary>
    Qqp,

    /// <summary>Whether a sentence follows from another, contradicts it, or neither.</summary>
    Mnli,

    /// <summary>Whether a sentence answers a question.</summary>
    Qnli,

    /// <summary>Whether a sentence follows from another.</summary>
    Rte,
}

/// <summary>An example of STS-B, GLUE's one task whose answer is a number.</summary>
/// <param name="First">The first sentence.</param>
/// <param name="Second">The second.</param>
/// <param name="Score">How alike they are, 0 to 5.</param>
public sealed record GlueScoredExample(string First, string Second, double Score);

/// <summary>An example of GLUE.</summary>
/// <param name="First">The sentence, or the first of two.</param>
/// <param name="Second">The second, of tasks that have two.</param>
/// <param name="Label">Its class, from 0, in the order of <see cref="GlueFiles.Classes"/>.</param>
public sealed record GlueExample(string First, string? Second, int Label);

/// <summary>Reads GLUE's tab-separated files (<c>train.tsv</c>, <c>dev.tsv</c>) as they are distributed: quotation marks are text.</summary>
public static class GlueFiles
{
    private const int LongestLine = 1 << 20;

    /// <summary>Names of a task's classes as its files have them.</summary>
    public static IReadOnlyList<string> Classes(GlueTask task) => task switch
    {
        GlueTask.Mnli => ["contradiction", "entailment", "neutral"],
        GlueTask.Qnli or GlueTask.Rte => ["entailment", "not_entailment"],
        GlueTask.Cola or GlueTask.Sst2 or GlueTask.Mrpc or GlueTask.Qqp => ["0", "1"],
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "GlueFiles: none of the named tasks."),
    };

    /// <summary>The examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">Its task.</param>
    /// <exception cref="TextFormatException">A column is missing, or a line is no example; file and line are named. Lines of QQP that lack a question are left out, as in the published readers.</exception>
    public static IReadOnlyList<GlueExample> Read(string path, GlueTask task)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (first, second, label) = Columns(task);
        var classes = Classes(task);
        var rows = new List<GlueExample>();
        (int First, int Second, int Label)? places = task == GlueTask.Cola ? (3, -1, 1) : null;
        foreach (var (number, fields) in Lines(path))
        {
            if (places is not { } place)
            {
                places = (Place(path, $"{task}", fields, first), second is null ? -1 : Place(path, $"{task}", fields, second), Place(path, $"{task}", fields, label));
                continue;
            }
            var last = Math.Max(place.Label, Math.Max(place.First, place.Second));
            if (fields.Length <= last && task == GlueTask.Qqp) continue;
            var mark = fields.Length > last ? classes.ToList().IndexOf(fields[place.Label].Trim()) : -1;
            if (mark < 0)
                throw new TextFormatException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {number}: {(fields.Length > last ? $"the class '{fields[place.Label]}' is none of {string.Join(", ", classes)}" : $"{fields.Length} fields, at least {last + 1} are needed")}; is it a file of {task} with labels (train or dev)?"));
            rows.Add(new(fields[place.First], place.Second < 0 ? null : fields[place.Second], mark));
        }
        return rows.Count > 0 ? rows : throw new TextFormatException($"{path}: there is no example; get the file again.");
    }

    /// <summary>The examples of a file of STS-B.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">A column is missing, or a line is no example; file and line are named.</exception>
    public static IReadOnlyList<GlueScoredExample> ReadScores(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var rows = new List<GlueScoredExample>();
        (int First, int Second, int Score)? places = null;
        foreach (var (number, fields) in Lines(path))
        {
            if (places is not { } place)
            {
                places = (Place(path, "STS-B", fields, "sentence1"), Place(path, "STS-B", fields, "sentence2"), Place(path, "STS-B", fields, "score"));
                continue;
            }
            var last = Math.Max(place.Score, Math.Max(place.First, place.Second));
            if (fields.Length <= last || !double.TryParse(fields[place.Score], NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || score is not (>= 0 and <= 5))
                throw new TextFormatException($"{path}, line {number}: {(fields.Length <= last ? $"{fields.Length} fields, at least {last + 1} are needed" : $"the score '{fields[place.Score]}' is no number from 0 to 5")}; is it a file of STS-B with scores (train or dev)?");
            rows.Add(new(fields[place.First], fields[place.Second], score));
        }
        return rows.Count > 0 ? rows : throw new TextFormatException($"{path}: there is no example; get the file again.");
    }

    /// <summary>The fields of lines that are not empty, with their numbers from 1.</summary>
    private static IEnumerable<(int Number, string[] Fields)> Lines(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length > LongestLine) throw new TextFormatException($"{path}, line {number}: {line.Length} characters; is it a file of GLUE?");
            if (line.Length > 0) yield return (number, line.Split('\t'));
        }
    }

    private static int Place(string path, string task, string[] header, string name)
    {
        var place = Array.FindIndex(header, field => field.TrimStart('\uFEFF').Trim() == name);
        return place >= 0 ? place : throw new TextFormatException($"{path}: there is no column '{name}' (columns: {string.Join(", ", header.Take(12))}); is it a file of {task}?");
    }

    private static (string First, string? Second, string Label) Columns(GlueTask task) => task switch
    {
        GlueTask.Cola => ("", null, ""),
        GlueTask.Sst2 => ("sentence", null, "label"),
        GlueTask.Mrpc => ("#1 String", "#2 String", "Quality"),
        GlueTask.Qqp => ("question1", "question2", "is_duplicate"),
        GlueTask.Mnli => ("sentence1", "sentence2", "gold_label"),
        GlueTask.Qnli => ("question", "sentence", "label"),
        _ => ("sentence1", "sentence2", "label"),
    };
}
