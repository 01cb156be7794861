using Scorch.Data;
using Scorch.Reproductions;
using Scorch.Tabular;
using Scorch.Text;

namespace Scorch.Language.MetaDistil;

/// <summary>A user's table or sentences, split and numbered.</summary>
/// <param name="Train">For teacher and student.</param>
/// <param name="Quiz">Held out.</param>
/// <param name="Validation">Held out.</param>
/// <param name="Test">Held out, for the accuracies that are printed at the end.</param>
/// <param name="Reading">Names, columns and statistics; its network is the teacher's.</param>
/// <param name="Student">The student's shape.</param>
/// <param name="Tokenizer">Of sentences: their words.</param>
internal sealed record UserData(
    TensorDataSet Train, TensorDataSet Quiz, TensorDataSet Validation, TensorDataSet Test, DistilledConfig Reading, ClassifierConfig Student, WordTokenizer? Tokenizer)
{
    public static UserData Read(CommandContext context)
    {
        if (context.Has("csv") == context.Has("text")) throw new UsageException("distil: give either --csv FILE or --text FILE.");
        var seed = context.Integer("seed");
        var shares = new[] { context.Number("quiz-share"), context.Number("validation-share"), context.Number("test-share") };
        if (shares.Any(share => !(share is > 0 and < 1)) || shares.Sum() >= 1)
            throw new UsageException("distil: --quiz-share, --validation-share and --test-share lie between 0 and 1, together below 1.");
        return context.Has("csv") ? FromTable(context, shares, seed) : FromSentences(context, shares, seed);
    }

    private static UserData FromTable(CommandContext context, double[] shares, int seed)
    {
        var table = TableFile.Read(context.Text("csv"));
        var label = context.TextOrNull("label") ?? throw new UsageException($"distil: --label must name the column of classes. The table has: {string.Join(", ", table.Names)}.");
        var marks = table[label];
        if (marks.MissingCount > 0) throw new ArgumentException($"Column '{label}' lacks {marks.MissingCount} classes; leave those rows out.");
        var columns = context.List("features") is { Count: > 0 } chosen ? chosen : [.. table.Names.Where(name => name != label && table[name].IsNumeric)];
        if (columns.Count == 0) throw new ArgumentException($"The table has no column of numbers beside '{label}'.");
        var (classes, labels) = Numbered([.. Enumerable.Range(0, table.Rows).Select(row => marks.Text(row)!)]);
        var raw = SentenceTensors.Rows(TableRows.Read(table, columns, new double[columns.Count], [.. columns.Select(_ => 1.0)]), labels);
        var parts = Parts(raw, shares, seed);
        var (means, deviations) = TableRows.Statistics(table, columns, parts[3]);
        var data = SentenceTensors.Rows(TableRows.Read(table, columns, means, deviations), labels);
        var teacher = new ClassifierConfig
        {
            Kind = ClassifierKind.Perceptron,
            Inputs = columns.Count,
            Classes = classes.Length,
            Hidden = Sizes(context, "teacher-hidden"),
        };
        return Of(data, parts, new() { Network = teacher, Classes = classes, Columns = columns, Means = means, Deviations = deviations }, teacher with { Hidden = Sizes(context, "student-hidden") }, null);
    }

    private static UserData FromSentences(CommandContext context, double[] shares, int seed)
    {
        var rows = LabelledSentences.Read(context.Text("text"));
        var (classes, labels) = Numbered([.. rows.Select(row => row.Label)]);
        var texts = rows.Select(row => row.Text).ToArray();
        var length = context.Integer("length");
        if (length < 1) throw new UsageException($"distil: --length is {length}; it must be at least 1.");
        // Parts are drawn on all words; the words that are known are those of the training part.
        var parts = Parts(SentenceTensors.Rows(SentenceTensors.Encode(SentenceTensors.Tokenizer(texts, int.MaxValue), texts, length), labels), shares, seed);
        var tokenizer = SentenceTensors.Tokenizer(parts[3].Select(row => texts[row]), context.Integer("vocabulary"));
        var data = SentenceTensors.Rows(SentenceTensors.Encode(tokenizer, texts, length), labels);
        var teacher = new ClassifierConfig
        {
            Kind = ClassifierKind.Transformer,
            Inputs = tokenizer.Count,
            Classes = classes.Length,
            Features = context.Integer("teacher-features"),
            Layers = context.Integer("teacher-layers"),
            Length = length,
            Dropout = 0.1,
        };
        var student = teacher with
        {
            Kind = context.Text("student") == "bag" ? ClassifierKind.BagOfEmbeddings : ClassifierKind.Transformer,
            Features = context.Integer("student-features"),
            Layers = 1,
            Dropout = 0,
        };
        return Of(Distinct(data, parts), parts, new() { Network = teacher, Classes = classes }, student, tokenizer);
    }

    // Two sentences that differ in unknown words alone read the same; those of the quiz part leave it.
    private static TensorDataSet Distinct(TensorDataSet data, int[][] parts)
    {
        while (QuizOverlap.Find(DistillTask.Take(data, parts[3]), DistillTask.Take(data, parts[0])) is { } shared)
            parts[0] = [.. parts[0].Where((_, i) => i != shared.Quiz)];
        return data;
    }

    private static UserData Of(TensorDataSet data, int[][] parts, DistilledConfig reading, ClassifierConfig student, WordTokenizer? tokenizer) =>
        new(DistillTask.Take(data, parts[3]), DistillTask.Take(data, parts[0]), DistillTask.Take(data, parts[1]), DistillTask.Take(data, parts[2]), reading, student, tokenizer);

    private static int[][] Parts(TensorDataSet data, double[] shares, int seed)
    {
        var parts = QuizOverlap.Split(data, shares, new RandomSource(seed));
        return parts.All(part => part.Length > 0)
            ? parts
            : throw new ArgumentException($"{data.Count} rows are too few for the shares: training gets {parts[3].Length}, quiz {parts[0].Length}, validation {parts[1].Length}, test {parts[2].Length}; each needs one at least.");
    }

    private static (string[] Classes, int[] Labels) Numbered(string[] marks)
    {
        var classes = marks.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (classes.Length is < 2 or > 10_000) throw new ArgumentException($"There are {classes.Length} classes; 2 to 10,000 are needed. Is it the right column?");
        var numbers = classes.Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => entry.i, StringComparer.Ordinal);
        return (classes, [.. marks.Select(mark => numbers[mark])]);
    }

    private static int[] Sizes(CommandContext context, string option) => [.. context.List(option).Select(text =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 1_000_000
            ? size
            : throw new UsageException($"distil: --{option} is '{context.Text(option)}'; give sizes from 1 to 1,000,000, separated by commas."))];
}
