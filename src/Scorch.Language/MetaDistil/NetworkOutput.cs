namespace Scorch.Language.MetaDistil;

/// <summary>What a network says of a batch.</summary>
/// <param name="Logits">[batch, classes].</param>
public sealed record NetworkOutput(Tensor Logits)
{
    /// <summary>Hidden states of its layers, first to last, each [batch, features] (of a Transformer: of the token that is classified); for patient distillation.</summary>
    public IReadOnlyList<Tensor> Hidden { get; init; } = [];
}
