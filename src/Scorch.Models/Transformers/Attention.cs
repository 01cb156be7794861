using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>What an attention attends to.</summary>
public enum AttentionKind
{
    /// <summary>Every position to every other.</summary>
    Bidirectional,

    /// <summary>Every position to itself and those before.</summary>
    Causal,

    /// <summary>Every position to an encoded series.</summary>
    Cross,
}

/// <summary>Where an attention sits.</summary>
/// <param name="Kind">What it attends to.</param>
/// <param name="Layer">Its block, from 0.</param>
/// <param name="CreateDefault">Makes what the layout has there.</param>
public sealed record AttentionSite(AttentionKind Kind, int Layer, Func<Attention> CreateDefault);

/// <summary>What enters an attention's products.</summary>
public enum AttentionOperand
{
    /// <summary>[batch, heads, queries, d], before they are scaled.</summary>
    Queries,

    /// <summary>[batch, heads, keys, d].</summary>
    Keys,

    /// <summary>[batch, heads, queries, keys], after dropout.</summary>
    Weights,

    /// <summary>[batch, heads, keys, v].</summary>
    Values,
}

/// <summary>Another way to compute an attention's products and weights, such as with numbers of few bits.</summary>
/// <remarks>Its parameters and buffers are the attention's, under <c>arithmetic</c>.</remarks>
public abstract class AttentionArithmetic : Module
{
    /// <summary>In place of an operand of the products.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="kind">Which.</param>
    /// <returns>Of the same shape.</returns>
    public abstract Tensor Operand(Tensor operand, AttentionOperand kind);

    /// <summary>The weights of scores.</summary>
    /// <param name="scores">[batch, heads, queries, keys]: scaled products and added biases.</param>
    /// <param name="allowed">Bool, broadcasting to the scores: true where a query may look; none where it may look everywhere.</param>
    /// <returns>[batch, heads, queries, keys].</returns>
    public abstract Tensor Weights(Tensor scores, Tensor? allowed);
}

/// <summary>An interchangeable attention part of a block.</summary>
/// <remarks>A replacement derives from this and comes in through <see cref="TransformerParts.Attention"/>.</remarks>
public abstract class Attention : Module
{
    /// <summary>Whether it can continue from keys and values of earlier calls. Where one part of a model cannot, the model generates without a cache.</summary>
    public virtual bool SupportsCache => false;

    /// <summary>What it adds to the scores of all blocks of a stack where it is the first: T5's distances; a part that wraps another passes on what that one adds.</summary>
    /// <param name="queries">The number of queries, the last of them at the last key.</param>
    /// <param name="keys">The number of keys.</param>
    /// <returns>Broadcasting to [1, heads, queries, keys]; none for most.</returns>
    public virtual Tensor? SharedBias(int queries, int keys) => null;

    /// <summary>Another way to compute products and weights, if any. The published layouts and the plain one follow it; of a replacement its author says.</summary>
    public AttentionArithmetic? Arithmetic { get; set; }

    /// <summary>Attends.</summary>
    /// <param name="hidden">Queries come from here: [batch, queries, features].</param>
    /// <param name="memory">Keys and values come from here: [batch, keys, features]; none for self-attention.</param>
    /// <param name="scope">Which keys a query may look at.</param>
    /// <param name="context">Tokens and further inputs.</param>
    /// <param name="cache">Keys and values of earlier calls, which this call adds to; none outside generation.</param>
    /// <returns>[batch, queries, features], before the residual sum.</returns>
    public abstract Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null);
}

/// <summary>Which keys a query may look at, the same for every layer of a stack.</summary>
public sealed class AttentionScope
{
    private Tensor? added;
    private (int Queries, int Keys, DataType Type) addedFor;

    /// <summary>A scope.</summary>
    /// <param name="keyMask">Bool [batch, keys]: true where a key is real; none where all are.</param>
    /// <param name="isCausal">Whether a query looks at keys up to its own position only; the last query stands at the last key.</param>
    /// <param name="bias">Numbers added to scores, broadcasting to [batch, heads, queries, keys].</param>
    /// <exception cref="ArgumentException">The mask is no table of truth values, or a row of it has no real key.</exception>
    public AttentionScope(Tensor? keyMask = null, bool isCausal = false, Tensor? bias = null)
    {
        if (keyMask is not null)
        {
            if (keyMask.DataType != DataType.Bool || keyMask.Rank != 2)
                throw new ArgumentException($"AttentionScope: the mask is {keyMask.DataType} {keyMask.Shape}; give bool [batch, keys], true where a key is real.", nameof(keyMask));
            var any = keyMask.Any(1).ToArray<bool>();
            if (Array.IndexOf(any, false) is >= 0 and var row)
                throw new ArgumentException($"AttentionScope: row {row} of the mask has no real key; every series needs one token at least.", nameof(keyMask));
        }
        (KeyMask, IsCausal, Bias) = (keyMask, isCausal, bias);
    }

    /// <summary>Bool [batch, keys]: true where a key is real; none where all are.</summary>
    public Tensor? KeyMask { get; }

    /// <summary>Whether a query looks at keys up to its own position only; the last query stands at the last key.</summary>
    public bool IsCausal { get; }

    /// <summary>Numbers added to scores, broadcasting to [batch, heads, queries, keys].</summary>
    public Tensor? Bias { get; }

    /// <summary>Bool, broadcasting to [batch, 1, queries, keys]: true where a query may look; none where it may look everywhere.</summary>
    /// <param name="queries">The number of queries, the last of them at the last key where the scope is causal.</param>
    /// <param name="keys">The number of keys.</param>
    /// <remarks>A query that stands on padding looks at itself too, so that its unused output stays a number.</remarks>
    public Tensor? Allowed(int queries, int keys)
    {
        RequireKeys(keys);
        var real = KeyMask?.Reshape(KeyMask.Shape[0], 1, 1, keys);
        if (!IsCausal || (queries == 1 && real is null)) return real;
        var (query, key) = (Tensor.Range(keys - queries, keys).Unsqueeze(1), Tensor.Range(keys).Unsqueeze(0));
        var causal = key.LessOrEqual(query);
        return real is null ? causal.Reshape(1, 1, queries, keys) : causal.And(real).Or(key.EqualTo(query));
    }

    /// <summary>What is added to scores of a type: the bias, and minus infinity where a query may not look; none where nothing is.</summary>
    /// <param name="queries">The number of queries, the last of them at the last key where the scope is causal.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="dataType">Type of the scores.</param>
    public Tensor? Added(int queries, int keys, DataType dataType)
    {
        RequireKeys(keys);
        if (addedFor == (queries, keys, dataType)) return added;
        var allowed = Allowed(queries, keys);
        var result = allowed is null ? null : Tensor.Where(allowed, Tensor.Zeros([], dataType), Tensor.Full([], double.NegativeInfinity, dataType));
        if (Bias is not null) result = result is null ? Bias : Bias + result;
        (added, addedFor) = (result, (queries, keys, dataType));
        return result;
    }

    private void RequireKeys(int keys)
    {
        if (KeyMask is not null && KeyMask.Shape[1] != keys)
            throw new ArgumentException($"AttentionScope: the mask {KeyMask.Shape} is for {KeyMask.Shape[1]} keys, there are {keys}.", nameof(keys));
    }
}
