using Scorch.Science.PinnPoisson;

namespace Scorch.Science.Tests;

/// <summary>The reference's names of a network's parameters: weight.i, bias.i, a.i, in the order of <see cref="PinnNetwork.OrderedParameters"/>.</summary>
internal static class PinnNetworkNames
{
    public static IEnumerable<(string Name, Tensor Parameter)> Of(PinnNetwork network)
    {
        for (var i = 0; i < network.Layers.Count; i++)
        {
            yield return ($"weight.{i}", network.Layers[i].Weight);
            yield return ($"bias.{i}", network.Layers[i].Bias!);
            if (i < network.Slopes.Count)
            {
                yield return ($"a.{i}", network.Slopes[i]);
            }
        }
    }
}
