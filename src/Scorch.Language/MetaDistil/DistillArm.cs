namespace Scorch.Language.MetaDistil;

/// <summary>The ways of training a student that are compared.</summary>
internal enum DistillArm
{
    StudentAlone,
    Distillation,
    DistillationWithQuiz,
    MutualLearning,
    WithoutPilot,
    StudentFirst,
    MetaDistil,
}

/// <summary>One setting of a comparison; the defaults are those of the laptop scale.</summary>
internal sealed record ArmSetting(int Width, double Temperature = 4, double Weight = 0.9, double PilotRate = 0.05, double TeacherRate = 1e-3, double Warmup = 0.5, int Epochs = 30, double StudentRate = 3e-3);

/// <summary>What a student reached.</summary>
/// <param name="Test">Share of test examples.</param>
/// <param name="Report">The fit.</param>
internal sealed record ArmResult(double Test, DistillReport Report);

/// <summary>Trains one student in one way. Student and order of examples depend on the seed alone, so that all ways are paired.</summary>
internal sealed class ArmRunner
{
    private readonly DistillTask task;
    private readonly int seed;
    private readonly IReadOnlyDictionary<string, Tensor> teacherState;

    private ArmRunner(DistillTask task, int seed, IReadOnlyDictionary<string, Tensor> teacherState, double teacherTest) =>
        (this.task, this.seed, this.teacherState, TeacherTest) = (task, seed, teacherState, teacherTest);

    public DistillTask Task => task;

    public int Seed => seed;

    /// <summary>Share of test examples that the teacher tells.</summary>
    public double TeacherTest { get; }

    /// <summary>Trains the teacher.</summary>
    public static ArmRunner Prepare(DistillTask task, int seed, CancellationToken cancellation)
    {
        var teacher = task.Teacher.Create(new RandomSource(RandomSource.Derive(seed, 3)));
        var options = new FitOptions
        {
            Epochs = task.TeacherEpochs,
            BatchSize = 64,
            StudentOptimizer = new(OptimizerKind.Adam, 1e-3),
            Seed = seed,
        };
        KnowledgeDistiller.StudentAlone(teacher).Fit(task.Teaching, task.Validation, options, null, cancellation);
        var state = teacher.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
        return new(task, seed, state, DistillLoop.Accuracy(FunctionalModule.Of(teacher), task.Test));
    }

    public ArmResult Run(DistillArm arm, ArmSetting setting, CancellationToken cancellation)
    {
        var student = task.Student(setting.Width).Create(new RandomSource(RandomSource.Derive(seed, 4)));
        var teacher = task.Teacher.Create(new RandomSource(RandomSource.Derive(seed, 3)));
        teacher.LoadState(teacherState);
        var options = new FitOptions
        {
            Epochs = setting.Epochs,
            StudentOptimizer = new(OptimizerKind.Adam, setting.StudentRate),
            Seed = RandomSource.Derive(seed, 5),
        };
        var loss = new DistillLoss(setting.Weight, setting.Temperature);
        var meta = new MetaDistilConfig
        {
            Temperature = setting.Temperature,
            DistillWeight = setting.Weight,
            PilotRate = setting.PilotRate,
            TeacherRate = setting.TeacherRate,
            TeacherWarmupFraction = setting.Warmup,
            PilotUpdate = arm != DistillArm.WithoutPilot,
            StudentFirst = arm == DistillArm.StudentFirst,
        };
        var report = arm switch
        {
            DistillArm.StudentAlone => KnowledgeDistiller.StudentAlone(student).Fit(task.Train, task.Validation, options, null, cancellation),
            DistillArm.Distillation => new KnowledgeDistiller(teacher, student, loss).Fit(task.Train, task.Validation, options, null, cancellation),
            DistillArm.DistillationWithQuiz => new KnowledgeDistiller(teacher, student, loss).Fit(DistillTask.Join(task.Train, task.Quiz), task.Validation, options, null, cancellation),
            DistillArm.MutualLearning => new MutualLearning(teacher, student, loss, new(OptimizerKind.Adam, setting.TeacherRate)).Fit(task.Train, task.Validation, options, null, cancellation),
            _ => new MetaDistiller(teacher, student, meta).Fit(task.Train, task.Quiz, task.Validation, options, null, cancellation),
        };
        return new(DistillLoop.Accuracy(FunctionalModule.Of(student), task.Test), report);
    }
}
