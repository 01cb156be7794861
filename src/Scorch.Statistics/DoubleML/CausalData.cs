using System.Security.Cryptography;
using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Observations with their roles: outcome Y, treatments D, controls X, instruments Z and clusters.</summary>
public sealed class CausalData
{
    private CausalData(Table table, CausalRoles roles)
    {
        Roles = roles;
        Rows = table.Rows;
        Outcome = table.Numbers(roles.Outcome);
        Treatments = [.. roles.Treatments.Select(table.Numbers)];
        Controls = table.ToMatrix(roles.Controls);
        Instruments = [.. roles.Instruments.Select(table.Numbers)];
        Clusters = [.. roles.Clusters.Select(name => Codes(table[name]))];
    }

    /// <summary>Which column plays which part.</summary>
    public CausalRoles Roles { get; }

    /// <summary>The number of observations.</summary>
    public int Rows { get; }

    /// <summary>Y.</summary>
    public double[] Outcome { get; }

    /// <summary>D, one array a treatment.</summary>
    public IReadOnlyList<double[]> Treatments { get; }

    /// <summary>X, <c>[rows, controls]</c>.</summary>
    public DenseMatrix Controls { get; }

    /// <summary>Z, one array an instrument.</summary>
    public IReadOnlyList<double[]> Instruments { get; }

    /// <summary>One array a cluster variable: the number of each row's cluster, from 0, in order of appearance.</summary>
    public IReadOnlyList<int[]> Clusters { get; }

    /// <summary>Gives the columns of a table their roles and checks them.</summary>
    /// <param name="table">The observations.</param>
    /// <param name="outcome">The column of Y.</param>
    /// <param name="treatments">The columns of D; each in turn is the treatment.</param>
    /// <param name="controls">The columns of X; null for every numeric column without another role.</param>
    /// <param name="instruments">The columns of Z, if any.</param>
    /// <param name="clusters">One or two columns that say which cluster a row belongs to, if any.</param>
    /// <param name="otherTreatmentsAreControls">Whether, while one treatment is looked at, the others join X.</param>
    /// <param name="dropMissing">Drops rows with a missing value in any role, instead of refusing them.</param>
    /// <returns>The data.</returns>
    /// <exception cref="ArgumentException">A column does not exist, has two roles, holds text or missing values, or a treatment is constant.</exception>
    public static CausalData FromTable(
        Table table,
        string outcome,
        IReadOnlyList<string> treatments,
        IReadOnlyList<string>? controls = null,
        IReadOnlyList<string>? instruments = null,
        IReadOnlyList<string>? clusters = null,
        bool otherTreatmentsAreControls = true,
        bool dropMissing = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(treatments);
        if (treatments.Count == 0)
            throw new ArgumentException("At least one treatment column is needed.", nameof(treatments));
        instruments ??= [];
        clusters ??= [];
        if (clusters.Count > 2)
            throw new ArgumentException($"{clusters.Count} cluster columns were given; one or two are possible.", nameof(clusters));
        var taken = new HashSet<string>([outcome, .. treatments, .. instruments, .. clusters], StringComparer.Ordinal);
        controls ??= [.. table.Columns.Where(column => column.IsNumeric && !taken.Contains(column.Name)).Select(column => column.Name)];
        var roles = new CausalRoles(outcome, [.. treatments], [.. controls], [.. instruments], [.. clusters], otherTreatmentsAreControls);
        CheckRoles(table, roles);

        var used = table.Select(roles.Named.Select(pair => pair.Column));
        var incomplete = used.Columns.Where(column => column.MissingCount > 0).ToArray();
        if (incomplete.Length > 0)
        {
            if (!dropMissing)
                throw new ArgumentException(
                    $"Missing values in {string.Join(", ", incomplete.Select(column => $"'{column.Name}' ({column.MissingCount} rows)"))}; drop those rows (dropMissing: true, or --drop-missing), or fill them in first.",
                    nameof(table));
            used = used.DropMissing();
        }
        if (used.Rows < 2)
            throw new ArgumentException($"{used.Rows} complete observations are left; at least 2 are needed.", nameof(table));
        foreach (var name in roles.Treatments)
        {
            var values = used[name].Numbers;
            if (!values.ContainsAnyExcept(values[0]))
                throw new ArgumentException($"The treatment '{name}' is {values[0]} in every row; an effect needs variation.", nameof(treatments));
        }
        return new CausalData(used, roles);
    }

    /// <summary>A checksum (SHA-256, hexadecimal) of all values and roles, which ties a saved fit to its data.</summary>
    /// <returns>64 hexadecimal digits.</returns>
    public string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Roles.Named.Select(pair => $"{pair.Role}:{pair.Column}"))));
        foreach (var values in (IEnumerable<double[]>)[Outcome, .. Treatments, .. Instruments, .. Clusters.Select(codes => Array.ConvertAll(codes, code => (double)code)), Controls.Values.ToArray()])
        {
            var bytes = new byte[8 * values.Length];
            for (var i = 0; i < values.Length; i++)
                System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>X for one treatment: the controls, the other treatments where they count as such, and further columns.</summary>
    internal DenseMatrix Features(int treatment, IReadOnlyList<string>? onlyControls = null, bool withInstruments = false)
    {
        var columns = new List<double[]>();
        for (var j = 0; j < Roles.Controls.Count; j++)
            if (onlyControls is null || onlyControls.Contains(Roles.Controls[j], StringComparer.Ordinal))
                columns.Add(Controls.Column(j));
        for (var t = 0; t < Treatments.Count; t++)
            if (t != treatment && Roles.OtherTreatmentsAreControls)
                columns.Add(Treatments[t]);
        if (withInstruments)
            columns.AddRange(Instruments);
        return columns.Count == 0 ? new DenseMatrix(Rows, 0) : DenseMatrix.FromColumns(columns);
    }

    private static void CheckRoles(Table table, CausalRoles roles)
    {
        var roleOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, name) in roles.Named)
        {
            var column = table[name];
            // Clusters are only told apart, so any type will do.
            if (role != "cluster" && !column.IsNumeric)
                throw new ArgumentException($"The {role} '{name}' holds text; code it as numbers (or indicator columns) first.", nameof(table));
            if (!roleOf.TryAdd(name, role))
                throw new ArgumentException($"The column '{name}' is given as {roleOf[name]} and as {role}; a column has one role.", nameof(table));
        }
    }

    private static int[] Codes(Column column)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        var result = new int[column.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var text = column.Text(i)!;
            if (!codes.TryGetValue(text, out var code))
                codes.Add(text, code = codes.Count);
            result[i] = code;
        }
        return result;
    }
}

/// <summary>The columns' names by role.</summary>
/// <param name="Outcome">Y.</param>
/// <param name="Treatments">D.</param>
/// <param name="Controls">X.</param>
/// <param name="Instruments">Z.</param>
/// <param name="Clusters">Cluster variables.</param>
/// <param name="OtherTreatmentsAreControls">Whether the treatments that are not looked at join X.</param>
public sealed record CausalRoles(
    string Outcome,
    IReadOnlyList<string> Treatments,
    IReadOnlyList<string> Controls,
    IReadOnlyList<string> Instruments,
    IReadOnlyList<string> Clusters,
    bool OtherTreatmentsAreControls)
{
    internal IEnumerable<(string Role, string Column)> Named =>
    [
        ("outcome", Outcome),
        .. Treatments.Select(name => ("treatment", name)),
        .. Controls.Select(name => ("control", name)),
        .. Instruments.Select(name => ("instrument", name)),
        .. Clusters.Select(name => ("cluster", name)),
    ];
}
