using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Models.Experts;

/// <summary>One feed-forward expert without biases, <c>W2 relu(W1 x)</c>, in any floating type.</summary>
public sealed class SeparateExpert : Module
{
    internal SeparateExpert(Tensor inward, Tensor outward) => (Inward, Outward) = (new(inward), new(outward));

    /// <summary>W1: [inner, features].</summary>
    public Parameter Inward { get; }

    /// <summary>W2: [features, inner].</summary>
    public Parameter Outward { get; }
}

/// <summary>Experts whose weights are parameters of their own, so that a step touches only experts to which tokens came.</summary>
/// <remarks>
/// For layers that would not fit otherwise: held in bfloat16, an expert is widened while its few rows are computed, and with
/// <see cref="Optimizers.StepInBackward"/> its gradient is applied and freed before that of the next expert is made.
/// </remarks>
public sealed class SeparateExperts : ExpertLayer
{
    /// <summary>Experts with random weights, truncated normal with variance scale / inputs.</summary>
    /// <param name="experts">How many.</param>
    /// <param name="features">Features of the hidden states.</param>
    /// <param name="inner">Features between the maps.</param>
    /// <param name="scale">s: 0.1 in the Switch paper.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="dataType">Type of the weights.</param>
    public SeparateExperts(int experts, int features, int inner, double scale, RandomSource random, DataType dataType = DataType.BFloat16)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (experts < 1) throw new ArgumentOutOfRangeException(nameof(experts), experts, $"SeparateExperts: {experts} experts; a layer has at least one.");
        ModelParts.RequireSize("SeparateExperts", "the number of features", features);
        ModelParts.RequireSize("SeparateExperts", "the inner size", inner);
        (Features, Inner) = (features, inner);
        var (inward, outward) = (new TruncatedNormalTable(Math.Sqrt(scale / features)), new TruncatedNormalTable(Math.Sqrt(scale / inner)));
        Expert = new(Enumerable.Range(0, experts).Select(_ => new SeparateExpert(inward.Draw([inner, features], dataType, random), outward.Draw([features, inner], dataType, random))));
    }

    /// <summary>The experts.</summary>
    public ModuleList<SeparateExpert> Expert { get; }

    /// <inheritdoc/>
    public override int Count => Expert.Count;

    /// <inheritdoc/>
    public override int Features { get; }

    /// <inheritdoc/>
    public override int Inner { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor rows, IReadOnlyList<int> starts)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(starts);
        if (rows.Rank != 2 || rows.Shape[1] != Features || starts.Count != Count + 1 || starts[^1] != rows.Shape[0])
            throw new ArgumentException($"SeparateExperts: rows {rows.Shape} in {starts.Count - 1} batches; give [rows, {Features}] in {Count}.", nameof(rows));
        var parts = new List<Tensor>();
        for (var i = 0; i < Count; i++)
        {
            if (starts[i + 1] == starts[i]) continue;
            var batch = rows.Narrow(0, starts[i], starts[i + 1] - starts[i]);
            parts.Add(batch.MatMul(Expert[i].Inward.T).Relu().MatMul(Expert[i].Outward.T));
        }
        return parts.Count == 0 ? Tensor.ZerosLike(rows) : Tensor.Concatenate(parts);
    }
}
