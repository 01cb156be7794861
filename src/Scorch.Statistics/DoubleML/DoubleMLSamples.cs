using Scorch.Reproductions;
using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>The two real data sets of the reproduction: the files of the data set <c>dml</c> where they are on the machine, else the samples in the assembly.</summary>
/// <remarks>Source: github VC2015/DMLonGitHub, MIT licence (Chernozhukov et al.).</remarks>
public static class DoubleMLSamples
{
    private const string DataSet = "dml";
    private static readonly string[] RetirementControls = ["age", "inc", "educ", "fsize", "marr", "twoearn", "db", "pira", "hown"];

    /// <summary>401(k) eligibility, SIPP 1991: 9,915 households, net financial assets <c>net_tfa</c>, eligibility <c>e401</c>, participation <c>p401</c>.</summary>
    /// <param name="locator">Where files are looked for; null for the assembly's sample.</param>
    /// <returns>All 14 columns.</returns>
    public static Table Retirement(DataLocator? locator = null) =>
        locator?.TryFind(DataSet, "sipp1991.dta") is { } path ? TableFile.Read(path) : Embedded("sipp1991.csv.gz", DelimitedFormat.Csv);

    /// <summary>The Pennsylvania re-employment bonus experiment, 5,099 claimants: log unemployment duration <c>log_duration</c>, bonus <c>tg</c> (0 or 1), and the controls.</summary>
    /// <param name="locator">Where files are looked for; null for the assembly's sample.</param>
    /// <returns>The table of the control group and the fourth treatment group.</returns>
    public static Table Bonus(DataLocator? locator = null)
    {
        var all = locator?.TryFind(DataSet, "penn_jae.dat") is { } path ? TableFile.Read(path) : Embedded("penn_jae.dat.gz", DelimitedFormat.Whitespace);
        var group = all.Numbers("tg");
        var table = all.Where(row => group[row] is 0 or 4);
        var dependants = table.Numbers("dep");
        return table
            .With(Column.OfIntegers("tg", [.. table.Numbers("tg").Select(value => value == 4 ? 1.0 : 0)]))
            .With(Column.OfNumbers("log_duration", [.. table.Numbers("inuidur1").Select(value => Math.Log(value))]))
            .With(Column.OfIntegers("dep1", [.. dependants.Select(value => value == 1 ? 1.0 : 0)]))
            .With(Column.OfIntegers("dep2", [.. dependants.Select(value => value == 2 ? 1.0 : 0)]));
    }

    /// <summary>Eligibility's effect on net financial assets given the nine controls.</summary>
    /// <param name="table">The table of <see cref="Retirement"/>.</param>
    /// <returns>The data of a regression without instruments.</returns>
    public static CausalData Eligibility(Table table) => CausalData.FromTable(table, "net_tfa", ["e401"], RetirementControls);

    /// <summary>Participation's effect on net financial assets, with eligibility as instrument.</summary>
    /// <param name="table">The table of <see cref="Retirement"/>.</param>
    /// <returns>The data of a regression with one instrument.</returns>
    public static CausalData Participation(Table table) => CausalData.FromTable(table, "net_tfa", ["p401"], RetirementControls, ["e401"]);

    /// <summary>The bonus's effect on log unemployment duration.</summary>
    /// <param name="table">The table of <see cref="Bonus"/>.</param>
    /// <returns>The data of a regression without instruments.</returns>
    public static CausalData BonusEffect(Table table) => CausalData.FromTable(table, "log_duration", ["tg"],
        ["female", "black", "othrace", "dep1", "dep2", "q2", "q3", "q4", "q5", "q6", "agelt35", "agegt54", "durable", "lusd", "husd"]);

    internal static Stream Open(string name) => typeof(DoubleMLSamples).Assembly.GetManifestResourceStream("dml/" + name)
        ?? throw new InvalidOperationException($"The sample {name} is missing from the assembly.");

    private static Table Embedded(string name, DelimitedFormat format)
    {
        using var stream = Open(name);
        using var content = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Decompress);
        return TableFile.ReadText(content, format, name);
    }
}
