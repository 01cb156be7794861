using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A position scheme's entry in the taxonomy.</summary>
public sealed record PositionCard : ModuleCard
{
    /// <summary>How it acts.</summary>
    public required PositionReach Reach { get; init; }

    /// <summary>Whether all layers share one.</summary>
    public bool IsShared { get; init; }

    /// <summary>Builds it.</summary>
    public required Func<ModuleSite, PositionScheme> Create { get; init; }
}

/// <summary>How the order of tokens enters: added to the input, turning queries and keys, or added to scores and values. The base does nothing.</summary>
public abstract class PositionScheme : Module
{
    private protected PositionScheme(ModuleSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        SurveyParts.RequireHeads(site.Card.Name, site.Features, site.Heads);
        Card = (PositionCard)site.Card;
    }

    /// <summary>Its entry in the taxonomy.</summary>
    public PositionCard Card { get; }

    /// <summary>What the products of queries and keys are multiplied by beside 1 / sqrt(d).</summary>
    public virtual double ContentScale => 1;

    /// <summary>The input of the first layer with positions.</summary>
    /// <param name="x">[batch, time, features].</param>
    /// <param name="start">Position of the first token.</param>
    public virtual Tensor AddToInput(Tensor x, int start = 0) => x;

    /// <summary>Queries or keys turned by their positions.</summary>
    /// <param name="heads">[batch, heads, time, d].</param>
    /// <param name="start">Position of the first token.</param>
    public virtual Tensor Turn(Tensor heads, int start = 0) => heads;

    /// <summary>What is added to the scaled products of pairs; none where nothing is.</summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d], all of them.</param>
    /// <param name="pairs">Which pairs.</param>
    /// <returns>Broadcasting to [batch, heads, queries, pairs of a query].</returns>
    public virtual Tensor? Scores(Tensor queries, Tensor keys, PositionPairs pairs) => null;

    /// <summary>What is added to the mixed values; none where nothing is.</summary>
    /// <param name="weights">[batch, heads, queries, pairs of a query].</param>
    /// <param name="pairs">Which pairs.</param>
    /// <returns>[batch, heads, queries, d].</returns>
    public virtual Tensor? Values(Tensor weights, PositionPairs pairs) => null;
}

/// <summary>Pairs of a query and a key, by their positions.</summary>
public sealed class PositionPairs
{
    private PositionPairs(Tensor queryPositions, Tensor keyPositions, int keyCount, bool isDense, bool isCausal) =>
        (QueryPositions, KeyPositions, KeyCount, IsDense, IsCausal) = (queryPositions, keyPositions, keyCount, isDense, isCausal);

    /// <summary>Int64 [queries].</summary>
    public Tensor QueryPositions { get; }

    /// <summary>Int64 [queries, pairs], or [1, keys] where every query meets every key.</summary>
    public Tensor KeyPositions { get; }

    /// <summary>Keys in all, at positions 0 … KeyCount-1; the last query stands at the last of them.</summary>
    public int KeyCount { get; }

    /// <summary>Whether every query meets every key.</summary>
    public bool IsDense { get; }

    /// <summary>Whether keys after the query are masked.</summary>
    public bool IsCausal { get; }

    /// <summary>Position of the key minus that of the query: int64 [queries, pairs].</summary>
    public Tensor Distances => KeyPositions - QueryPositions.Unsqueeze(1);

    /// <summary>Every query with every key.</summary>
    /// <param name="queries">Queries; the last stands at the last key.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="isCausal">Whether keys after the query are masked.</param>
    public static PositionPairs All(int queries, int keys, bool isCausal) =>
        new(Tensor.Range(keys - queries, keys), Tensor.Range(keys).Unsqueeze(0), keys, true, isCausal);

    /// <summary>Some keys for each query.</summary>
    /// <param name="queryPositions">Int64 [queries].</param>
    /// <param name="keyPositions">Int64 [queries, pairs].</param>
    /// <param name="keyCount">Keys in all.</param>
    /// <param name="isCausal">Whether keys after the query are masked.</param>
    public static PositionPairs Of(Tensor queryPositions, Tensor keyPositions, int keyCount, bool isCausal) => new(queryPositions, keyPositions, keyCount, false, isCausal);

    /// <summary>Entries of a table with one column for each distance -(KeyCount-1) … KeyCount-1, at these pairs.</summary>
    /// <param name="table">[..., 2 KeyCount - 1].</param>
    /// <returns>[..., queries, pairs].</returns>
    internal Tensor ByDistance(Tensor table)
    {
        var distances = Distances;
        var columns = table.IndexSelect(table.Rank - 1, (distances + (KeyCount - 1)).Reshape(-1));
        return columns.Reshape([.. table.Shape[..^1], distances.Shape[0], distances.Shape[1]]);
    }

    /// <summary>Of each query's own table, one column for each distance from a first one, the entries at these pairs.</summary>
    /// <param name="table">[batch, heads, queries, distances].</param>
    /// <param name="columns">Int64 [queries, pairs].</param>
    internal static Tensor Pick(Tensor table, Tensor columns) =>
        table.Gather(3, columns.Expand(table.Shape[0], table.Shape[1], columns.Shape[0], columns.Shape[1]).Contiguous());

    /// <summary>Entries of a row of keys, [batch, heads, 1, keys], at these pairs.</summary>
    internal Tensor OfKeys(Tensor row)
    {
        if (IsDense) return row;
        var picked = row.IndexSelect(3, KeyPositions.Reshape(-1));
        return picked.Reshape(row.Shape[0], row.Shape[1], KeyPositions.Shape[0], KeyPositions.Shape[1]);
    }
}
