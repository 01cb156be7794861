using Scorch.Modules;

namespace Scorch.Models;

/// <summary>Linear maps with rectifiers between them: [batch, inputs] to [batch, outputs]; named <c>layers.0</c>, <c>layers.1</c>, ….</summary>
public sealed class MultilayerPerceptron : Module, IForward
{
    /// <summary>A network with random weights, as PyTorch's linear layers start.</summary>
    /// <param name="sizes">Inputs, hidden features of each layer, outputs; at least two numbers of at least 1.</param>
    /// <param name="random">Draws the weights.</param>
    /// <exception cref="ArgumentException">There are fewer than two sizes, or one is below 1.</exception>
    public MultilayerPerceptron(IReadOnlyList<int> sizes, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Count < 2 || sizes.Any(size => size < 1))
            throw new ArgumentException($"MultilayerPerceptron: sizes are [{string.Join(", ", sizes)}]; give inputs, hidden features and outputs, each at least 1.", nameof(sizes));
        Layers = new(Enumerable.Range(0, sizes.Count - 1).Select(i => new Linear(sizes[i], sizes[i + 1], random)));
    }

    /// <summary>The maps.</summary>
    public ModuleList<Linear> Layers { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        for (var i = 0; i < Layers.Count; i++)
        {
            x = Layers[i].Forward(x);
            if (i < Layers.Count - 1) x = x.Relu();
        }
        return x;
    }
}
