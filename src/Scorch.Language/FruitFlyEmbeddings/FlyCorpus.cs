using System.Text;
using Scorch.Text;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Text that can be read again and again, one chunk of words at a time; files are streamed.</summary>
/// <remarks>
/// Preparation: lower case; runs of ASCII letters, digits and inner apostrophes are words, all else separates; a word with a digit
/// becomes <c>&lt;NUM&gt;</c>.
/// </remarks>
public sealed class FlyCorpus
{
    private readonly Func<IEnumerable<IEnumerable<string>>> documents;
    private readonly ChunkUnit unit;

    private FlyCorpus(Func<IEnumerable<IEnumerable<string>>> documents, ChunkUnit unit) => (this.documents, this.unit) = (documents, unit);

    /// <summary>The word that stands for every word with a digit.</summary>
    public const string NumberWord = "<NUM>";

    /// <summary>Text files in UTF-8, each a document.</summary>
    /// <param name="paths">Files, or folders, whose <c>.txt</c> files are read in the order of their names, sub-folders included.</param>
    /// <param name="unit">What windows stay within.</param>
    /// <exception cref="ArgumentException">No path was given, or a folder holds no text file.</exception>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    /// <remarks>Reading throws <see cref="TextFormatException"/> where a file is not UTF-8 or a line is too long.</remarks>
    public static FlyCorpus FromFiles(IEnumerable<string> paths, ChunkUnit unit = ChunkUnit.Document)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var inside = Directory.GetFiles(path, "*.txt", SearchOption.AllDirectories);
                if (inside.Length == 0)
                    throw new ArgumentException($"FlyCorpus: the folder {path} holds no .txt file.", nameof(paths));
                Array.Sort(inside, StringComparer.Ordinal);
                files.AddRange(inside);
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new FileNotFoundException($"FlyCorpus: there is no file or folder {path}.", path);
            }
        }
        if (files.Count == 0)
            throw new ArgumentException("FlyCorpus: no file was given; give at least one text file or folder.", nameof(paths));
        // Bounded lines; what is not UTF-8 is named with file, line and byte.
        return new FlyCorpus(() => files.Select(file => TextCorpus.FromFiles([file], new TextCorpusOptions { KeepEmptyLines = true })), unit);
    }

    /// <summary>Texts in memory, each a document.</summary>
    public static FlyCorpus FromTexts(IEnumerable<string> texts, ChunkUnit unit = ChunkUnit.Document)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var kept = texts.ToArray();
        return new FlyCorpus(() => kept.Select(text => text.Split('\n')), unit);
    }

    /// <summary>The chunks, each its words in order.</summary>
    public IEnumerable<IReadOnlyList<string>> Chunks()
    {
        foreach (var document in documents())
        {
            var words = new List<string>();
            foreach (var line in document)
            {
                if (unit == ChunkUnit.Paragraph && string.IsNullOrWhiteSpace(line) && words.Count > 0)
                {
                    yield return words;
                    words = [];
                }
                if (unit == ChunkUnit.Sentence)
                {
                    // A sentence may run over several lines: only its end closes the chunk.
                    foreach (var (text, isEnd) in Sentences(line))
                    {
                        Split(text, words);
                        if (isEnd && words.Count > 0)
                        {
                            yield return words;
                            words = [];
                        }
                    }
                    continue;
                }
                Split(line, words);
                if (unit == ChunkUnit.Line && words.Count > 0)
                {
                    yield return words;
                    words = [];
                }
            }
            if (words.Count > 0)
                yield return words;
        }
    }

    /// <summary>The words of one text, prepared as the corpus is.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        Split(text, words);
        return words;
    }

    private static IEnumerable<(string Text, bool IsEnd)> Sentences(string line)
    {
        var start = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is '.' or '!' or '?' && (i + 1 == line.Length || char.IsWhiteSpace(line[i + 1])))
            {
                yield return (line[start..(i + 1)], true);
                start = i + 1;
            }
        }
        if (start < line.Length)
            yield return (line[start..], false);
    }

    private static void Split(string text, List<string> words)
    {
        var word = new StringBuilder();
        var hasDigit = false;
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || (character == '\'' && word.Length > 0))
            {
                word.Append(char.ToLowerInvariant(character));
                hasDigit |= char.IsAsciiDigit(character);
            }
            else
            {
                End();
            }
        }
        End();

        void End()
        {
            while (word.Length > 0 && word[^1] == '\'')
                word.Length--;
            if (word.Length > 0)
                words.Add(hasDigit ? NumberWord : word.ToString());
            word.Clear();
            hasDigit = false;
        }
    }
}
