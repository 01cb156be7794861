using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Models.Generation;

internal static class ModelSessions
{
    public static void RequireEvaluation(string model, Module module)
    {
        if (module.IsTraining) throw new InvalidOperationException($"{model}: the model is in training mode, where dropout would change the text; call Evaluate() first.");
    }

    /// <summary>Prompts of different lengths as a table: int64 [rows, longest], padded with token 0, and which are real (none where all are).</summary>
    public static (List<long[]> Rows, bool[][]? Mask) Padded(string model, IReadOnlyList<IReadOnlyList<long>> prompts, bool padsLeft)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0) throw new ArgumentException($"{model}: there are no prompts; give one at least.", nameof(prompts));
        for (var i = 0; i < prompts.Count; i++)
            if (prompts[i] is not { Count: > 0 }) throw new ArgumentException($"{model}: prompt {i} is empty; give one token at least.", nameof(prompts));
        var longest = prompts.Max(prompt => prompt.Count);
        var rows = new List<long[]>();
        var mask = new bool[prompts.Count][];
        for (var i = 0; i < prompts.Count; i++)
        {
            var (row, start) = (new long[longest], padsLeft ? longest - prompts[i].Count : 0);
            mask[i] = new bool[longest];
            for (var j = 0; j < prompts[i].Count; j++) (row[start + j], mask[i][start + j]) = (prompts[i][j], true);
            rows.Add(row);
        }
        return (rows, prompts.All(prompt => prompt.Count == longest) ? null : mask);
    }

    public static Tensor Table<T>(IReadOnlyList<T[]> rows, int start = 0)
        where T : unmanaged
    {
        var width = rows[0].Length - start;
        var all = new T[rows.Count * width];
        for (var i = 0; i < rows.Count; i++) rows[i].AsSpan(start).CopyTo(all.AsSpan(i * width));
        return Tensor.From(all, [rows.Count, width]);
    }

    public static void RequireTokens(string model, IReadOnlyList<long> tokens, int rows, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count != rows) throw new ArgumentException($"{model}: {tokens.Count} tokens for {rows} rows; give one for each.", nameof(tokens));
        foreach (var token in tokens)
            if (token < 0 || token >= vocabulary) throw new ArgumentOutOfRangeException(nameof(tokens), token, $"{model}: token {token} lies outside the vocabulary of {vocabulary}.");
    }

    public static Tensor RequireRows(string model, IReadOnlyList<int> kept, int rows)
    {
        ArgumentNullException.ThrowIfNull(kept);
        if (kept.Count == 0) throw new ArgumentException($"{model}: no row is kept; end the session instead.", nameof(kept));
        foreach (var row in kept)
            if (row < 0 || row >= rows) throw new ArgumentOutOfRangeException(nameof(kept), row, $"{model}: there is no row {row} among {rows}.");
        return Tensor.From(kept.Select(row => (long)row).ToArray(), [kept.Count]);
    }

    public static bool IsIdentity(IReadOnlyList<int> kept, int rows) => kept.Count == rows && !kept.Where((row, i) => row != i).Any();
}

/// <summary>A language model that continues its prompts. Shorter prompts are padded on the left, where nothing looks.</summary>
internal sealed class DecoderOnlySession : IDecodingSession
{
    private readonly string name;
    private readonly int vocabulary;
    private readonly StackCache? cache;
    private readonly Func<Tensor, Tensor?, StackCache?, Tensor> run;
    private List<long[]> rows;
    private bool[][]? mask;
    private Tensor? logits;

    /// <param name="name">Of the model, in errors.</param>
    /// <param name="prompts">Token ids.</param>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="cache">None to compute every step from the start.</param>
    /// <param name="run">From new tokens [rows, new], the mask [rows, all] and the cache to the last token's logits [rows, vocabulary].</param>
    public DecoderOnlySession(
        string name, IReadOnlyList<IReadOnlyList<long>> prompts, int vocabulary, StackCache? cache, Func<Tensor, Tensor?, StackCache?, Tensor> run)
    {
        (this.name, this.vocabulary, this.cache, this.run) = (name, vocabulary, cache, run);
        (rows, mask) = ModelSessions.Padded(name, prompts, padsLeft: true);
        foreach (var row in rows) ModelSessions.RequireTokens(name, row, row.Length, vocabulary);
    }

    public Tensor Logits()
    {
        using var mode = GradientMode.Disable();
        return logits ??= run(ModelSessions.Table(rows, cache?.Length ?? 0), mask is null ? null : ModelSessions.Table(mask), cache);
    }

    public void Append(IReadOnlyList<long> tokens)
    {
        ModelSessions.RequireTokens(name, tokens, rows.Count, vocabulary);
        rows = [.. rows.Select((row, i) => (long[])[.. row, tokens[i]])];
        mask = mask?.Select(row => (bool[])[.. row, true]).ToArray();
        logits = null;
    }

    public void Keep(IReadOnlyList<int> kept)
    {
        var index = ModelSessions.RequireRows(name, kept, rows.Count);
        if (ModelSessions.IsIdentity(kept, rows.Count)) return;
        using var mode = GradientMode.Disable();
        rows = [.. kept.Select(row => rows[row])];
        mask = mask is null ? null : [.. kept.Select(row => mask[row])];
        cache?.Keep(index);
        logits = logits?.IndexSelect(0, index);
    }
}

/// <summary>A model that encodes its prompts once and decodes from a start token.</summary>
internal sealed class EncoderDecoderSession : IDecodingSession
{
    private readonly string name;
    private readonly int vocabulary;
    private readonly StackCache? cache;
    private readonly Func<Tensor, Tensor, Tensor?, StackCache?, Tensor> decode;
    private readonly Action<Tensor>? keep;
    private List<long[]> rows;
    private Tensor memory;
    private Tensor? mask, logits;

    /// <param name="name">Of the model, in errors.</param>
    /// <param name="prompts">Token ids of the encoder.</param>
    /// <param name="start">The decoder's first token.</param>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="cache">None to compute every step from the start.</param>
    /// <param name="encode">From tokens and their mask to the encoded series.</param>
    /// <param name="decode">From new tokens [rows, new], the encoded series, its mask and the cache to the last token's logits [rows, vocabulary].</param>
    /// <param name="keep">Told which rows go on, so that further inputs of rows can go with them.</param>
    public EncoderDecoderSession(
        string name,
        IReadOnlyList<IReadOnlyList<long>> prompts,
        long start,
        int vocabulary,
        StackCache? cache,
        Func<Tensor, Tensor?, Tensor> encode,
        Func<Tensor, Tensor, Tensor?, StackCache?, Tensor> decode,
        Action<Tensor>? keep = null)
    {
        (this.name, this.vocabulary, this.cache, this.decode, this.keep) = (name, vocabulary, cache, decode, keep);
        var (source, real) = ModelSessions.Padded(name, prompts, padsLeft: false);
        rows = [.. prompts.Select(_ => (long[])[start])];
        using var mode = GradientMode.Disable();
        mask = real is null ? null : ModelSessions.Table(real);
        memory = encode(ModelSessions.Table(source), mask);
    }

    public Tensor Logits()
    {
        using var mode = GradientMode.Disable();
        return logits ??= decode(ModelSessions.Table(rows, cache?.Length ?? 0), memory, mask, cache);
    }

    public void Append(IReadOnlyList<long> tokens)
    {
        ModelSessions.RequireTokens(name, tokens, rows.Count, vocabulary);
        rows = [.. rows.Select((row, i) => (long[])[.. row, tokens[i]])];
        logits = null;
    }

    public void Keep(IReadOnlyList<int> kept)
    {
        var index = ModelSessions.RequireRows(name, kept, rows.Count);
        if (ModelSessions.IsIdentity(kept, rows.Count)) return;
        using var mode = GradientMode.Disable();
        rows = [.. kept.Select(row => rows[row])];
        keep?.Invoke(index);
        memory = memory.IndexSelect(0, index);
        mask = mask?.To(DataType.Int64).IndexSelect(0, index).To(DataType.Bool);
        cache?.Keep(index);
        logits = logits?.IndexSelect(0, index);
    }
}
