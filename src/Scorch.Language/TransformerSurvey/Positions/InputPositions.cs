using Scorch.Modules;
using ModelPositions = Scorch.Models.Transformers.Positions;

namespace Scorch.Language.TransformerSurvey;

/// <summary>No positions: without them self-attention and what maps single positions commute with every permutation of the tokens.</summary>
public sealed class NoPositions : PositionScheme
{
    internal NoPositions(ModuleSite site)
        : base(site)
    {
    }
}

/// <summary>Sines and cosines of position / 10000^(2i / D), interleaved, added to the input (Vaswani et al. 2017, section 3.5).</summary>
public sealed class SinusoidalPositions : PositionScheme
{
    private Tensor? table;

    internal SinusoidalPositions(ModuleSite site)
        : base(site)
    {
    }

    /// <inheritdoc/>
    public override Tensor AddToInput(Tensor x, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var end = start + x.Shape[1];
        var known = table;
        if (known is null || known.Shape[0] < end || known.DataType != x.DataType || known.Shape[1] != x.Shape[2])
            table = known = ModelPositions.Sinusoidal(end, x.Shape[2], x.DataType);
        return x + known.Narrow(0, start, x.Shape[1]);
    }
}

/// <summary>A trained vector for each position, added to the input (Gehring et al. 2017; Devlin et al. 2019).</summary>
public sealed class LearnedPositions : PositionScheme
{
    internal LearnedPositions(ModuleSite site)
        : base(site) => Table = SurveyParts.Normal([site.MaximumLength, site.Features], 0.02, site.Random);

    /// <summary>[greatest length, features].</summary>
    public Parameter Table { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sequence is longer than the table.</exception>
    public override Tensor AddToInput(Tensor x, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var end = start + x.Shape[1];
        if (end > Table.Shape[0])
            throw new ArgumentException($"learned: a sequence of {end} tokens is longer than the table of {Table.Shape[0]} positions; shorten it, or build with a greater MaximumLength.", nameof(x));
        return x + Table.Narrow(0, start, x.Shape[1]);
    }
}
