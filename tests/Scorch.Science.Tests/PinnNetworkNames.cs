using Scorch.Science.PinnPoisson;

namespace Scorch.Science.Tests;

/// <summary>The reference's names of a network's parameters: weight.i, bias.i, a.i.</summary>
internal static class PinnNetworkNames
{
    public static IEnumerable<(string Name, Tensor Parameter)> Of(PinnNetwork network)
    {
        for (var i = 0; i < network.Layers.Count; i++)
        {
            yield return ($"weight.{i}", network.Layers[i].Weight);
            yield return ($"bias.{i}", network.Layers[i].Bias);
            if (network.Layers[i].Slope is { } slope)
            {
                yield return ($"a.{i}", slope);
            }
        }
    }
}
