using Scorch.Models.Transformers;

namespace Scorch.Language.HyperFormers;

/// <summary>The weights of one adapter, <c>A(x) = LN_{gamma,beta}(U gelu(D x + b_D) + b_U) + x</c>.</summary>
/// <param name="DownWeight">D: [d / r, d].</param>
/// <param name="DownBias">b_D: [d / r].</param>
/// <param name="UpWeight">U: [d, d / r].</param>
/// <param name="UpBias">b_U: [d].</param>
/// <param name="Scale">gamma of the normalisation: [d].</param>
/// <param name="Shift">beta of the normalisation: [d].</param>
public sealed record AdapterLayer(Tensor DownWeight, Tensor DownBias, Tensor UpWeight, Tensor UpBias, Tensor Scale, Tensor Shift)
{
    /// <summary>Of the adapter's layer normalisation, a standard one (mean and variance) though the backbone's is not.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>A(x).</summary>
    /// <param name="x">[..., d].</param>
    /// <returns>Of the same shape.</returns>
    public Tensor Apply(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var inner = Activation.GeluTanh.Apply(x.Affine(DownWeight, DownBias));
        return inner.Affine(UpWeight, UpBias).LayerNorm(Scale.Shape, Scale, Shift, Epsilon) + x;
    }

    /// <summary>The same weights by the names that the authors' plain adapters have.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> Named() =>
    [
        ("down_sampler.weight", DownWeight), ("down_sampler.bias", DownBias), ("up_sampler.weight", UpWeight), ("up_sampler.bias", UpBias),
        ("post_layer_norm.weight", Scale), ("post_layer_norm.bias", Shift),
    ];

    internal AdapterLayer Detached() => new(
        DownWeight.Detach().Clone(), DownBias.Detach().Clone(), UpWeight.Detach().Clone(), UpBias.Detach().Clone(), Scale.Detach().Clone(), Shift.Detach().Clone());
}

/// <summary>The adapters of all layers of a stack.</summary>
public sealed class StackAdapters
{
    /// <summary>The positions of a layer, in the order of their numbers.</summary>
    internal static readonly AdapterPosition[] Positions = [AdapterPosition.FeedForward, AdapterPosition.SelfAttention];

    private readonly AdapterLayer[][] layers;

    internal StackAdapters(int layers, Func<int, AdapterPosition, AdapterLayer> create) =>
        this.layers = [.. Enumerable.Range(0, layers).Select(layer => Positions.Select(position => create(layer, position)).ToArray())];

    /// <summary>The number of layers.</summary>
    public int Layers => layers.Length;

    /// <summary>The adapter of a layer, from 0, at a position.</summary>
    public AdapterLayer this[int layer, AdapterPosition position] => layers[layer][(int)position];

    internal StackAdapters Detached() => new(Layers, (layer, position) => this[layer, position].Detached());
}
