using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>What a sublayer is.</summary>
public enum SublayerKind
{
    /// <summary>Attention within the series.</summary>
    Attention,

    /// <summary>Attention to a second series.</summary>
    Cross,

    /// <summary>A map of single positions.</summary>
    FeedForward,
}

/// <summary>An attention or feed-forward part with its residual sum and normalisation.</summary>
public sealed class Sublayer : Module
{
    private readonly double factor;

    internal Sublayer(SublayerKind kind, int layer, Attention? attention, FeedForward? feedForward, SublayerConnection connection, double factor, Dropout? dropout) =>
        (Kind, Layer, Attention, FeedForward, Connection, this.factor, OutputDropout) = (kind, layer, attention, feedForward, connection, factor, dropout);

    /// <summary>What it is.</summary>
    public SublayerKind Kind { get; }

    /// <summary>Its layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>The attention, if it is one.</summary>
    public Attention? Attention { get; }

    /// <summary>The feed-forward part, if it is one.</summary>
    public FeedForward? FeedForward { get; }

    /// <summary>The residual sum and normalisation.</summary>
    public SublayerConnection Connection { get; }

    /// <summary>Of the result, in training, if any.</summary>
    public Dropout? OutputDropout { get; }

    /// <summary>Runs it.</summary>
    /// <param name="hidden">[batch, time, features].</param>
    /// <param name="input">Masks, context and the second series.</param>
    internal Tensor Forward(Tensor hidden, XformerInput input)
    {
        var entered = Connection.Enter(hidden);
        return Leave(hidden, Kind switch
        {
            SublayerKind.Attention => Attention!.Forward(entered, null, input.Scope, input.Context),
            SublayerKind.Cross => Attention!.Forward(entered, input.Source, input.SourceScope ?? new(), input.Context),
            _ => Mapped(entered, input.Context),
        });
    }

    /// <summary>Attention to given keys, all in the form in which the sublayer enters: [batch, queries, features] and [batch, keys, features].</summary>
    internal Tensor Attend(Tensor hidden, Tensor entered, Tensor keys, AttentionScope scope, TransformerContext context) =>
        Leave(hidden, Attention!.Forward(entered, keys, scope, context));

    private Tensor Mapped(Tensor entered, TransformerContext context)
    {
        OperationMeter.CountMaps(FeedForwardCatalog.Operations(FeedForward!, entered.ElementCount / entered.Shape[2]));
        return FeedForward!.Forward(entered, context);
    }

    private Tensor Leave(Tensor hidden, Tensor result)
    {
        if (OutputDropout is not null) result = OutputDropout.Forward(result);
        return Connection.Leave(hidden, factor == 1 ? result : result * factor);
    }
}
