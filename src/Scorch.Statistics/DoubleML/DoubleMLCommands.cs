using System.Globalization;
using System.Text.Json;
using Scorch.Reproductions;
using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary><c>scorch doubleml fit</c> and <c>scorch doubleml verify</c>, on the user's own files.</summary>
internal static class DoubleMLCommands
{
    private static readonly string[] Models = ["plr", "pliv", "irm", "iivm"];
    private static readonly string[] Scores = ["partialling-out", "iv-type", "ate", "atte", "late"];
    private static readonly string[] Bootstraps = ["normal", "bayes", "wild"];

    public static IReadOnlyList<PaperCommand> All { get; } = [FitCommand(), VerifyCommand()];

    private static PaperCommand FitCommand() => new()
    {
        Name = "fit",
        Description = "Estimate a causal effect from a table (CSV, tab-separated, blank-separated or Stata .dta; gzip accepted) by double machine learning.",
        Arguments = [new("data", "The table's file; its first line names the columns.", ValueKind.Path)],
        Options =
        [
            new("outcome", "Column of the outcome.", IsRequired: true),
            new("treatment", "Column of the treatment; several, separated by commas, are looked at in turn.", IsRequired: true),
            new("controls", "Columns of the controls, separated by commas; every other numeric column when not given."),
            new("instruments", "Columns of the instruments, separated by commas."),
            new("cluster", "One or two columns that say which cluster a row belongs to."),
            new("model", "plr: partially linear; pliv: with instruments; irm: interactive, binary treatment; iivm: interactive with a binary instrument.", DefaultValue: "plr", Choices: Models),
            new("score", "The score; by default partialling-out, ate or late.", Choices: Scores),
            new("partialling", "pliv: what learning removes.", DefaultValue: "controls", Choices: ["controls", "instruments", "both"]),
            new("learner", "Learner of all nuisance functions.", DefaultValue: "lasso", Choices: DoubleMLLearners.Names),
            new("trees", "Trees of a forest or a boosted ensemble.", ValueKind.Integer, "500"),
            new("folds", "Folds of the cross-fitting.", ValueKind.Integer, "5"),
            new("repetitions", "Repeated splits; the estimate is the median.", ValueKind.Integer, "1"),
            new("procedure", "How folds are combined.", DefaultValue: "dml2", Choices: ["dml1", "dml2"]),
            new("trim", "Propensities are clipped to [trim, 1 - trim].", ValueKind.Number, "1e-12"),
            new("stratify", "Give every fold equal shares of the treated.", ValueKind.Flag),
            new("drop-missing", "Drop rows with missing values in a used column.", ValueKind.Flag),
            new("seed", "Fixes every bit of the result.", ValueKind.Integer, "42"),
            new("level", "Coverage of the intervals.", ValueKind.Number, "0.95"),
            new("bootstrap", "Multiplier bootstrap for joint intervals and adjusted p-values.", Choices: Bootstraps),
            new("draws", "Bootstrap draws a repetition.", ValueKind.Integer, "500"),
            new("out", "Write the fit with its splits and predictions to this file (JSON; gzip when it ends in .gz).", ValueKind.Path),
            new("json", "Print one JSON document.", ValueKind.Flag),
        ],
        Handler = context => Task.Run(() => Fit(context), context.CancellationToken),
    };

    private static PaperCommand VerifyCommand() => new()
    {
        Name = "verify",
        Description = "Recompute the estimates of a saved fit from its own splits and predictions, and compare.",
        Arguments = [new("fit", "The file that 'fit --out' wrote.", ValueKind.Path)],
        Options =
        [
            new("data", "Also check that the fit was made from this table.", ValueKind.Path),
            new("tolerance", "Largest relative difference that passes.", ValueKind.Number, "1e-9"),
            new("json", "Print one JSON document.", ValueKind.Flag),
        ],
        Handler = context => Task.Run(() => Verify(context), context.CancellationToken),
    };

    private static void Fit(CommandContext context)
    {
        var data = CausalData.FromTable(
            ReadTable(context.Text("data")), context.Text("outcome"), context.List("treatment"),
            context.Has("controls") ? context.List("controls") : null, context.List("instruments"), context.List("cluster"), dropMissing: context.Flag("drop-missing"));
        var kind = context.Text("model");
        var score = ScoreOf(kind, context.TextOrNull("score"));
        if (!(context.Number("level") > 0 && context.Number("level") < 1))
            throw new UsageException($"fit: --level is {context.Text("level")}; expected a number between 0 and 1.");
        var config = new DmlConfig(
            context.Integer("folds"), context.Integer("repetitions"), score, context.Text("procedure") == "dml1" ? DmlProcedure.Dml1 : DmlProcedure.Dml2,
            TrimAt: context.Number("trim"), Seed: Seed(context), StratifyFolds: context.Flag("stratify"));
        var (regressor, classifier) = DoubleMLLearners.Named(context.Text("learner"), context.Integer("trees"));
        DmlModel model = kind switch
        {
            "plr" => new PartiallyLinearRegression(data, regressor, regressor, config),
            "pliv" => new PartiallyLinearIvRegression(data, regressor, regressor, regressor, config, partialling: Enum.Parse<Partialling>(context.Text("partialling"), ignoreCase: true)),
            "irm" => new InteractiveRegression(data, regressor, classifier, config),
            _ => new InteractiveIvRegression(data, regressor, classifier, classifier, config),
        };
        if (context.Has("bootstrap") && data.Clusters.Count > 0)
            throw new UsageException("fit: --bootstrap is not offered for clustered data; leave --bootstrap or --cluster out.");

        context.Error.WriteLine($"fitting {data.Rows} observations, {data.Roles.Controls.Count} controls ...");
        var fit = model.Fit(cancellation: context.CancellationToken);
        var bootstrap = context.TextOrNull("bootstrap") is { } named ? fit.Bootstrap(Enum.Parse<BootstrapKind>(named, ignoreCase: true), context.Integer("draws")) : null;
        if (context.TextOrNull("out") is { } path)
            fit.Save(path);
        var report = FitReport.Of(fit, bootstrap, context.Number("level"), context.TextOrNull("out"));
        if (context.Flag("json"))
        {
            context.Output.WriteLine(JsonSerializer.Serialize(report, FitReportJson.Default.FitReport));
            return;
        }
        context.Output.Write(fit.Summary());
        if (bootstrap is not null)
        {
            context.Output.WriteLine();
            foreach (var line in report.Estimates)
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Treatment}: joint {context.Number("level"):P0} interval [{line.JointInterval![0]:G6}, {line.JointInterval[1]:G6}]; p Romano-Wolf {line.PRomanoWolf:G3}, Holm {line.PHolm:G3}, Bonferroni {line.PBonferroni:G3}"));
        }
        if (report.SavedTo is not null)
            context.Output.WriteLine($"saved to {report.SavedTo}; check it with: scorch doubleml verify {report.SavedTo}");
    }

    private static void Verify(CommandContext context)
    {
        var path = context.Text("fit");
        if (!File.Exists(path))
            throw new UsageException($"verify: there is no file '{path}'.");
        var file = FitFile.Load(path);
        var result = file.Verify(context.Number("tolerance"));
        var problems = result.Problems.ToList();
        if (context.TextOrNull("data") is { } table)
        {
            var roles = file.Roles;
            var data = CausalData.FromTable(ReadTable(table), roles.Outcome, roles.Treatments, roles.Controls, roles.Instruments, roles.Clusters, roles.OtherTreatmentsAreControls, dropMissing: true);
            if (data.Checksum() != file.DataChecksum)
                problems.Add($"the fit was made from other data than {Path.GetFileName(table)}");
        }
        if (context.Flag("json"))
            context.Output.WriteLine(JsonSerializer.Serialize(new VerificationReport(problems.Count == 0, result.CheckedNumbers, double.IsFinite(result.LargestDifference) ? result.LargestDifference : null, problems), FitReportJson.Default.VerificationReport));
        else
        {
            foreach (var estimate in file.Estimates)
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{estimate.Treatment}: {estimate.Theta:G6} (se {estimate.StandardError:G5}), {file.Rows} observations"));
            context.Output.WriteLine(problems.Count == 0
                ? string.Create(CultureInfo.InvariantCulture, $"verified: {result.CheckedNumbers} numbers follow from the {(result.FromScore ? "splits and predictions" : "splits and the custom score's values")} in the file (largest relative difference {result.LargestDifference:G2})")
                : "NOT verified:");
            foreach (var problem in problems)
                context.Output.WriteLine("  " + problem);
        }
        if (problems.Count > 0)
            throw new FormatException($"{Path.GetFileName(path)} is not verified: {problems[0]}.");
    }

    private static Table ReadTable(string path) =>
        File.Exists(path) ? TableFile.Read(path) : throw new UsageException($"There is no file '{path}'; give the path of a CSV, text or .dta file.");

    private static long Seed(CommandContext context) => long.TryParse(context.Text("seed"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
        ? seed
        : throw new UsageException($"fit: --seed is '{context.Text("seed")}'; expected a whole number from 0.");

    private static DmlScore? ScoreOf(string model, string? name) => (model, name) switch
    {
        (_, null) => null,
        ("plr" or "pliv", "partialling-out") => PlrScore.PartiallingOut,
        ("plr" or "pliv", "iv-type") => PlrScore.IvType,
        ("irm", "ate") => IrmScore.Ate,
        ("irm", "atte") => IrmScore.Atte,
        ("iivm", "late") => IivmScore.Late,
        _ => throw new UsageException($"fit: --score {name} does not belong to --model {model}; plr and pliv have partialling-out and iv-type, irm has ate and atte, iivm has late."),
    };
}
