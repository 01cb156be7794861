namespace Scorch.Text;

/// <summary>What happens where documents meet inside a window.</summary>
public enum DocumentBoundaries
{
    /// <summary>Documents follow one another without a gap; a window may hold several.</summary>
    Cross,

    /// <summary>A window holds tokens of one document only; a document's last window is padded.</summary>
    Respect,
}

/// <summary>How documents are packed into windows.</summary>
public sealed record PackingConfig
{
    /// <summary>The tokens of a window.</summary>
    public required int Length { get; init; }

    /// <summary>A token to end each document with; none by default.</summary>
    public int? EndOfDocument { get; init; }

    /// <summary>What happens where documents meet.</summary>
    public DocumentBoundaries Boundaries { get; init; } = DocumentBoundaries.Cross;

    /// <summary>Fills windows that are not full.</summary>
    public int PaddingToken { get; init; }

    /// <summary>Leave windows out that are not full.</summary>
    public bool DropIncomplete { get; init; }
}

/// <summary>Tokens of fixed number.</summary>
/// <param name="Ids">The tokens, padding at the end.</param>
/// <param name="Documents">For each token the number of its document within the window, from 1; 0 for padding. Attention that must not cross documents compares them.</param>
/// <param name="Count">The tokens that are not padding.</param>
public sealed record TokenWindow(IReadOnlyList<int> Ids, IReadOnlyList<int> Documents, int Count);

/// <summary>Streams of tokens cut into windows.</summary>
public static class TokenStream
{
    /// <summary>Cuts documents into windows of equal length.</summary>
    /// <param name="documents">The ids of each document, read once.</param>
    /// <param name="config">The length and what happens at the ends.</param>
    /// <returns>Every token once and in order, in windows made as the documents come.</returns>
    public static IEnumerable<TokenWindow> Pack(IEnumerable<IReadOnlyList<int>> documents, PackingConfig config)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(config);
        if (config.Length < 1) throw new ArgumentException($"Length: {config.Length}; a window has at least 1 token.", nameof(config));
        return Windows(documents, config);
    }

    /// <summary>Gives the elements of a stream in random order, as far as a buffer reaches.</summary>
    /// <param name="items">The stream.</param>
    /// <param name="buffer">How many elements are held; the first element can only move that far back.</param>
    /// <param name="random">Draws which element leaves the buffer.</param>
    public static IEnumerable<T> Shuffle<T>(IEnumerable<T> items, int buffer, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        ArgumentNullException.ThrowIfNull(random);
        return Shuffled();

        IEnumerable<T> Shuffled()
        {
            var held = new List<T>();
            foreach (var item in items)
            {
                if (held.Count < buffer)
                {
                    held.Add(item);
                    continue;
                }
                var place = (int)random.NextInt64(held.Count);
                yield return held[place];
                held[place] = item;
            }
            random.Shuffle<T>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held));
            foreach (var item in held) yield return item;
        }
    }

    private static IEnumerable<TokenWindow> Windows(IEnumerable<IReadOnlyList<int>> documents, PackingConfig config)
    {
        var ids = new int[config.Length];
        var owners = new int[config.Length];
        var (count, document) = (0, 0);
        foreach (var tokens in documents)
        {
            var total = tokens.Count + (config.EndOfDocument is null ? 0 : 1);
            if (total > 0) document++;
            for (var i = 0; i < total; i++)
            {
                (ids[count], owners[count]) = (i < tokens.Count ? tokens[i] : config.EndOfDocument!.Value, document);
                if (++count < config.Length) continue;
                yield return new TokenWindow(ids, owners, count);
                // What goes on in the next window is its first document.
                (ids, owners, count, document) = (new int[config.Length], new int[config.Length], 0, i + 1 < total ? 1 : 0);
            }
            if (config.Boundaries != DocumentBoundaries.Respect || count == 0) continue;
            if (!config.DropIncomplete) yield return Padded();
            (ids, owners, count, document) = (new int[config.Length], new int[config.Length], 0, 0);
        }
        if (count > 0 && !config.DropIncomplete) yield return Padded();

        TokenWindow Padded()
        {
            ids.AsSpan(count).Fill(config.PaddingToken);
            owners.AsSpan(count).Clear();
            return new TokenWindow(ids, owners, count);
        }
    }
}
