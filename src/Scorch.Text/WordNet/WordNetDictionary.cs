using System.Globalization;
using System.Text;

namespace Scorch.Text;

/// <summary>The words and irregular forms of WordNet (Miller 1995), from its database files <c>index.*</c> and <c>*.exc</c>.</summary>
/// <remarks>
/// Multi-word lemmas are written with underscores, all in lower case, as in the files. The format is that of WordNet's manual pages
/// wndb(5) and morphy(7); versions 3.0 and 3.1 read alike.
/// </remarks>
public sealed class WordNetDictionary
{
    /// <summary>The files that are read, in WordNet's folder.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [.. Suffixes.Select(suffix => "index." + suffix), .. Suffixes.Select(suffix => suffix + ".exc")];

    /// <summary>A line, or a file's length, beyond this is no WordNet file.</summary>
    private const int LongestLine = 1 << 16;

    private const string PartLetters = "nvar";

    private readonly HashSet<string>[] lemmas = new HashSet<string>[4];
    private readonly Dictionary<string, string[]>[] exceptions = new Dictionary<string, string[]>[4];
    private readonly Dictionary<string, List<string>>[] forms = new Dictionary<string, List<string>>[4];

    private WordNetDictionary(Func<string, Stream> open, string source)
    {
        foreach (var part in Enum.GetValues<WordNetPart>())
        {
            var (number, suffix) = ((int)part, Suffixes[(int)part]);
            lemmas[number] = ReadIndex(open("index." + suffix), $"{source}/index.{suffix}", PartLetters[number]);
            exceptions[number] = ReadExceptions(open(suffix + ".exc"), $"{source}/{suffix}.exc");
            forms[number] = [];
            foreach (var (form, bases) in exceptions[number])
                foreach (var lemma in bases)
                {
                    if (!forms[number].TryGetValue(lemma, out var known)) forms[number][lemma] = known = [];
                    known.Add(form);
                }
        }
    }

    private static string[] Suffixes => ["noun", "verb", "adj", "adv"];

    /// <summary>Reads WordNet's folder.</summary>
    /// <param name="folder">The folder with <see cref="FileNames"/>; Debian's package <c>wordnet-base</c> puts it at <c>/usr/share/wordnet</c>.</param>
    /// <exception cref="FileNotFoundException">A file is missing; the message says which package brings it.</exception>
    /// <exception cref="TextFormatException">A line has another form; it is named.</exception>
    public static WordNetDictionary Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Read(
            name => File.Exists(Path.Combine(folder, name))
                ? File.OpenRead(Path.Combine(folder, name))
                : throw new FileNotFoundException(
                    $"WordNet: {Path.Combine(folder, name)} is missing. Install the package wordnet-base (Debian, Ubuntu: apt-get install wordnet-base), "
                        + "or name the folder 'dict' of a WordNet 3.0 archive.",
                    Path.Combine(folder, name)),
            folder);
    }

    /// <summary>Reads WordNet's files from streams.</summary>
    /// <param name="open">Opens one of <see cref="FileNames"/>; its stream is closed here.</param>
    /// <param name="source">What messages call the place.</param>
    /// <exception cref="TextFormatException">A line has another form; it is named.</exception>
    public static WordNetDictionary Read(Func<string, Stream> open, string source)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new(open, source);
    }

    /// <summary>Whether a lemma is in the database as a part of speech.</summary>
    /// <param name="lemma">Lower case, underscores between words.</param>
    /// <param name="part">The part of speech.</param>
    public bool Contains(string lemma, WordNetPart part) => lemmas[(int)part].Contains(lemma);

    /// <summary>How many lemmas a part of speech has.</summary>
    public int Count(WordNetPart part) => lemmas[(int)part].Count;

    /// <summary>The lemmas that the exception list gives for an irregular form; null where the form is not listed.</summary>
    public IReadOnlyList<string>? Exceptions(string form, WordNetPart part) => exceptions[(int)part].GetValueOrDefault(form);

    /// <summary>The irregular forms that the exception list has for a lemma, in the file's order.</summary>
    public IReadOnlyList<string> IrregularForms(string lemma, WordNetPart part) => forms[(int)part].TryGetValue(lemma, out var known) ? known : [];

    // lemma pos synsets pointers [symbol ...] senses tagged offset [offset ...]; the licence stands before, its lines indented.
    private static HashSet<string> ReadIndex(Stream stream, string name, char letter)
    {
        var result = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, number) in Lines(stream, name))
        {
            if (line.Length == 0 || line[0] == ' ') continue;
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 7 || fields[1].Length != 1 || (fields[1][0] != letter && !(letter == 'a' && fields[1][0] == 's')) || !IsCount(fields[2]) || !IsCount(fields[3]))
                throw new TextFormatException($"{name}, line {number}: '{Excerpt.Of(line)}' is no index line: expected a lemma, '{letter}', the numbers of synsets and pointers, and offsets. Get the file again.");
            result.Add(fields[0]);
        }
        return result.Count > 0 ? result : throw new TextFormatException($"{name}: the file has no lemma. Get it again.");
    }

    // form lemma [lemma ...]
    private static Dictionary<string, string[]> ReadExceptions(Stream stream, string name)
    {
        var result = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (line, number) in Lines(stream, name))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            if (fields.Length == 1) throw new TextFormatException($"{name}, line {number}: '{Excerpt.Of(line)}' has a form but no lemma. Get the file again.");
            result[fields[0]] = fields[1..];
        }
        return result;
    }

    private static IEnumerable<(string Line, int Number)> Lines(Stream stream, string name)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length > LongestLine) throw new TextFormatException($"{name}, line {number}: {line.Length} characters; a WordNet line has at most {LongestLine}.");
            yield return (line, number);
        }
    }

    private static bool IsCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
