using Scorch.Models.Experts;

namespace Scorch.Language.SwitchTransformers;

/// <summary>How a switch layer's tokens were spread in one pass.</summary>
public sealed class SwitchStats
{
    private readonly ExpertDispatch? dispatch;
    private readonly double[] gates;

    internal SwitchStats(int layer, ExpertDispatch? dispatch, double[] importance, double[] gates, double greatestLogit, SwitchConfig config)
    {
        (Layer, this.dispatch, this.gates, Importance, GreatestLogit) = (layer, dispatch, gates, importance, greatestLogit);
        Counts = dispatch?.FirstChoiceCounts() ?? new int[config.Experts];
        Tokens = Counts.Sum();
        Load = [.. Counts.Select(count => Tokens == 0 ? 0 : (double)count / Tokens)];
        var assignments = dispatch?.AssignmentCount ?? 0;
        Rows = dispatch?.RowCount ?? 0;
        DroppedFraction = assignments == 0 ? 0 : 1 - ((double)Rows / assignments);
        Entropy = EntropyOf(Load);
        Capacities = dispatch?.Capacities ?? [];
        ExpertOperations = 4L * Rows * config.ModelDim * config.FfDim;
        RouterOperations = 2L * Tokens * config.ModelDim * config.Experts;
        var groupSize = config.GroupSize ?? int.MaxValue;
        if (Tokens > 0 && Math.Min(groupSize, Tokens) < config.Experts)
            Warnings = [$"layer {layer}: a group of {Math.Min(groupSize, Tokens)} tokens for {config.Experts} experts has room for {Capacities.Min()} each; use larger groups."];
    }

    /// <summary>The layer's number.</summary>
    public int Layer { get; }

    /// <summary>Tokens routed, padding left out.</summary>
    public int Tokens { get; }

    /// <summary>Tokens that chose each expert first, before dropping.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>f: each expert's share of the tokens, by first choice, before dropping.</summary>
    public IReadOnlyList<double> Load { get; }

    /// <summary>P: each expert's mean probability.</summary>
    public IReadOnlyList<double> Importance { get; }

    /// <summary>Share of choices that found their expert full.</summary>
    public double DroppedFraction { get; }

    /// <summary>Entropy of <see cref="Load"/> in nats: ln N where the load is even, 0 where one expert has all.</summary>
    public double Entropy { get; }

    /// <summary>The greatest magnitude of a router's logit.</summary>
    public double GreatestLogit { get; }

    /// <summary>The tokens that an expert took at most, by group.</summary>
    public IReadOnlyList<int> Capacities { get; }

    /// <summary>Rows that experts computed.</summary>
    public int Rows { get; }

    /// <summary>Multiplications and additions of the experts: those of a dense layer wherever no token is dropped, whatever the number of experts.</summary>
    public long ExpertOperations { get; }

    /// <summary>Multiplications and additions of the router.</summary>
    public long RouterOperations { get; }

    /// <summary>What the user should know, such as groups with fewer tokens than experts.</summary>
    public IReadOnlyList<string> Warnings { get; } = [];

    /// <summary>The drop report: for every token and choice the expert, the rank in its queue, and whether it was dropped.</summary>
    public IReadOnlyList<ExpertRoute> Routes() => dispatch?.Routes() ?? [];

    /// <summary>The gate of a route.</summary>
    /// <param name="route">One of <see cref="Routes"/>.</param>
    public double GateOf(ExpertRoute route) => gates[(route.Token * (dispatch?.Choices ?? 1)) + route.Choice];

    /// <summary>-sum f ln f.</summary>
    /// <param name="shares">Shares that sum to 1.</param>
    public static double EntropyOf(IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return -shares.Sum(share => share > 0 ? share * Math.Log(share) : 0);
    }
}

/// <summary>What a switch layer gives.</summary>
/// <param name="Value">[batch, time, features]; zeros for dropped and padded tokens, which go on through the residual sum alone.</param>
/// <param name="AuxLoss">alpha N sum f_i P_i, a scalar; exactly alpha where loads are even, 0 where every token is padding.</param>
/// <param name="Stats">How the tokens were spread.</param>
public sealed record SwitchOutput(Tensor Value, Tensor AuxLoss, SwitchStats Stats);
