namespace Scorch.Models.Transformers;

/// <summary>What every model asks of its token ids and masks.</summary>
internal static class TokenIds
{
    public static void Require(string model, Tensor ids, int vocabulary, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.DataType != DataType.Int64 || ids.Rank != 2 || ids.ElementCount == 0)
            throw new ArgumentException($"{model}: token ids are {ids.DataType} {ids.Shape}; give int64 [batch, time] with at least one token.", nameof(ids));
        foreach (var id in ids.ToArray<long>())
            if (id < 0 || id >= vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"{model}: token id {id} lies outside the vocabulary of {vocabulary}; use the tokeniser that belongs to the model.");
        if (mask is not null && (mask.DataType != DataType.Bool || mask.Shape != ids.Shape))
            throw new ArgumentException($"{model}: the mask is {mask.DataType} {mask.Shape}; give bool {ids.Shape}, true where a token is real.", nameof(mask));
    }

    /// <summary>Places of the last tokens of a mask's rows among the real ones: int64 [batch, tokens]; padding before the first has place 0.</summary>
    public static Tensor Places(Tensor? mask, int batch, int past, int tokens)
    {
        if (mask is null) return Tensor.Range(past, past + tokens).Unsqueeze(0).Expand(batch, tokens);
        var real = mask.To(DataType.Int64).CumulativeSum(1).Narrow(1, past, tokens) - 1;
        return real.Clamp(minimum: 0);
    }

    public static void RequirePositions(string model, int length, int positions)
    {
        if (length > positions)
            throw new ArgumentException($"{model}: a sequence of {length} tokens is longer than the model's {positions} positions; shorten it.", nameof(length));
    }
}
