namespace Scorch.Language.HyperFormers;

/// <summary>Settings of a training over several tasks; defaults are the paper's large runs.</summary>
public sealed record MultiTaskOptions
{
    /// <summary>Steps.</summary>
    public int Steps { get; init; } = 1 << 18;

    /// <summary>Examples of a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>T of <see cref="TaskSampler"/>.</summary>
    public double Temperature { get; init; } = 10;

    /// <summary>Draw a task for every row; else, as in the paper, one for the whole batch.</summary>
    public bool MixesTasks { get; init; }

    /// <summary>The greatest learning rate, which falls evenly to 0 after the warm-up.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Steps over which the rate grows.</summary>
    public int WarmUp { get; init; } = 500;

    /// <summary>Share of every target that is spread over the vocabulary.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>AdamW's decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The greatest norm of all gradients together.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>Steps between two evaluations on the validation parts; the weights of the best mean are kept. 0 for none: the last weights stay.</summary>
    public int EvaluateEvery { get; init; } = 1000;

    /// <summary>Fixes the draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Where the run is saved and goes on from, if anywhere.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps between two saves; 0 for one when stopped and at the end.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of range; it is named.</exception>
    public void Validate()
    {
        Require(Steps >= 1, nameof(Steps), Steps, "at least 1");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "above 0");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Require(WarmUp >= 0, nameof(WarmUp), WarmUp, "at least 0");
        Require(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "from 0 up to 1");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "at least 0");
        Require(GradientNorm > 0, nameof(GradientNorm), GradientNorm, "above 0");
        Require(EvaluateEvery >= 0, nameof(EvaluateEvery), EvaluateEvery, "at least 0");
        Require(CheckpointEvery >= 0, nameof(CheckpointEvery), CheckpointEvery, "at least 0");
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds) throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"MultiTaskOptions: {name} is {value}; it must be {range}."), name);
    }
}
