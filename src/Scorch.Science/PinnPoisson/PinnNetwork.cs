using Scorch.Modules;

namespace Scorch.Science.PinnPoisson;

/// <summary>The fully connected network of a PINN, in float64: <c>x -> W_L s(... s(W_0 x + b_0) ...) + b_L</c>.</summary>
/// <remarks>Input <c>[count, 2]</c>, output <c>[count, 1]</c>. Weights start Glorot uniform, biases zero, adaptive slopes at <c>1/n</c>.
/// With a hard boundary the output is multiplied by <c>x(1-x)y(1-y)</c>.</remarks>
public sealed class PinnNetwork : Module, IForward
{
    private readonly bool hardBoundary;

    internal PinnNetwork(PinnConfig config, int seed)
    {
        hardBoundary = config.HardBoundary;
        var random = new RandomSource(seed);
        int[] widths = [2, .. config.Hidden, 1];
        Layers = new ModuleList<PinnLayer>([.. Enumerable.Range(0, widths.Length - 1).Select(i =>
            new PinnLayer(widths[i], widths[i + 1], i + 2 < widths.Length ? config.Activation : null, random))]);
    }

    /// <summary>The layers.</summary>
    public ModuleList<PinnLayer> Layers { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var u = x;
        foreach (var layer in Layers)
        {
            u = layer.Forward(u);
        }

        if (!hardBoundary)
        {
            return u;
        }

        var (first, second) = (x[.., 0..1], x[.., 1..2]);
        return first * (1 - first) * (second * (1 - second)) * u;
    }

    internal void CopyFrom(PinnNetwork other)
    {
        var (own, given) = (Describe(this), Describe(other));
        if (own != given)
        {
            throw new ArgumentException($"PinnSolver: the warm start has layers {given}, the configuration asks for {own}; they must be the same.", "warmStart");
        }

        LoadState(other.State());
    }

    private static string Describe(PinnNetwork network) =>
        $"2-{string.Join('-', network.Layers.Select(layer => layer.Weight.Shape[0]))}{(network.Layers[0].Slope is null ? "" : " with adaptive slopes")}";
}
