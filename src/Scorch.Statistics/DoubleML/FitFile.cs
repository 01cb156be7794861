using System.IO.Compression;
using System.Text.Json;
using Scorch.Checkpoints;

namespace Scorch.Statistics.DoubleML;

/// <summary>A saved fit: outcome, treatments, instruments, splits, predictions and estimates, enough to recompute every estimate without refitting.</summary>
public sealed class FitFile
{
    private const string FormatName = "scorch-doubleml-fit";
    private readonly FitDocument document;

    private FitFile(FitDocument document) => this.document = document;

    /// <summary>The estimates as saved.</summary>
    public IReadOnlyList<DmlEstimate> Estimates => [.. document.Treatments.Select(treatment => new DmlEstimate(treatment.Name, treatment.Theta, treatment.StandardError))];

    /// <summary>The model.</summary>
    public DmlModelKind Kind => document.Model;

    /// <summary>The score's name.</summary>
    public string Score => document.Score;

    /// <summary>The number of observations.</summary>
    public int Rows => document.Outcome.Values.Length;

    /// <summary>The checksum of the data that was fitted, controls included (<see cref="CausalData.Checksum"/>).</summary>
    public string DataChecksum => document.DataSha256;

    /// <summary>The columns' roles, with which the data can be read again.</summary>
    public CausalRoles Roles => new(
        document.Outcome.Name,
        [.. document.Treatments.Select(treatment => treatment.Name)],
        document.Controls,
        [.. document.Instruments.Select(instrument => instrument.Name)],
        [.. document.Clusters.Select(cluster => cluster.Name)],
        document.OtherTreatmentsAreControls);

    /// <summary>Reads a saved fit.</summary>
    /// <param name="path">The file, gzip-compressed or not.</param>
    /// <returns>The fit as saved; nothing is trusted before <see cref="Verify"/>.</returns>
    /// <exception cref="FormatException">The file is no saved fit, or its parts do not fit together.</exception>
    public static FitFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        FitDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(content, FitJson.Default.FitDocument);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new FormatException($"{Path.GetFileName(path)} is not a saved fit: {error.Message}", error);
        }
        if (document is null || document.Format != FormatName)
            throw new FormatException($"{Path.GetFileName(path)} is not a saved fit: its format is '{document?.Format}', not '{FormatName}'.");
        if (document.Version != 1)
            throw new FormatException($"{Path.GetFileName(path)} has version {document.Version}; version 1 is read.");
        CheckSizes(document, Path.GetFileName(path));
        return new FitFile(document);
    }

    /// <summary>Recomputes every estimate from the file's splits and predictions and compares it with what the file claims.</summary>
    /// <param name="tolerance">The largest relative difference that passes.</param>
    /// <returns>What was checked and what differs.</returns>
    public FitVerification Verify(double tolerance = 1e-9)
    {
        var problems = new List<string>();
        var checkedEstimates = 0;
        var largest = 0.0;
        void Compare(string what, double claimed, double computed)
        {
            checkedEstimates++;
            var difference = Math.Abs(claimed - computed) / Math.Max(Math.Abs(computed), 1e-300);
            if (claimed == computed)
                difference = 0;
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            if (!(difference <= tolerance))
                problems.Add(FormattableString.Invariant($"{what}: the file says {claimed:R}, its predictions give {computed:R}"));
        }

        SampleSplits splits;
        try
        {
            splits = SampleSplits.FromFolds([.. document.Splits.Select(folds => (IReadOnlyList<Fold>)[.. folds.Select(fold => new Fold(fold.Train, fold.Test, fold.TestClusters))])], Rows);
        }
        catch (ArgumentException error)
        {
            return new FitVerification([$"the splits are not valid: {error.Message}"], 0, 0, FromScore: false);
        }
        foreach (var problem in ClusterProblems(splits))
            problems.Add(problem);

        var fromScore = !document.IsCustomScore;
        foreach (var treatment in document.Treatments)
        {
            var solutions = new List<LinearScoreSolution>();
            for (var r = 0; r < treatment.Repetitions.Count; r++)
            {
                var saved = treatment.Repetitions[r];
                try
                {
                    var folds = splits.Repetitions[r];
                    var solution = LinearScoreSolution.Solve(Elements(treatment, saved, folds, problems, r), folds, splits.IsCrossFit, document.Procedure, [.. document.Clusters.Select(cluster => cluster.Codes)]);
                    solutions.Add(solution);
                    Compare($"theta of {treatment.Name}, repetition {r}", saved.Theta, solution.Theta);
                    Compare($"standard error of {treatment.Name}, repetition {r}", saved.StandardError, solution.StandardError);
                }
                catch (Exception error) when (error is ArithmeticException or ArgumentException or KeyNotFoundException)
                {
                    problems.Add($"{treatment.Name}, repetition {r}: {error.Message}");
                }
            }
            if (solutions.Count != treatment.Repetitions.Count)
                continue;
            var (theta, standardError) = LinearScoreSolution.Aggregate(solutions);
            Compare($"theta of {treatment.Name}", treatment.Theta, theta);
            Compare($"standard error of {treatment.Name}", treatment.StandardError, standardError);
        }
        return new FitVerification(problems, checkedEstimates, largest, fromScore);
    }

    internal static FitFile From(DmlFit fit)
    {
        var data = fit.Data;
        var isCustom = fit.Score.Function is not null;
        return new FitFile(new FitDocument
        {
            Format = FormatName,
            Version = 1,
            Model = fit.Kind,
            Partialling = fit.Partialling,
            Score = fit.Score.Name,
            IsCustomScore = isCustom,
            Procedure = fit.Config.Procedure,
            TrimAt = fit.Config.TrimAt,
            Seed = fit.Config.Seed,
            Learners = new SortedDictionary<string, string>(fit.Learners.ToDictionary(), StringComparer.Ordinal),
            DataSha256 = data.Checksum(),
            Outcome = new(data.Roles.Outcome, data.Outcome),
            Controls = [.. data.Roles.Controls],
            OtherTreatmentsAreControls = data.Roles.OtherTreatmentsAreControls,
            Instruments = [.. data.Roles.Instruments.Zip(data.Instruments, (name, values) => new NamedValues(name, values))],
            Clusters = [.. data.Roles.Clusters.Zip(data.Clusters, (name, codes) => new NamedCodes(name, codes))],
            Splits = [.. fit.Splits.Repetitions.Select(folds => (IReadOnlyList<FoldDocument>)[.. folds.Select(fold => new FoldDocument(fold.Train, fold.Test, fold.TestClusters))])],
            Treatments = [.. fit.Treatments.Select((treatment, t) => new TreatmentDocument(
                treatment.Estimate.Treatment, data.Treatments[t], treatment.Estimate.Theta, treatment.Estimate.StandardError,
                [.. treatment.Repetitions.Select(repetition => new RepetitionDocument(
                    repetition.Theta, repetition.StandardError, repetition.TrimmedRows,
                    new SortedDictionary<string, double[]>(repetition.Predictions.ToDictionary(), StringComparer.Ordinal),
                    isCustom ? repetition.PsiA : null, isCustom ? repetition.PsiB : null))]))],
        });
    }

    internal void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        AtomicFile.Write(path, stream =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                JsonSerializer.Serialize(stream, document, FitJson.Default.FitDocument);
                return;
            }
            using var compressed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
            JsonSerializer.Serialize(compressed, document, FitJson.Default.FitDocument);
        });
    }

    // A custom score cannot be recomputed from predictions; its psi_a and psi_b are in the file.
    private ScoreElements Elements(TreatmentDocument treatment, RepetitionDocument saved, IReadOnlyList<Fold> folds, List<string> problems, int repetition)
    {
        if (document.IsCustomScore)
            return new ScoreElements(saved.PsiA ?? throw new ArgumentException("psi_a of the custom score is missing"), saved.PsiB ?? throw new ArgumentException("psi_b of the custom score is missing"));
        IReadOnlyDictionary<string, double[]> predictions = saved.Predictions;
        if (document.Model is DmlModelKind.Irm or DmlModelKind.Iivm)
        {
            var (clipped, count) = ScoreFormulas.Trim(saved.Predictions[ScoreFormulas.Propensity], document.TrimAt);
            if (count != saved.TrimmedRows)
                problems.Add($"{treatment.Name}, repetition {repetition}: the file says {saved.TrimmedRows} propensities were clipped, its predictions give {count}");
            predictions = new Dictionary<string, double[]>(saved.Predictions) { [ScoreFormulas.Propensity] = clipped };
        }
        var inputs = new ScoreInputs(document.Outcome.Values, treatment.Values, [.. document.Instruments.Select(instrument => instrument.Values)], predictions, folds);
        return ScoreFormulas.Evaluate(document.Model, document.Partialling, document.Score, inputs, [.. document.Instruments.Select(instrument => instrument.Name)]);
    }

    // Clustered folds: a test row's clusters are the fold's, and none of its training rows shares a cluster with a test row.
    private IEnumerable<string> ClusterProblems(SampleSplits splits)
    {
        for (var variable = 0; variable < document.Clusters.Count; variable++)
        {
            var codes = document.Clusters[variable].Codes;
            for (var r = 0; r < splits.Repetitions.Count; r++)
                for (var k = 0; k < splits.Repetitions[r].Count; k++)
                {
                    var fold = splits.Repetitions[r][k];
                    var own = fold.TestClusters![variable].ToHashSet();
                    if (fold.Test.Any(row => !own.Contains(codes[row])) || fold.Train.Any(row => own.Contains(codes[row])))
                        yield return $"fold {k} of repetition {r} trains on clusters of '{document.Clusters[variable].Name}' that it tests, or tests others than its own";
                }
        }
    }

    private static void CheckSizes(FitDocument document, string source)
    {
        var rows = document.Outcome.Values.Length;
        void Same(string what, int length)
        {
            if (length != rows)
                throw new FormatException($"{source}: {what} has {length} values, the outcome {rows}.");
        }
        foreach (var instrument in document.Instruments)
            Same($"instrument '{instrument.Name}'", instrument.Values.Length);
        foreach (var cluster in document.Clusters)
        {
            Same($"cluster variable '{cluster.Name}'", cluster.Codes.Length);
            if (document.Splits.Any(folds => folds.Any(fold => fold.TestClusters?.Count != document.Clusters.Count || fold.TestClusters.Any(list => list.Length == 0))))
                throw new FormatException($"{source}: the data is clustered by {document.Clusters.Count} variables, but some folds name no clusters of theirs.");
        }
        if (document.Treatments.Count == 0 || document.Splits.Count == 0)
            throw new FormatException($"{source}: there are no treatments, or no splits.");
        foreach (var treatment in document.Treatments)
        {
            Same($"treatment '{treatment.Name}'", treatment.Values.Length);
            if (treatment.Repetitions.Count != document.Splits.Count)
                throw new FormatException($"{source}: treatment '{treatment.Name}' has {treatment.Repetitions.Count} repetitions, the splits {document.Splits.Count}.");
            foreach (var repetition in treatment.Repetitions)
            {
                foreach (var (name, values) in repetition.Predictions)
                    Same($"prediction '{name}'", values.Length);
                if (repetition.PsiA is not null)
                    Same("psi_a", repetition.PsiA.Length);
                if (repetition.PsiB is not null)
                    Same("psi_b", repetition.PsiB.Length);
            }
        }
    }
}

/// <summary>What the verification of a saved fit found.</summary>
/// <param name="Problems">What differs or is invalid; empty when all estimates follow from the file's splits and predictions.</param>
/// <param name="CheckedNumbers">How many estimates and standard errors were recomputed.</param>
/// <param name="LargestDifference">The largest relative difference.</param>
/// <param name="FromScore">True when the score was recomputed from predictions; false for a custom score, whose psi_a and psi_b are taken from the file.</param>
public sealed record FitVerification(IReadOnlyList<string> Problems, int CheckedNumbers, double LargestDifference, bool FromScore)
{
    /// <summary>True when nothing differs.</summary>
    public bool IsValid => Problems.Count == 0;
}
