using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A normalisation's entry in the taxonomy, with where it stands.</summary>
public sealed record NormCard : ModuleCard
{
    /// <summary>Builds what stands around a sublayer.</summary>
    public required Func<ModuleSite, SublayerConnection> Create { get; init; }

    /// <summary>Builds what stands after the last layer; gives none where nothing does.</summary>
    public required Func<ModuleSite, IForward?> CreateFinal { get; init; }
}

/// <summary>What stands around a sublayer F: its residual sum and normalisation.</summary>
public abstract class SublayerConnection : Module
{
    /// <summary>What the sublayer is given.</summary>
    /// <param name="x">[batch, time, features].</param>
    public virtual Tensor Enter(Tensor x) => x;

    /// <summary>The hidden states after the sublayer.</summary>
    /// <param name="x">Those before it.</param>
    /// <param name="result">What it gave.</param>
    public abstract Tensor Leave(Tensor x, Tensor result);
}

/// <summary>Pre-norm: <c>x + F(N(x))</c>, with a last normalisation after all layers (Xiong et al. 2020, arXiv 2002.04745).</summary>
public sealed class PreNormConnection : SublayerConnection
{
    internal PreNormConnection(IForward norm) => Norm = (Module)norm;

    /// <summary>N.</summary>
    public Module Norm { get; }

    /// <inheritdoc/>
    public override Tensor Enter(Tensor x) => ((IForward)Norm).Forward(x);

    /// <inheritdoc/>
    public override Tensor Leave(Tensor x, Tensor result) => x + result;
}

/// <summary>Post-norm: <c>N(x + F(x))</c> (Vaswani et al. 2017).</summary>
public sealed class PostNormConnection : SublayerConnection
{
    internal PostNormConnection(IForward norm) => Norm = (Module)norm;

    /// <summary>N.</summary>
    public Module Norm { get; }

    /// <inheritdoc/>
    public override Tensor Leave(Tensor x, Tensor result) => ((IForward)Norm).Forward(x + result);
}

/// <summary>ReZero: <c>x + alpha F(x)</c>, alpha 0 at the start, without a normalisation (Bachlechner et al. 2020, arXiv 2003.04887).</summary>
public sealed class ReZeroConnection : SublayerConnection
{
    internal ReZeroConnection() => Alpha = Parameter.Full([], 0);

    /// <summary>alpha.</summary>
    public Parameter Alpha { get; }

    /// <inheritdoc/>
    public override Tensor Leave(Tensor x, Tensor result) => x + (Alpha * result);
}
