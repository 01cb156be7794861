using Scorch.Data;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.MetaDistil;

/// <summary>A data set in its parts, and the teacher and student that go with it.</summary>
/// <param name="Name">Its name for the reader.</param>
/// <param name="Teaching">What the teacher is trained on.</param>
/// <param name="Train">What the student is trained on, a part of <paramref name="Teaching"/>.</param>
/// <param name="Quiz">Held out of both.</param>
/// <param name="Validation">Held out of both.</param>
/// <param name="Test">Seen by no method.</param>
/// <param name="Teacher">The teacher's shape.</param>
/// <param name="Student">The student's shape by its width.</param>
/// <param name="Width">The student's usual width.</param>
/// <param name="TeacherEpochs">How long the teacher is trained first.</param>
internal sealed record DistillTask(
    string Name, TensorDataSet Teaching, TensorDataSet Train, TensorDataSet Quiz, TensorDataSet Validation, TensorDataSet Test,
    ClassifierConfig Teacher, Func<int, ClassifierConfig> Student, int Width, int TeacherEpochs)
{
    public const string Sentences = "sent-conv";
    private const string TrecTraining = "data/TREC.train.all", TrecTest = "data/TREC.test.all";

    /// <summary>Digits: 30% for the test, 10% of the others each for quiz and validation, the rest for the teacher; the student sees some of the rest with their labels.</summary>
    public static DistillTask Digits(RunContext context, int seed)
    {
        context.UseData(DigitsData.Name, DigitsData.File, DigitsData.Open);
        var data = DigitsData.Load();
        var parts = QuizOverlap.Split(data, [0.3, 0.07, 0.07], new RandomSource(RandomSource.Derive(seed, 1)));
        var rest = Take(data, parts[3]);
        var teacher = new ClassifierConfig
        {
            Kind = ClassifierKind.Perceptron,
            Inputs = 64,
            Classes = 10,
            Hidden = [256, 256],
        };
        return new("digits", rest, First(rest, context.Settings.Integer("digits-labelled")), Take(data, parts[1]), Take(data, parts[2]), Take(data, parts[0]),
            teacher, width => teacher with { Hidden = [width] }, 12, context.Settings.Integer("teacher-epochs"));
    }

    /// <summary>TREC: the published test set; of the training set 10% each for quiz and validation, the rest for the teacher.</summary>
    public static DistillTask Trec(RunContext context, int seed)
    {
        var (training, test) = (Read(context, TrecTraining), Read(context, TrecTest));
        var length = context.Settings.Integer("trec-length");
        var tokenizer = SentenceTensors.Tokenizer(training.Select(row => row.Text));
        var data = Encoded(training);
        var parts = QuizOverlap.Split(data, [0.1, 0.1], new RandomSource(RandomSource.Derive(seed, 2)));
        var rest = Take(data, parts[2]);
        var teacher = new ClassifierConfig
        {
            Kind = ClassifierKind.Transformer,
            Inputs = tokenizer.Count,
            Classes = 6,
            Features = 96,
            Layers = 2,
            Length = length,
            Dropout = 0.1,
        };
        return new("TREC", rest, First(rest, context.Settings.Integer("trec-labelled")), Take(data, parts[0]), Take(data, parts[1]), Encoded(test),
            teacher, width => teacher with { Kind = ClassifierKind.BagOfEmbeddings, Features = width, Dropout = 0 }, 16, context.Settings.Integer("trec-teacher-epochs"));

        TensorDataSet Encoded(IReadOnlyList<(string Label, string Text)> rows) =>
            SentenceTensors.Rows(SentenceTensors.Encode(tokenizer, [.. rows.Select(row => row.Text)], length), [.. rows.Select(row => int.Parse(row.Label, System.Globalization.CultureInfo.InvariantCulture))]);
    }

    /// <summary>Examples by number.</summary>
    public static TensorDataSet Take(TensorDataSet data, IReadOnlyList<int> rows) => new([.. data.Batch(rows)]);

    /// <summary>Two sets after one another.</summary>
    public static TensorDataSet Join(TensorDataSet first, TensorDataSet second) =>
        new([.. first.Tensors.Zip(second.Tensors, (a, b) => Tensor.Concatenate([a, b]))]);

    private static TensorDataSet First(TensorDataSet data, int count) => Take(data, [.. Enumerable.Range(0, Math.Min(count, data.Count))]);

    private static IReadOnlyList<(string Label, string Text)> Read(RunContext context, string file)
    {
        var rows = LabelledSentences.Read(context.Data.Find(Sentences, file));
        if (rows.FirstOrDefault(row => !int.TryParse(row.Label, out var label) || label is < 0 or > 5) is { Label: not null } wrong)
            throw new InvalidDataException($"{file}: the class '{wrong.Label}' is none of TREC's 0 to 5; get the file again.");
        return rows;
    }
}
