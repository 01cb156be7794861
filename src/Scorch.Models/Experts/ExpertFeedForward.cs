using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Models.Experts;

/// <summary>N feed-forward experts, <c>E_i(x) = W2_i f(W1_i x + b1_i) + b2_i</c>, whose weights are one pair of tensors.</summary>
/// <remarks>Rows come sorted by expert (<see cref="ExpertDispatch"/>); each expert's batch is one matrix product over a contiguous slice.</remarks>
public sealed class ExpertFeedForward : ExpertLayer
{
    /// <summary>Experts whose weights are zero, to be initialised or loaded.</summary>
    /// <param name="experts">How many.</param>
    /// <param name="features">Features of the hidden states.</param>
    /// <param name="inner">Features between the maps.</param>
    /// <param name="activation">Of the inner features.</param>
    /// <param name="bias">Whether maps have biases.</param>
    /// <param name="dropout">Of the inner features, in training.</param>
    /// <param name="random">Draws dropout; needed where there is any.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the dropout no share.</exception>
    public ExpertFeedForward(int experts, int features, int inner, Activation activation = Activation.Relu, bool bias = false, double dropout = 0, RandomSource? random = null)
    {
        if (experts < 1) throw new ArgumentOutOfRangeException(nameof(experts), experts, $"ExpertFeedForward: {experts} experts; a layer has at least one.");
        ModelParts.RequireSize("ExpertFeedForward", "the number of features", features);
        ModelParts.RequireSize("ExpertFeedForward", "the inner size", inner);
        ModelParts.RequireProbability("ExpertFeedForward", "the dropout", dropout);
        Activation = activation;
        Inward = Parameter.Full([experts, inner, features], 0);
        Outward = Parameter.Full([experts, features, inner], 0);
        if (bias) (InwardBias, OutwardBias) = (Parameter.Full([experts, inner], 0), Parameter.Full([experts, features], 0));
        if (dropout > 0) InnerDropout = new(dropout, random ?? throw new ArgumentNullException(nameof(random), "ExpertFeedForward: dropout needs a source of random numbers."));
    }

    /// <summary>Of the inner features.</summary>
    public Activation Activation { get; }

    /// <summary>W1 of all experts: [experts, inner, features].</summary>
    public Parameter Inward { get; }

    /// <summary>W2 of all experts: [experts, features, inner].</summary>
    public Parameter Outward { get; }

    /// <summary>b1 of all experts, if any: [experts, inner].</summary>
    public Parameter? InwardBias { get; }

    /// <summary>b2 of all experts, if any: [experts, features].</summary>
    public Parameter? OutwardBias { get; }

    /// <summary>Of the inner features, if any.</summary>
    public Dropout? InnerDropout { get; }

    /// <inheritdoc/>
    public override int Count => Inward.Shape[0];

    /// <inheritdoc/>
    public override int Features => Inward.Shape[2];

    /// <inheritdoc/>
    public override int Inner => Inward.Shape[1];

    /// <summary>Starts all weights as the Switch paper does (section 2.4): truncated normal with variance scale / inputs, nothing beyond two deviations; biases 0.</summary>
    /// <param name="scale">s: 0.1 there, 1 in T5.</param>
    /// <param name="random">Draws the numbers.</param>
    public void Initialize(double scale, RandomSource random)
    {
        foreach (var weight in new[] { Inward, Outward })
        {
            var deviation = Math.Sqrt(scale / weight.Shape[2]);
            // Expert by expert: what is drawn passes through float64.
            var drawn = Parameter.Full(weight.Shape[1..], 0);
            for (var expert = 0; expert < Count; expert++)
            {
                Modules.Initialize.TruncatedNormal(drawn, random, 0, deviation, -2 * deviation, 2 * deviation);
                weight.Detach().Select(0, expert).CopyFrom(drawn.Detach());
            }
        }
        ModelParts.Zero(InwardBias);
        ModelParts.Zero(OutwardBias);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor rows, IReadOnlyList<int> starts)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(starts);
        var borders = starts as int[] ?? [.. starts];
        var owners = InwardBias is null ? null : Owners(borders);
        var inner = GroupedProducts.Apply(rows, Inward, borders);
        if (owners is not null) inner += InwardBias!.IndexSelect(0, owners);
        inner = Activation.Apply(inner);
        var result = GroupedProducts.Apply(inner.Dropped(InnerDropout), Outward, borders);
        return owners is null ? result : result + OutwardBias!.IndexSelect(0, owners);
    }

    /// <summary>New experts that are weighted sums of these; dropout is not taken over.</summary>
    /// <param name="recipes">For each new expert the old ones and their shares.</param>
    /// <exception cref="ArgumentException">There is no recipe, or it names an expert that is not there.</exception>
    public ExpertFeedForward Mixed(IReadOnlyList<IReadOnlyList<(int Expert, double Share)>> recipes)
    {
        ArgumentNullException.ThrowIfNull(recipes);
        var result = new ExpertFeedForward(Math.Max(1, recipes.Count), Features, Inner, Activation, InwardBias is not null);
        var mixture = MixtureOf(recipes, Count).To(Inward.DataType);
        result.ConvertTo(Inward.DataType);
        using var mode = GradientMode.Disable();
        foreach (var (from, to) in new[] { (Inward, result.Inward), (Outward, result.Outward), (InwardBias, result.InwardBias), (OutwardBias, result.OutwardBias) })
            if (from is not null && to is not null) to.CopyFrom(mixture.MatMul(from.Reshape(Count, -1)).Reshape(to.Shape));
        return result;
    }

    /// <summary>The shares of <see cref="Mixed"/> as a matrix: float64 [new, old].</summary>
    /// <param name="recipes">For each new expert the old ones and their shares.</param>
    /// <param name="count">Old experts.</param>
    /// <exception cref="ArgumentException">There is no recipe, or it names an expert that is not there.</exception>
    public static Tensor MixtureOf(IReadOnlyList<IReadOnlyList<(int Expert, double Share)>> recipes, int count)
    {
        ArgumentNullException.ThrowIfNull(recipes);
        if (recipes.Count == 0 || recipes.Any(recipe => recipe.Count == 0))
            throw new ArgumentException("ExpertFeedForward: a new layer has at least one expert, made of at least one.", nameof(recipes));
        var shares = new double[recipes.Count * count];
        for (var i = 0; i < recipes.Count; i++)
        {
            foreach (var (expert, share) in recipes[i])
            {
                if (expert < 0 || expert >= count) throw new ArgumentOutOfRangeException(nameof(recipes), expert, $"ExpertFeedForward: there is no expert {expert} among {count}.");
                shares[(i * count) + expert] += share;
            }
        }
        return Tensor.From(shares, [recipes.Count, count]);
    }

    private static Tensor Owners(int[] starts)
    {
        var owners = new long[starts[^1]];
        for (var expert = 0; expert + 1 < starts.Length; expert++) owners.AsSpan(starts[expert]..starts[expert + 1]).Fill(expert);
        return Tensor.From(owners);
    }
}
