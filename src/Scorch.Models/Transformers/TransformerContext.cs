namespace Scorch.Models.Transformers;

/// <summary>What a layer may know beside the hidden states: the tokens, which of them are real, further inputs, and a place for losses.</summary>
/// <remarks>One context belongs to one forward pass; it is not shared between threads.</remarks>
public sealed class TransformerContext
{
    private readonly List<Tensor> losses;
    private readonly List<object> records;
    private bool refusesLosses;

    /// <summary>A context without tokens, which the model fills in.</summary>
    public TransformerContext() => (losses, records) = ([], []);

    private TransformerContext(TransformerContext parent, Tensor? tokenIds, Tensor? mask, Tensor? pastIds, Tensor? pastMask) =>
        (losses, records, TokenIds, Mask, PastIds, PastMask, Conditions) = (parent.losses, parent.records, tokenIds, mask, pastIds, pastMask, parent.Conditions);

    /// <summary>Tokens of the hidden states, int64 [batch, time]; none where a stack is given hidden states alone.</summary>
    public Tensor? TokenIds { get; }

    /// <summary>Bool [batch, time]: true where a token is real, false where it is padding; none where all are real.</summary>
    public Tensor? Mask { get; }

    /// <summary>In a generation with a cache the tokens of earlier steps, int64 [batch, past]; none where the pass begins the sequence.</summary>
    public Tensor? PastIds { get; }

    /// <summary>Bool [batch, past]: which of <see cref="PastIds"/> are real; none where all are.</summary>
    public Tensor? PastMask { get; }

    /// <summary>Further inputs for replaced parts by name, such as a task's number.</summary>
    public IReadOnlyDictionary<string, Tensor> Conditions { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>What layers ask to be added to the training loss, such as the load balance of experts, in the order of layers.</summary>
    public IReadOnlyList<Tensor> Losses => losses;

    /// <summary>Adds to <see cref="Losses"/>.</summary>
    /// <param name="loss">A scalar.</param>
    /// <exception cref="ArgumentException">The loss is not a scalar.</exception>
    /// <exception cref="InvalidOperationException">The layer runs under gradient checkpointing, where a second result would have no gradient.</exception>
    public void AddLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Rank != 0) throw new ArgumentException($"AddLoss: the loss has shape {loss.Shape}; reduce it to a scalar.", nameof(loss));
        if (refusesLosses) throw new InvalidOperationException("AddLoss: a checkpointed layer has one result; switch GradientCheckpointing off for layers with losses of their own.");
        losses.Add(loss);
    }

    /// <summary>What layers tell about the pass, such as the load of experts, in the order of layers.</summary>
    public IReadOnlyList<object> Records => records;

    /// <summary>Adds to <see cref="Records"/>. A layer under gradient checkpointing, which runs twice, is not recorded.</summary>
    /// <param name="record">What a layer tells; numbers rather than tensors with a history, which would be kept alive.</param>
    public void AddRecord(object record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!refusesLosses) records.Add(record);
    }

    /// <summary>The same pass seen from a stack with these tokens: conditions and losses are shared.</summary>
    internal TransformerContext For(Tensor? tokenIds, Tensor? mask) => new(this, tokenIds, mask, null, null);

    /// <summary>The same for new tokens of a generation, which the cache keeps too; the mask covers earlier tokens.</summary>
    internal TransformerContext For(Tensor tokenIds, Tensor? mask, StackCache? cache)
    {
        if (cache is null) return For(tokenIds, mask);
        var past = cache.Tokens;
        var count = past?.Shape[1] ?? 0;
        cache.Append(tokenIds);
        return new(this, tokenIds, mask?.Narrow(1, count, tokenIds.Shape[1]), past, past is null ? null : mask?.Narrow(1, 0, count));
    }

    /// <summary>The same pass inside a checkpointed layer.</summary>
    internal TransformerContext WithoutLosses() => new(this, TokenIds, Mask, PastIds, PastMask) { refusesLosses = true };
}
