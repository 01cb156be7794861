using System.Runtime.CompilerServices;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Set Transformer's attention through inducing points: <c>H = MAB(I, X)</c>, then X attends to H (ISAB; Lee et al. 2019, arXiv 1810.00825, equation 10).
/// </summary>
/// <remarks>MAB(I, X) = LN(Z + relu(Z W)) with Z = LN(I + Attention(I, X, X)). The outer residual sum and feed-forward part are those of the block.</remarks>
public sealed class InducedSetAttention : XformerAttention
{
    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public InducedSetAttention(ModuleSite site)
        : base(site)
    {
        var random = site.Random;
        Points = SurveyParts.Normal([site.Options.Integer("points"), Features], 1, random);
        (Query, Key, Value) = (SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random));
        (PointQuery, PointKey, PointValue) = (SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random));
        (PointOutput, Row) = (SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random));
        (AttentionNorm, RowNorm) = (new([Features]), new([Features]));
    }

    /// <summary>I, [points, features].</summary>
    public Parameter Points { get; }

    /// <summary>Of the series, to queries.</summary>
    public Linear Query { get; }

    /// <summary>Of the points' results, to keys.</summary>
    public Linear Key { get; }

    /// <summary>Of the points' results, to values.</summary>
    public Linear Value { get; }

    /// <summary>Of the points, to queries.</summary>
    public Linear PointQuery { get; }

    /// <summary>Of the series, to the points' keys.</summary>
    public Linear PointKey { get; }

    /// <summary>Of the series, to the points' values.</summary>
    public Linear PointValue { get; }

    /// <summary>Of the points' joined heads.</summary>
    public Linear PointOutput { get; }

    /// <summary>The feed-forward map of MAB.</summary>
    public Linear Row { get; }

    /// <summary>After the points' attention.</summary>
    public LayerNorm AttentionNorm { get; }

    /// <summary>After the feed-forward map.</summary>
    public LayerNorm RowNorm { get; }

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        var points = Points.Unsqueeze(0);
        var queries = SurveyParts.Split(PointQuery.Forward(points), Heads) / Math.Sqrt(HeadFeatures);
        var weights = MaskedScores.Softmax(queries.Times(SurveyParts.Split(PointKey.Map(source), Heads).T), MaskedScores.RealKeys(scope));
        var gathered = PointOutput.Forward(SurveyParts.Join(weights.Times(SurveyParts.Split(PointValue.Map(source), Heads))));
        var inner = AttentionNorm.Forward(points + gathered);
        var result = RowNorm.Forward(inner + Row.Forward(inner).Relu());
        var own = SurveyParts.Split(Query.Map(hidden), Heads) / Math.Sqrt(HeadFeatures);
        return own.Times(SurveyParts.Split(Key.Forward(result), Heads).T).Softmax(-1).Times(SurveyParts.Split(Value.Forward(result), Heads));
    }
}

/// <summary>
/// Luna's two steps (Ma et al. 2021, arXiv 2106.01540, section 3): a short second series P packs the input, <c>P' = Attention(P, X)</c>, and the input
/// attends to it, <c>Attention(X, P')</c>; <c>LN(P' + P)</c> goes on to the next layer of the same pass.
/// </summary>
public sealed class LunaAttention : XformerAttention
{
    /// <summary>What the layers of a pass hand on; it lives as long as the pass's context.</summary>
    private static readonly ConditionalWeakTable<TransformerContext, StrongBox<Tensor>> Handed = [];

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public LunaAttention(ModuleSite site)
        : base(site)
    {
        var random = site.Random;
        Packed = SurveyParts.Normal([site.Options.Integer("length"), Features], 1 / Math.Sqrt(Features), random);
        (Query, Key, Value) = (SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random));
        (PackQuery, PackKey, PackValue) = (SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random), SurveyParts.Linear(Features, Features, random));
        (PackOutput, PackNorm) = (SurveyParts.Linear(Features, Features, random), new([Features]));
    }

    /// <summary>P of the first layer, [length, features]; a later layer takes its forerunner's.</summary>
    public Parameter Packed { get; }

    /// <summary>Of the series, to queries.</summary>
    public Linear Query { get; }

    /// <summary>Of the packed series, to keys.</summary>
    public Linear Key { get; }

    /// <summary>Of the packed series, to values.</summary>
    public Linear Value { get; }

    /// <summary>Of P, to queries.</summary>
    public Linear PackQuery { get; }

    /// <summary>Of the series, to P's keys.</summary>
    public Linear PackKey { get; }

    /// <summary>Of the series, to P's values.</summary>
    public Linear PackValue { get; }

    /// <summary>Of P's joined heads.</summary>
    public Linear PackOutput { get; }

    /// <summary>Of what goes on to the next layer.</summary>
    public LayerNorm PackNorm { get; }

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        Shape shape = [source.Shape[0], Packed.Shape[0], Features];
        var packing = Handed.TryGetValue(context, out var handed) && handed.Value!.Shape == shape ? handed.Value : Packed.Unsqueeze(0).Expand(shape);
        var queries = SurveyParts.Split(PackQuery.Forward(packing), Heads) / Math.Sqrt(HeadFeatures);
        var weights = MaskedScores.Softmax(queries.Times(SurveyParts.Split(PackKey.Map(source), Heads).T), MaskedScores.RealKeys(scope));
        var packed = PackOutput.Forward(SurveyParts.Join(weights.Times(SurveyParts.Split(PackValue.Map(source), Heads))));
        Handed.AddOrUpdate(context, new(PackNorm.Forward(packed + packing)));
        var own = SurveyParts.Split(Query.Map(hidden), Heads) / Math.Sqrt(HeadFeatures);
        return own.Times(SurveyParts.Split(Key.Forward(packed), Heads).T).Softmax(-1).Times(SurveyParts.Split(Value.Forward(packed), Heads));
    }
}
