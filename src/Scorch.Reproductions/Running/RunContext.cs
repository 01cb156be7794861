using System.Diagnostics;
using System.Security.Cryptography;
using Scorch.Checkpoints;

namespace Scorch.Reproductions;

/// <summary>A line of progress.</summary>
/// <param name="Message">What is going on.</param>
/// <param name="Fraction">How much is done, in [0, 1]; null when unknown.</param>
public readonly record struct RunProgress(string Message, double? Fraction);

/// <summary>A point of a curve, e.g. a training loss.</summary>
/// <param name="Series">Name of the curve, e.g. <c>loss/method/seed 1</c>.</param>
/// <param name="Step">Abscissa.</param>
/// <param name="Value">Ordinate.</param>
public readonly record struct ScalarPoint(string Series, long Step, double Value);

/// <summary>A data file that a run read.</summary>
/// <param name="DataSet">Name of the data set.</param>
/// <param name="File">Path inside it.</param>
/// <param name="Sha256">Checksum of the bytes, lower-case hexadecimal.</param>
public sealed record DataUse(string DataSet, string File, string Sha256);

/// <summary>What a reproduction is given, and where it records what it measured. Safe to use from several threads.</summary>
public sealed class RunContext
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Claim> _claims;
    private readonly Dictionary<(string Claim, int Seed, Arm Arm), double> _measurements = [];
    private readonly Dictionary<string, string> _notMeasurable = new(StringComparer.Ordinal);
    private readonly List<ScalarPoint> _scalars = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<(string Set, string File), DataUse> _data = [];
    private readonly IProgress<RunProgress>? _progress;

    /// <summary>Makes the context of one run.</summary>
    /// <param name="claims">The claims that may be measured, identifiers unique.</param>
    /// <param name="scale">How large the run is.</param>
    /// <param name="seeds">The paired seeds, at least one, no two equal.</param>
    /// <param name="settings">The settings' values.</param>
    /// <param name="outputDirectory">An existing folder for files of the run.</param>
    /// <param name="data">Where data sets are found; null for the usual places.</param>
    /// <param name="progress">Told what is going on; may be null.</param>
    /// <param name="isDryRun">Whether only one step is wanted.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="ArgumentException">Two claims share an identifier, or the seeds are empty or repeated.</exception>
    public RunContext(
        IEnumerable<Claim> claims,
        Scale scale,
        IReadOnlyList<int> seeds,
        RunSettings settings,
        string outputDirectory,
        DataLocator? data = null,
        IProgress<RunProgress>? progress = null,
        bool isDryRun = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0 || seeds.Distinct().Count() != seeds.Count)
        {
            throw new ArgumentException($"The seeds ({string.Join(", ", seeds)}) must be at least one, each given once.", nameof(seeds));
        }

        _claims = claims.ToDictionary(claim => claim.Id, StringComparer.Ordinal);
        Scale = scale;
        Seeds = seeds;
        Settings = settings;
        OutputDirectory = outputDirectory;
        Data = (data ?? DataLocator.Default).Watched((set, file, path) => Use(set, file, () => File.OpenRead(path)));
        _progress = progress;
        IsDryRun = isDryRun;
        CancellationToken = cancellationToken;
    }

    /// <summary>How large the run is.</summary>
    public Scale Scale { get; }

    /// <summary>The paired seeds: method and baseline are both run with each of them.</summary>
    public IReadOnlyList<int> Seeds { get; }

    /// <summary>The settings' values.</summary>
    public RunSettings Settings { get; }

    /// <summary>An existing folder for files of the run. Write them with <see cref="AtomicFile"/>.</summary>
    public string OutputDirectory { get; }

    /// <summary>Where data sets are found.</summary>
    public DataLocator Data { get; }

    /// <summary>Whether only the paper's configuration is built and one step taken.</summary>
    public bool IsDryRun { get; }

    /// <summary>Stops the run; check it in every long loop.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The high-water mark of this process's resident memory, in GiB.</summary>
    public static double PeakMemoryGibibytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / 1073741824.0;
        }
    }

    /// <summary>Everything measured so far, ordered by claim, seed and arm.</summary>
    public IReadOnlyList<Measurement> Measurements
    {
        get
        {
            lock (_gate)
            {
                return [.. _measurements
                    .Select(entry => new Measurement(entry.Key.Claim, entry.Key.Seed, entry.Key.Arm, entry.Value))
                    .OrderBy(m => m.ClaimId, StringComparer.Ordinal).ThenBy(m => m.Seed).ThenBy(m => m.Arm)];
            }
        }
    }

    /// <summary>The claims that the reproduction gave up, with the reasons.</summary>
    public IReadOnlyDictionary<string, string> NotMeasurable
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, string>(_notMeasurable, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The curves' points, in the order in which they were logged.</summary>
    public IReadOnlyList<ScalarPoint> Scalars
    {
        get
        {
            lock (_gate)
            {
                return [.. _scalars];
            }
        }
    }

    /// <summary>Remarks for the reader of the evidence.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_gate)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>The data files that the run read, with their checksums.</summary>
    public IReadOnlyList<DataUse> DataUsed
    {
        get
        {
            lock (_gate)
            {
                return [.. _data.Values.OrderBy(use => use.DataSet, StringComparer.Ordinal).ThenBy(use => use.File, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Records that the run read real data which <see cref="Data"/> did not find, e.g. a sample that ships inside the assembly.</summary>
    /// <param name="dataSet">Name of the data set.</param>
    /// <param name="file">Name of the file in it.</param>
    /// <param name="content">Opens the file's bytes, for the checksum.</param>
    public void UseData(string dataSet, string file, Func<Stream> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataSet);
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(content);
        Use(dataSet, file, content);
    }

    /// <summary>Records the method's and the baseline's value of a claim for a seed.</summary>
    /// <exception cref="ArgumentException">The claim or seed is unknown, or the value was already recorded.</exception>
    public void Measure(string claimId, int seed, double method, double baseline)
    {
        Measure(claimId, seed, Arm.Method, method);
        Measure(claimId, seed, Arm.Baseline, baseline);
    }

    /// <summary>Records the method's value of a claim for a seed.</summary>
    /// <exception cref="ArgumentException">The claim or seed is unknown, or the value was already recorded.</exception>
    public void Measure(string claimId, int seed, double method) => Measure(claimId, seed, Arm.Method, method);

    /// <summary>Records one value of a claim for a seed and an arm.</summary>
    /// <exception cref="ArgumentException">The claim or seed is unknown, or the value was already recorded.</exception>
    public void Measure(string claimId, int seed, Arm arm, double value)
    {
        CheckClaim(claimId);
        if (!Seeds.Contains(seed))
        {
            throw new ArgumentException($"Claim {claimId}: seed {seed} is not one of the run's seeds ({string.Join(", ", Seeds)}).", nameof(seed));
        }

        lock (_gate)
        {
            if (!_measurements.TryAdd((claimId, seed, arm), value))
            {
                throw new ArgumentException($"Claim {claimId}: the {arm} was already measured for seed {seed}; record one value a seed and arm.", nameof(claimId));
            }
        }
    }

    /// <summary>Says that a claim cannot be measured in this run, and why.</summary>
    /// <exception cref="ArgumentException">The claim is unknown or the reason is empty.</exception>
    public void MarkNotMeasurable(string claimId, string reason)
    {
        CheckClaim(claimId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        lock (_gate)
        {
            _notMeasurable[claimId] = reason;
        }
    }

    /// <summary>Adds a point to a curve; curves go to the report and to a TensorBoard event file.</summary>
    public void LogScalar(string series, long step, double value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(series);
        lock (_gate)
        {
            _scalars.Add(new ScalarPoint(series, step, value));
        }
    }

    /// <summary>Adds a remark for the reader of the evidence, e.g. what was reduced at this scale.</summary>
    public void Note(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        lock (_gate)
        {
            _notes.Add(text);
        }
    }

    /// <summary>Tells the user what is going on.</summary>
    /// <param name="message">One line.</param>
    /// <param name="fraction">How much of the run is done, in [0, 1]; null when unknown.</param>
    public void Report(string message, double? fraction = null) => _progress?.Report(new RunProgress(message, fraction));

    /// <summary>Where a trainer of this run reports to.</summary>
    /// <param name="name">What is trained, as the line begins.</param>
    /// <param name="from">The fraction of the whole run that was done before.</param>
    /// <param name="to">The fraction that is done after.</param>
    public TrainingView Training(string name, double from = 0, double to = 1) => new(new Reporter(this), name, from, to);

    private sealed class Reporter(RunContext context) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => context.Report(value.Message, value.Fraction);
    }

    private void Use(string dataSet, string file, Func<Stream> content)
    {
        lock (_gate)
        {
            if (_data.ContainsKey((dataSet, file)))
            {
                return;
            }
        }

        using var stream = content();
        var checksum = Convert.ToHexStringLower(SHA256.HashData(stream));
        lock (_gate)
        {
            _data[(dataSet, file)] = new DataUse(dataSet, file, checksum);
        }
    }

    private void CheckClaim(string claimId)
    {
        if (!_claims.ContainsKey(claimId))
        {
            throw new ArgumentException($"No claim is named '{claimId}'; the known ones are {string.Join(", ", _claims.Keys)}.", nameof(claimId));
        }
    }
}
