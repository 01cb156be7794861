using System.Text.Json.Serialization;

namespace Scorch.Language.MetaDistil;

/// <summary>How the derivative of the quiz loss by the teacher is computed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetaSolver>))]
public enum MetaSolver
{
    /// <summary>Backward through the pilot steps: exact, and keeps the graph of each step's gradient.</summary>
    Exact,

    /// <summary>Two first-order gradients a pilot step, at the student moved along and against the quiz gradient: as much memory as plain distillation.</summary>
    FiniteDifference,
}

/// <summary>Settings of MetaDistil (Zhou et al. 2021, arXiv 2106.04570).</summary>
public sealed record MetaDistilConfig
{
    /// <summary>tau: the temperature of distillation.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>a: the weight of the teacher in the student's loss; above 0, or the teacher would receive no gradient.</summary>
    public double DistillWeight { get; init; } = 0.9;

    /// <summary>How logits are held to the teacher's.</summary>
    public DistillKind Kind { get; init; }

    /// <summary>beta: the weight of patient distillation of hidden states.</summary>
    public double PatientWeight { get; init; }

    /// <summary>lambda: the step size of the pilot, which is plain gradient descent whatever the student's optimiser.</summary>
    public double PilotRate { get; init; } = 0.05;

    /// <summary>m: training batches a round; the pilot takes a step for each, one after another, before the teacher learns.</summary>
    public int PilotSteps { get; init; } = 1;

    /// <summary>Quiz batches a round; 0 for the whole quiz set.</summary>
    public int QuizBatches { get; init; } = 1;

    /// <summary>The teacher learns every so many rounds; the others are plain distillation.</summary>
    public int MetaEvery { get; init; } = 1;

    /// <summary>mu: the teacher's learning rate. It falls with the student's.</summary>
    public double TeacherRate { get; init; } = 1e-3;

    /// <summary>The teacher's optimiser; its rate is <see cref="TeacherRate"/>.</summary>
    public OptimizerSettings TeacherOptimizer { get; init; } = new(OptimizerKind.Adam, 0);

    /// <summary>The share of the epochs in which the teacher is frozen.</summary>
    public double TeacherWarmupFraction { get; init; } = 0.5;

    /// <summary>Whether the pilot is thrown away and the student learns from the improved teacher on the same batches; otherwise the pilot stays as the new student (the paper's ablation).</summary>
    public bool PilotUpdate { get; init; } = true;

    /// <summary>With <see cref="PilotUpdate"/>: the student takes its own optimiser's step before the teacher learns, in the usual order; an ablation that changes the order alone.</summary>
    public bool StudentFirst { get; init; }

    /// <summary>Whether the student stays in training mode for the quiz, as in the authors' vision code; their language code evaluates.</summary>
    public bool QuizInTraining { get; init; } = true;

    /// <summary>How the teacher's gradient is computed.</summary>
    public MetaSolver Solver { get; init; } = MetaSolver.Exact;

    /// <summary>The student's loss by these settings.</summary>
    public DistillLoss Loss() => new(DistillWeight, Temperature, Kind, PatientWeight);

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "above 0");
        Require(DistillWeight is >= 0 and <= 1, nameof(DistillWeight), DistillWeight, "in [0, 1]");
        Require(PatientWeight >= 0 && double.IsFinite(PatientWeight), nameof(PatientWeight), PatientWeight, "at least 0");
        Require(DistillWeight > 0 || PatientWeight > 0, nameof(DistillWeight), DistillWeight, "above 0: the teacher receives no gradient otherwise. For a student alone use KnowledgeDistiller.StudentAlone");
        Require(PilotRate > 0 && double.IsFinite(PilotRate), nameof(PilotRate), PilotRate, "above 0; the paper's code takes about 0.02");
        Require(PilotSteps >= 1, nameof(PilotSteps), PilotSteps, "at least 1");
        Require(QuizBatches >= 0, nameof(QuizBatches), QuizBatches, "at least 0 (0 for the whole quiz set)");
        Require(MetaEvery >= 1, nameof(MetaEvery), MetaEvery, "at least 1");
        Require(TeacherRate >= 0 && double.IsFinite(TeacherRate), nameof(TeacherRate), TeacherRate, "at least 0");
        Require(TeacherWarmupFraction is >= 0 and <= 1, nameof(TeacherWarmupFraction), TeacherWarmupFraction, "in [0, 1]");
        if (TeacherOptimizer is null) throw new ArgumentException("MetaDistilConfig: TeacherOptimizer is missing.", nameof(TeacherOptimizer));
        if (StudentFirst && !PilotUpdate) throw new ArgumentException("MetaDistilConfig: StudentFirst takes the student's own step, PilotUpdate = false keeps the pilot's; choose one.", nameof(StudentFirst));
    }

    private static void Require(bool holds, string name, IFormattable value, string expected)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"MetaDistilConfig: {name} is {value}; it must be {expected}."), name);
    }
}
