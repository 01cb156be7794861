using System.Collections;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Scorch.Text;

/// <summary>A text of a corpus and where it stands.</summary>
/// <param name="Text">The text.</param>
/// <param name="Source">The file, or a name for lines that came from elsewhere.</param>
/// <param name="SourceIndex">The number of the file in the corpus, from 0.</param>
/// <param name="Line">The line where the text ends, from 1.</param>
public sealed record TextRecord(string Text, string Source, int SourceIndex, long Line);

/// <summary>How a corpus is read.</summary>
public sealed record TextCorpusOptions
{
    /// <summary>A line (in CSV a record) with more bytes is an error, so that a wrong file cannot fill the memory.</summary>
    public int LongestLine { get; init; } = 16 << 20;

    /// <summary>Give empty lines too, for texts whose paragraphs matter.</summary>
    public bool KeepEmptyLines { get; init; }
}

/// <summary>What a split into training and validation never cuts.</summary>
public enum SplitUnit
{
    /// <summary>Whole files go to one side; at least one to each.</summary>
    File,

    /// <summary>Each text goes to one side by a draw of its own, so that the share is met on average and the corpus need not be counted.</summary>
    Record,
}

/// <summary>Texts, read anew from their files at each enumeration and never held as a whole; files named <c>.gz</c> are unpacked while they are read.</summary>
public sealed class TextCorpus : IEnumerable<string>
{
    private readonly IReadOnlyList<TextSource> sources;
    private readonly TextCorpusOptions options;
    private readonly Func<int, long, bool> includes;

    private TextCorpus(IReadOnlyList<TextSource> sources, TextCorpusOptions? options, Func<int, long, bool>? includes = null)
    {
        this.sources = sources;
        this.options = options ?? new TextCorpusOptions();
        this.includes = includes ?? ((_, _) => true);
        if (this.options.LongestLine is < 1 or > 1 << 30) throw new ArgumentException($"LongestLine: {this.options.LongestLine}; between 1 and {1 << 30} bytes.", nameof(options));
    }

    /// <summary>The files of the corpus.</summary>
    public IReadOnlyList<string> Sources => [.. sources.Select(source => source.Name)];

    /// <summary>The texts with their places.</summary>
    /// <exception cref="TextFormatException">While reading: invalid UTF-8, a line too long, a missing field; file and line are named.</exception>
    public IEnumerable<TextRecord> Records
    {
        get
        {
            for (var index = 0; index < sources.Count; index++)
            {
                var source = sources[index];
                long record = 0;
                if (source.Lines is { } lines)
                {
                    long number = 0;
                    foreach (var line in lines)
                    {
                        number++;
                        if (Keep(line, index, ref record)) yield return new TextRecord(line, source.Name, index, number);
                    }
                    continue;
                }
                using var stream = source.Open();
                var reader = new Utf8LineReader(stream, source.Name, options.LongestLine);
                var parser = source.Parser(options);
                while (true)
                {
                    while (reader.NeedsBytes) reader.Fill();
                    if (!reader.TryTake(out var line)) break;
                    if (parser.Accept(line, reader.Line, out var text) && Keep(text, index, ref record)) yield return new TextRecord(text, source.Name, index, reader.Line);
                }
                parser.Finish();
            }
        }
    }

    /// <summary>A corpus of text files, a text a line.</summary>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    public static TextCorpus FromFiles(IEnumerable<string> paths, TextCorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return new([.. paths.Select(path => TextSource.OfFile(path, (_, _) => new PlainLines()))], options);
    }

    /// <summary>A corpus of the text files in a folder and its folders, in ordinal order of their paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">Which files.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="FileNotFoundException">No file matches.</exception>
    public static TextCorpus FromFolder(string folder, string pattern = "*.txt", TextCorpusOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var paths = Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (paths.Count == 0) throw new FileNotFoundException($"{folder}: no file matches '{pattern}'; name the folder with the texts, or another pattern.");
        return FromFiles(paths, options);
    }

    /// <summary>A corpus of texts that are at hand.</summary>
    /// <param name="lines">The texts; enumerated anew each time.</param>
    /// <param name="name">What to call their source.</param>
    /// <param name="options">How they are read.</param>
    public static TextCorpus FromLines(IEnumerable<string> lines, string name = "lines", TextCorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return new([new TextSource(name, lines, null)], options);
    }

    /// <summary>A corpus of files with a JSON object a line.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="field">The field that is the text.</param>
    /// <param name="options">How they are read.</param>
    public static TextCorpus FromJsonLines(IEnumerable<string> paths, string field = "text", TextCorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentException.ThrowIfNullOrEmpty(field);
        return new([.. paths.Select(path => TextSource.OfFile(path, (name, _) => new JsonLines(name, field)))], options);
    }

    /// <summary>A corpus of files of separated values with a header.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="column">The column that is the text.</param>
    /// <param name="separator">What separates the columns.</param>
    /// <param name="options">How they are read.</param>
    public static TextCorpus FromCsv(IEnumerable<string> paths, string column, char separator = ',', TextCorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentException.ThrowIfNullOrEmpty(column);
        return new([.. paths.Select(path => TextSource.OfFile(path, (name, limits) => new CsvRecords(name, column, separator, limits.LongestLine)))], options);
    }

    /// <summary>Splits into training and validation; the same seed gives the same split, and both sides stay in order.</summary>
    /// <param name="validationShare">The part for validation, between 0 and 1.</param>
    /// <param name="seed">Fixes the split.</param>
    /// <param name="unit">What is never cut.</param>
    /// <exception cref="ArgumentException">The share is not between 0 and 1, or there are fewer than two files to split.</exception>
    public (TextCorpus Training, TextCorpus Validation) Split(double validationShare, long seed, SplitUnit unit)
    {
        if (!(validationShare is > 0 and < 1)) throw new ArgumentException($"validationShare: {validationShare}; between 0 and 1, as 0.05.", nameof(validationShare));
        Func<int, long, bool> held;
        if (unit == SplitUnit.File)
        {
            if (sources.Count < 2) throw new ArgumentException($"Split: {sources.Count} file cannot go to both sides; use {nameof(SplitUnit)}.{nameof(SplitUnit.Record)}.", nameof(unit));
            var count = Math.Clamp((int)Math.Round(sources.Count * validationShare), 1, sources.Count - 1);
            var chosen = new RandomSource(seed).Permutation(sources.Count).Take(count).ToHashSet();
            held = (source, _) => chosen.Contains(source);
        }
        else
        {
            held = (source, record) => new RandomSource(RandomSource.Derive(seed, source, record)).NextDouble() < validationShare;
        }
        return (new(sources, options, (source, record) => includes(source, record) && !held(source, record)), new(sources, options, (source, record) => includes(source, record) && held(source, record)));
    }

    /// <summary>The texts with their places, read without blocking.</summary>
    public async IAsyncEnumerable<TextRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var index = 0; index < sources.Count; index++)
        {
            var source = sources[index];
            long record = 0;
            if (source.Lines is { } lines)
            {
                long number = 0;
                foreach (var line in lines)
                {
                    cancellation.ThrowIfCancellationRequested();
                    number++;
                    if (Keep(line, index, ref record)) yield return new TextRecord(line, source.Name, index, number);
                }
                continue;
            }
            await using var stream = source.Open();
            var reader = new Utf8LineReader(stream, source.Name, options.LongestLine);
            var parser = source.Parser(options);
            while (true)
            {
                while (reader.NeedsBytes) await reader.FillAsync(cancellation).ConfigureAwait(false);
                if (!reader.TryTake(out var line)) break;
                if (parser.Accept(line, reader.Line, out var text) && Keep(text, index, ref record)) yield return new TextRecord(text, source.Name, index, reader.Line);
            }
            parser.Finish();
        }
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => Records.Select(record => record.Text).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Keep(string text, int source, ref long record) => (text.Length > 0 || options.KeepEmptyLines) && includes(source, record++);

    private sealed record TextSource(string Name, IEnumerable<string>? Lines, Func<string, TextCorpusOptions, IRecordParser>? MakeParser)
    {
        public static TextSource OfFile(string path, Func<string, TextCorpusOptions, IRecordParser> makeParser)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            if (!File.Exists(path)) throw new FileNotFoundException($"{path}: the file does not exist; check the name and the current folder, {Environment.CurrentDirectory}.", path);
            return new(path, null, makeParser);
        }

        public Stream Open()
        {
            var file = new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan | FileOptions.Asynchronous);
            return Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }

        public IRecordParser Parser(TextCorpusOptions options) => MakeParser!(Name, options);
    }
}
