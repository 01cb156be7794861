using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.MetaDistil;

/// <summary>Measures the claims.</summary>
internal static class MetaDistilExperiments
{
    private static readonly DistillArm[] Arms = Enum.GetValues<DistillArm>();
    private static readonly double[] Weights = [0.5, 0.9], Temperatures = [2, 4, 8], PilotRates = [0.01, 0.05, 0.1];
    private static readonly int[] Widths = [8, 12, 24];

    public static void Run(RunContext context)
    {
        var names = context.Settings.Flag("trec") ? (string[])["digits", "TREC"] : ["digits"];
        var runners = Parallel(context, "teachers", 0, 0.1, [.. names.SelectMany(name => context.Seeds.Select(seed => (name, seed)))],
            job => ArmRunner.Prepare(job.name == "digits" ? DistillTask.Digits(context, job.seed) : DistillTask.Trec(context, job.seed), job.seed, context.CancellationToken));
        var sets = names.Select((name, i) => new Measured(name, [.. runners.Skip(i * context.Seeds.Count).Take(context.Seeds.Count)])).ToArray();
        var at = 0.1;
        foreach (var set in sets)
        {
            Compare(context, set, at, at + 0.3);
            Describe(context, set);
            at += 0.3;
        }
        Verdicts(context, sets);
        if (context.Settings.Flag("sweep")) Sweep(context, sets[0]);
        else context.MarkNotMeasurable("C3", "The sweep is switched off (--set sweep=true).");
        if (context.Settings.Flag("sensitivity")) Sensitivity(context, sets[0]);
        if (context.Settings.Flag("tuned")) Tuned(context, sets[0]);
        else foreach (var id in (string[])["C1d", "C2d"]) context.MarkNotMeasurable(id, "The comparison with chosen settings is switched off (--set tuned=true).");
    }

    /// <summary>The digits' teacher and student in full, and one round.</summary>
    public static string OneStep(RunContext context)
    {
        var task = DistillTask.Digits(context, context.Seeds[0]);
        var teacher = task.Teacher.Create(new RandomSource(1));
        var student = task.Student(task.Width).Create(new RandomSource(2));
        var setting = Setting(context, task.Width);
        var config = new MetaDistilConfig
        {
            Temperature = setting.Temperature,
            DistillWeight = setting.Weight,
            PilotRate = setting.PilotRate,
            TeacherRate = setting.TeacherRate,
            TeacherWarmupFraction = 0,
        };
        var batch = DistillTask.Take(task.Train, [.. Enumerable.Range(0, Math.Min(32, task.Train.Count))]);
        var report = new MetaDistiller(teacher, student, config).Fit(batch, task.Quiz, task.Validation, new FitOptions { Epochs = 1 }, null, context.CancellationToken);
        return Invariant($"Digits: teacher of {teacher.ParameterCount} parameters, student of {student.ParameterCount}; one round of {batch.Count} examples, quiz loss {report.QuizLossBeforeAfterPilot[0].Before:F4} before and {report.QuizLossBeforeAfterPilot[0].After:F4} after the pilot, graph of {report.Cost.PeakGraphBytes} bytes.");
    }

    private static ArmSetting Setting(RunContext context, int width) => new(
        width,
        context.Settings.Number("temperature"),
        context.Settings.Number("weight"),
        context.Settings.Number("pilot-rate"),
        context.Settings.Number("teacher-rate"),
        context.Settings.Number("warmup"),
        context.Settings.Integer("epochs"));

    private static void Compare(RunContext context, Measured set, double from, double to)
    {
        var jobs = Arms.SelectMany(arm => set.Runners.Select(runner => (arm, runner))).ToArray();
        var results = Parallel(context, $"{set.Name}: {Arms.Length} ways, {set.Runners.Count} seeds", from, to, jobs,
            job => job.runner.Run(job.arm, Setting(context, job.runner.Task.Width), context.CancellationToken));
        for (var i = 0; i < jobs.Length; i++) set.Results[(jobs[i].arm, jobs[i].runner.Seed)] = results[i];
        foreach (var (arm, runner) in jobs)
        {
            var report = set.Results[(arm, runner.Seed)].Report;
            if (runner.Seed != context.Seeds[0]) continue;
            for (var epoch = 0; epoch < report.StudentAccuracyByEpoch.Count; epoch++)
                context.LogScalar($"{set.Name}, validation accuracy of the student/{arm}", epoch + 1, report.StudentAccuracyByEpoch[epoch]);
            for (var epoch = 0; arm == DistillArm.MetaDistil && epoch < report.TeacherAccuracyByEpoch.Count; epoch++)
                context.LogScalar($"{set.Name}, validation accuracy of the teacher/{arm}", epoch, report.TeacherAccuracyByEpoch[epoch]);
        }
    }

    /// <summary>C1 and C2: ahead on at least one data set, the other not worse than -0.3 points.</summary>
    private static void Verdicts(RunContext context, Measured[] sets)
    {
        // The set on which the smaller of the two leads is greatest; both inequalities must hold on one set.
        var best = sets.MaxBy(set => Math.Min(set.Lead(DistillArm.Distillation), set.Lead(DistillArm.WithoutPilot)))!;
        context.Note($"\"At least one data set\": {best.Name}, where the smaller of the leads over distillation and over the ablation is greatest.");
        Measure(context, best, "C1a", DistillArm.Distillation);
        Measure(context, best, "C1c", DistillArm.DistillationWithQuiz);
        Measure(context, best, "C2a", DistillArm.WithoutPilot);
        Measure(context, best, "C2c", DistillArm.StudentFirst);
        if (sets.FirstOrDefault(set => set != best) is { } other)
        {
            Measure(context, other, "C1b", DistillArm.Distillation);
            Measure(context, other, "C2b", DistillArm.WithoutPilot);
        }
        else
        {
            foreach (var id in (string[])["C1b", "C2b"]) context.MarkNotMeasurable(id, "Only one data set was run (--set trec=true).");
        }
    }

    private static void Measure(RunContext context, Measured set, string id, DistillArm baseline)
    {
        foreach (var seed in context.Seeds) context.Measure(id, seed, set.Points(DistillArm.MetaDistil, seed), set.Points(baseline, seed));
    }

    /// <summary>C3: the spread of test accuracies over students and settings.</summary>
    private static void Sweep(RunContext context, Measured set)
    {
        var settings = (from weight in Weights from temperature in Temperatures from width in Widths select Setting(context, width) with { Weight = weight, Temperature = temperature }).ToArray();
        // The pilot's rate is no setting of plain distillation: its spread over three copies is that of one.
        (DistillArm Arm, ArmSetting Setting)[] all =
        [
            .. settings.Select(setting => (DistillArm.Distillation, setting)),
            .. from setting in settings from rate in PilotRates select (DistillArm.MetaDistil, setting with { PilotRate = rate }),
        ];
        var jobs = (from runner in set.Runners from entry in all select (runner, entry.Arm, entry.Setting)).ToArray();
        var results = Parallel(context, $"{set.Name}: sweep of {all.Length} settings", 0.7, 0.85, jobs, job => 100 * job.runner.Run(job.Arm, job.Setting, context.CancellationToken).Test);
        foreach (var seed in context.Seeds)
        {
            double Spread(DistillArm arm) => Deviation([.. results.Where((_, i) => jobs[i].runner.Seed == seed && jobs[i].Arm == arm)]);
            context.Measure("C3", seed, Spread(DistillArm.MetaDistil), Spread(DistillArm.Distillation));
        }
        foreach (var (name, of) in new (string, Func<ArmSetting, string>)[]
        {
            ("weight", setting => Text(setting.Weight)), ("temperature", setting => Text(setting.Temperature)), ("width", setting => Text(setting.Width)), ("pilot rate", setting => Text(setting.PilotRate)),
        })
        {
            var groups = jobs.Select((job, i) => (job, Value: results[i])).GroupBy(entry => (Level: of(entry.job.Setting), entry.job.Arm))
                .Select(group => Invariant($"{group.Key.Arm} {group.Key.Level}: {group.Average(entry => entry.Value):F2}"));
            context.Note($"Sweep on {set.Name}, mean test accuracy by {name}: {string.Join("; ", groups)}.");
        }
    }

    /// <summary>C5: the two knobs on which the authors say the result hangs, and how long the teacher is frozen.</summary>
    private static void Sensitivity(RunContext context, Measured set)
    {
        var usual = Setting(context, set.Runners[0].Task.Width);
        (string Name, ArmSetting Setting)[] all =
        [
            .. from teacher in (double[])[3e-4, 1e-3, 3e-3] from pilot in PilotRates select (Invariant($"teacher rate {teacher}, pilot rate {pilot}"), usual with { TeacherRate = teacher, PilotRate = pilot }),
            .. from warmup in (double[])[0, 0.75] select (Invariant($"frozen for {warmup:P0} of the epochs"), usual with { Warmup = warmup }),
        ];
        var jobs = (from entry in all from runner in set.Runners select (entry.Name, entry.Setting, runner)).ToArray();
        var results = Parallel(context, $"{set.Name}: sensitivity", 0.85, 0.9, jobs, job => 100 * job.runner.Run(DistillArm.MetaDistil, job.Setting, context.CancellationToken).Test);
        var lines = jobs.Select((job, i) => (job.Name, Value: results[i])).GroupBy(entry => entry.Name).Select(group => Invariant($"{group.Key}: {group.Average(entry => entry.Value):F2}"));
        context.Note($"Sensitivity of MetaDistil on {set.Name}, mean test accuracy: {string.Join("; ", lines)}.");
    }

    /// <summary>C1d and C2d: every way takes, seed by seed, the best of 24 settings on validation data.</summary>
    private static void Tuned(RunContext context, Measured set)
    {
        DistillArm[] arms = [DistillArm.Distillation, DistillArm.WithoutPilot, DistillArm.MetaDistil];
        // Weight, temperature, and four values of rates; 3e-4 is the teacher's rate that the authors recommend.
        var usual = Setting(context, set.Runners[0].Task.Width) with { TeacherRate = 3e-4 };
        (double Student, double Pilot)[] Rates(DistillArm arm) => arm switch
        {
            DistillArm.Distillation => [(1e-3, 0.05), (3e-3, 0.05), (1e-2, 0.05), (3e-2, 0.05)],
            // Its student moves by the pilot's rate alone.
            DistillArm.WithoutPilot => [(3e-3, 0.02), (3e-3, 0.05), (3e-3, 0.1), (3e-3, 0.2)],
            _ => [(3e-3, 0.05), (3e-3, 0.1), (1e-2, 0.05), (1e-2, 0.1)],
        };
        IEnumerable<ArmSetting> Grid(DistillArm arm) =>
            from weight in Weights
            from temperature in Temperatures
            from rate in Rates(arm)
            select usual with { Weight = weight, Temperature = temperature, StudentRate = rate.Student, PilotRate = rate.Pilot };
        var jobs = (from arm in arms from runner in set.Runners from setting in Grid(arm) select (arm, runner, setting)).ToArray();
        var results = Parallel(context, $"{set.Name}: settings chosen on validation data", 0.9, 1, jobs, job => job.runner.Run(job.arm, job.setting, context.CancellationToken));
        // Of equally good settings the first.
        var chosen = jobs.Zip(results).GroupBy(entry => (entry.First.arm, entry.First.runner.Seed))
            .ToDictionary(group => group.Key, group => group.MaxBy(entry => entry.Second.Report.StudentAccuracyByEpoch[^1]));
        double Points(DistillArm arm, int seed) => 100 * chosen[(arm, seed)].Second.Test;
        foreach (var seed in context.Seeds)
        {
            context.Measure("C1d", seed, Points(DistillArm.MetaDistil, seed), Points(DistillArm.Distillation, seed));
            context.Measure("C2d", seed, Points(DistillArm.MetaDistil, seed), Points(DistillArm.WithoutPilot, seed));
        }
        foreach (var arm in arms)
        {
            var lines = context.Seeds.Select(seed => (Seed: seed, chosen[(arm, seed)].First.setting, chosen[(arm, seed)].Second.Test))
                .Select(own => Invariant($"seed {own.Seed}: weight {own.setting.Weight}, temperature {own.setting.Temperature}, student rate {own.setting.StudentRate}, pilot rate {own.setting.PilotRate}, test {100 * own.Test:F2}%"));
            context.Note($"{set.Name}, {arm} with the best of 24 settings on validation data: {string.Join("; ", lines)}.");
        }
    }

    private static void Describe(RunContext context, Measured set)
    {
        var first = set.Runners[0].Task;
        context.Note(Invariant($"{set.Name}: {first.Teaching.Count} examples for the teacher, {first.Train.Count} of them for the student, {first.Quiz.Count} quiz, {first.Validation.Count} validation, {first.Test.Count} test; teacher {100 * set.Runners.Average(runner => runner.TeacherTest):F2}% on the test set (mean of {set.Runners.Count} seeds)."));
        foreach (var arm in Arms)
        {
            var values = set.Runners.Select(runner => set.Points(arm, runner.Seed)).ToArray();
            var reports = set.Runners.Select(runner => set.Results[(arm, runner.Seed)].Report).ToArray();
            var cost = reports[0].Cost;
            var half = values.Length < 2 ? double.NaN : StudentT.Quantile(0.975, values.Length - 1) * SampleDeviation(values) / Math.Sqrt(values.Length);
            var teacher = reports[0].TeacherAccuracyByEpoch.Count == 0 ? "" : Invariant($"; teacher on validation {100 * reports.Average(report => report.TeacherAccuracyByEpoch[0]):F2} before, {100 * reports.Average(report => report.TeacherAccuracyByEpoch[^1]):F2} after");
            var quiz = reports[0].QuizLossBeforeAfterPilot.Count == 0 ? "" : Invariant($"; quiz loss before and after the first pilot {reports.Average(report => report.QuizLossBeforeAfterPilot[0].Before):F3} and {reports.Average(report => report.QuizLossBeforeAfterPilot[0].After):F3}; teacher learnt {reports.Average(report => report.MetaSteps):F0} times, skipped {reports.Sum(report => report.SkippedMetaSteps)}");
            context.Note(Invariant($"{set.Name}, {arm}: test {values.Average():F2}% (95% interval ±{half:F2}); a step takes {cost.PassesPerStep:F2} passes, the largest graph keeps {cost.PeakGraphBytes} bytes{teacher}{quiz}."));
        }
        foreach (var warning in set.Results.Values.SelectMany(result => result.Report.Warnings).Distinct()) context.Note($"{set.Name}: {warning}");
    }

    /// <summary>Independent jobs on all cores; what each gives does not depend on the others or on the cores.</summary>
    private static TResult[] Parallel<TJob, TResult>(RunContext context, string name, double from, double to, IReadOnlyList<TJob> jobs, Func<TJob, TResult> run)
    {
        var results = new TResult[jobs.Count];
        var done = 0;
        context.Report(name, from);
        try
        {
            System.Threading.Tasks.Parallel.For(0, jobs.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallelism.ThreadCount, CancellationToken = context.CancellationToken }, i =>
            {
                results[i] = run(jobs[i]);
                var now = Interlocked.Increment(ref done);
                context.Report(Invariant($"{name}: {now} of {jobs.Count}"), from + ((to - from) * now / jobs.Count));
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        return results;
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static double SampleDeviation(double[] values) => Deviation(values) * Math.Sqrt(values.Length / (values.Length - 1.0));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A data set and what was measured on it.</summary>
    private sealed class Measured(string name, IReadOnlyList<ArmRunner> runners)
    {
        public string Name { get; } = name;

        public IReadOnlyList<ArmRunner> Runners { get; } = runners;

        public Dictionary<(DistillArm Arm, int Seed), ArmResult> Results { get; } = [];

        /// <summary>Test accuracy in percent.</summary>
        public double Points(DistillArm arm, int seed) => 100 * Results[(arm, seed)].Test;

        /// <summary>Mean lead of MetaDistil.</summary>
        public double Lead(DistillArm baseline) => Runners.Average(runner => Points(DistillArm.MetaDistil, runner.Seed) - Points(baseline, runner.Seed));
    }
}
