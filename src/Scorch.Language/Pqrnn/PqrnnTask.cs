using Scorch.Reproductions;

namespace Scorch.Language.Pqrnn;

/// <summary>A data set of a comparison.</summary>
internal sealed record PqrnnTask(string Name, IReadOnlyList<SluUtterance> Train, IReadOnlyList<SluUtterance> Validation, IReadOnlyList<SluUtterance> Test)
{
    internal const string DataSet = "slotgated-slu";

    public IReadOnlyList<string> Intents { get; } = SluUtterance.Names(Train).Intents;

    public IReadOnlyList<string> Tags { get; } = SluUtterance.Names(Train).Tags;

    public static PqrnnTask Load(RunContext context, string name)
    {
        if (context.Scale == Scale.Smoke) return new(name, SluSample.Make(48, 1), SluSample.Make(12, 2), SluSample.Make(24, 3));
        return new(name, Read(context, name, "train"), Read(context, name, "valid"), Read(context, name, "test"));
    }

    /// <summary>A part of one of the data set's two: train, valid or test.</summary>
    public static IReadOnlyList<SluUtterance> Read(RunContext context, string name, string part)
    {
        string Find(string file) => context.Data.Find(DataSet, $"data/{name}/{part}/{file}");
        return SluFiles.ReadSlotGated(Find("seq.in"), Find("seq.out"), Find("label"));
    }
}

/// <summary>Sizes and steps of a comparison.</summary>
internal sealed record PqrnnSizes
{
    public required PqrnnConfig Student { get; init; }

    public required WordTaggerConfig Teacher { get; init; }

    public required WordTaggerConfig Lstm { get; init; }

    public required WordTaggerConfig Transformer { get; init; }

    public required SluFitConfig TeacherFit { get; init; }

    public required SluFitConfig Fit { get; init; }

    /// <summary>Learning rates, for every model as many; the best on validation data is taken.</summary>
    public required IReadOnlyList<double> Rates { get; init; }

    public static PqrnnSizes Of(RunContext context)
    {
        var isSmoke = context.Scale == Scale.Smoke;
        var fit = new SluFitConfig { Steps = context.Settings.Integer("steps"), BatchSize = context.Settings.Integer("batch") };
        return new()
        {
            Student = new()
            {
                FeatureSize = context.Settings.Integer("features"),
                Bottleneck = context.Settings.Integer("bottleneck"),
                StateSize = context.Settings.Integer("state"),
                Layers = context.Settings.Integer("layers"),
                Zoneout = context.Settings.Number("zoneout"),
                Distortion = context.Settings.Number("distortion"),
            },
            Teacher = new()
            {
                WordFeatures = context.Settings.Integer("teacher-features"),
                CharacterFeatures = isSmoke ? 4 : 64,
                StateSize = context.Settings.Integer("teacher-features"),
                Layers = isSmoke ? 1 : 2,
            },
            Lstm = new() { WordFeatures = context.Settings.Integer("lstm-features"), StateSize = context.Settings.Integer("lstm-features"), Layers = 1 },
            Transformer = new() { Layers = isSmoke ? 1 : 2, Dropout = 0.1 },
            TeacherFit = fit with { Steps = context.Settings.Integer("teacher-steps") },
            Fit = fit,
            Rates = [.. context.Settings.Text("rates").Split(';').Select(rate => double.TryParse(rate, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw new UsageException($"--set rates: '{rate}' is no learning rate; give numbers above 0, separated by semicolons."))],
        };
    }
}
