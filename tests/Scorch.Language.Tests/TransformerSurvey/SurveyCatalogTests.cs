using System.Text.Json;
using Scorch.Language.TransformerSurvey;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.TransformerSurvey;

/// <summary>Every module of the catalogue, so that none goes untested.</summary>
public sealed class SurveyCatalogTests
{
    public static TheoryData<string> All => [.. Taxonomy.Catalog.Where(card => card.Slot == ModuleSlot.Attention).Select(card => card.Name)];

    public static TheoryData<string> Reducing => [.. Taxonomy.Catalog.Where(card => card.ReducesToFullWhen is not null).Select(card => card.Name)];

    public static TheoryData<string> Schemes => [.. Taxonomy.Catalog.Where(card => card.Slot == ModuleSlot.Position).Select(card => card.Name)];

    [Theory]
    [MemberData(nameof(Reducing))]
    public void A_module_is_full_attention_where_it_says_so(string name)
    {
        var card = Taxonomy.Attention(name);
        foreach (var (length, seed) in new[] { (11, 1), (6, 2) })
            Assert.True(ReductionCheck.Difference(card, length, seed) <= card.ReducesToFullWhen!.Tolerance, $"{ReductionCheck.Difference(card, length, seed)}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_attention_keeps_causality_and_padding_and_has_gradients(string name)
    {
        const int Length = 13;
        var module = SurveyGolden.Attention(name, 8, 2, Length);
        var random = new RandomSource(5);
        var x = random.Normal([2, Length, 8], dataType: DataType.Float64);
        var later = Tensor.Concatenate([x.Narrow(1, 0, 8), random.Normal([2, Length - 8, 8], dataType: DataType.Float64)], 1);
        var (causal, open) = (new AttentionScope(isCausal: true), new AttentionScope());
        if (module.Card.SupportsCausal)
        {
            SurveyGolden.Close(module.Forward(x, null, causal, new()).Narrow(1, 0, 8), module.Forward(later, null, causal, new()).Narrow(1, 0, 8), 1e-9, "causal");
        }
        else
        {
            var message = Assert.Throws<ArgumentException>(() => module.Forward(x, null, causal, new())).Message;
            Assert.Contains("full, multi-query", message, StringComparison.Ordinal);
            Assert.DoesNotContain("nystrom,", message, StringComparison.Ordinal);
            Assert.True((module.Forward(x, null, open, new()) - module.Forward(later, null, open, new())).Narrow(1, 0, 8).Abs().Maximum().Item() > 1e-6 || name == "block-local");
        }
        // What stands on padding changes nothing of real positions.
        var padded = new AttentionScope(Tensor.From([.. Enumerable.Range(0, 2 * Length).Select(i => i < Length + 8)], [2, Length]));
        var (own, other) = (module.Forward(x, null, padded, new()), module.Forward(Tensor.Concatenate([x.Narrow(0, 0, 1), later.Narrow(0, 1, 1)]), null, padded, new()));
        // Nyström starts its iteration at the greatest sums of the whole batch, and no row of it sees padding.
        SurveyGolden.Close(own.Narrow(1, 0, 8), other.Narrow(1, 0, 8), 1e-9, "padding");
        module.Train();
        var input = x.Clone().Detach();
        input.RequiresGradient = true;
        module.Forward(input, null, module.Card.SupportsCausal ? causal : open, new()).Square().Sum().Backward();
        Assert.All(module.NamedParameters(), entry => Assert.True(entry.Parameter.Gradient is not null || name == "luna", entry.Name));
        Assert.All(input.Gradient!.ToArray<double>(), value => Assert.True(double.IsFinite(value)));
        Assert.Contains(input.Gradient!.ToArray<double>(), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Counted_operations_grow_as_declared_and_gradients_are_those_of_differences(string name)
    {
        var report = Taxonomy.Measure(new() { Dim = 32, Heads = 2, Attention = new(name), FeedForward = FeedForwards.None() }, [128, 256, 512], repeats: 1);
        // From shorter sequences than the reproduction's, where edges weigh more.
        Assert.InRange(report.OperationExponent, report.DeclaredExponent - 0.1, report.DeclaredExponent + 0.1);
        Assert.Null(report.Crossover);
        // Of what is fixed, not trained, by the input there is no derivative: which keys are met.
        if (name is "lsh" or "routing" or "clustered") return;
        var module = SurveyGolden.Attention(name, 4, 2, 7);
        var random = new RandomSource(2);
        var (x, weights, direction) = (random.Normal([1, 7, 4], dataType: DataType.Float64), random.Normal([1, 7, 4], dataType: DataType.Float64), random.Normal([1, 7, 4], dataType: DataType.Float64));
        var scope = new AttentionScope(isCausal: module.Card.SupportsCausal);
        double Of(Tensor at) => (module.Forward(at, null, scope, new()) * weights).Sum().Item();
        var input = x.Clone().Detach();
        input.RequiresGradient = true;
        (module.Forward(input, null, scope, new()) * weights).Sum().Backward();
        var step = 1e-5;
        // Central differences: an error of step^2 and of rounding over step.
        Assert.Equal((Of(x + (direction * step)) - Of(x - (direction * step))) / (2 * step), (input.Gradient! * direction).Sum().Item(), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Positions_end_equivariance_and_are_the_same_for_sparse_and_dense_pairs(string name)
    {
        var spec = new XformerSpec { Dim = 8, Heads = 2, Layers = 2, MaximumLength = 9, Position = new(name) };
        var error = Probes.EquivarianceError(spec, 9, 1);
        if (name == "none") Assert.True(error <= 1e-10);
        else Assert.True(error > 1e-6);
        // A pattern of all keys takes pairs one by one, full attention all at once.
        Xformer Of(string attention)
        {
            var model = Xformer.Build(spec with { Attention = ModuleSpec.Parse(attention) }, 3);
            model.ConvertTo(DataType.Float64);
            return model;
        }
        var (dense, sparse) = (Of("full"), Of("band(window=9)"));
        var x = new RandomSource(1).Normal([2, 9, 8], dataType: DataType.Float64);
        foreach (var scope in new AttentionScope[] { new(), new(isCausal: true), Masks.Padding([9, 5]) })
            SurveyGolden.Close(dense.Forward(x, scope).Narrow(1, 0, 5), sparse.Forward(x, scope).Narrow(1, 0, 5), 1e-10);
    }

    [Fact]
    public void Rotary_scores_depend_on_the_distance_alone_and_layouts_convert()
    {
        var random = new RandomSource(1);
        var (q, k) = (random.Normal([1, 2, 5, 8], dataType: DataType.Float64), random.Normal([1, 2, 5, 8], dataType: DataType.Float64));
        foreach (var layout in new[] { RotaryLayout.HalfSplit, RotaryLayout.Interleaved })
        {
            Tensor Scores(int start) => RotaryPositions.Turned(q, start, 8, layout).MatMul(RotaryPositions.Turned(k, start, 8, layout).T);
            SurveyGolden.Close(Scores(0), Scores(37), 1e-10);
        }
        var weight = random.Normal([16, 16], dataType: DataType.Float64);
        var x = random.Normal([1, 5, 16], dataType: DataType.Float64);
        var converted = RotaryPositions.Convert(weight, 2, RotaryLayout.HalfSplit, RotaryLayout.Interleaved);
        Tensor Squares(Tensor map, RotaryLayout layout)
        {
            var turned = RotaryPositions.Turned(SurveyParts.Split(x.Affine(map), 2), 3, 8, layout);
            return turned.MatMul(turned.T);
        }
        SurveyGolden.Close(Squares(weight, RotaryLayout.HalfSplit), Squares(converted, RotaryLayout.Interleaved), 1e-10);
        SurveyGolden.Close(weight, RotaryPositions.Convert(converted, 2, RotaryLayout.Interleaved, RotaryLayout.HalfSplit), 0);
    }

    [Fact]
    public void Every_other_module_builds_runs_and_trains()
    {
        var rows = VariantRows.Of(new() { Dim = 8, Heads = 2, Layers = 2, MaximumLength = 16 }, isQuick: false);
        var names = rows.Select(row => row.Name).Concat(["sinusoidal", "pre-layer-norm", "relu", "encoder", "decoder", "encoder-decoder"]).ToHashSet();
        Assert.All(Taxonomy.Catalog, card => Assert.Contains(card.Name, names));
        var ids = new RandomSource(1).Integers([2, 13], 0, 11);
        var hidden = Tensor.Range(26).Reshape(2, 13).Remainder(3).EqualTo(0);
        foreach (var row in rows.Where(row => !row.Slot.StartsWith("attention", StringComparison.Ordinal)))
        {
            var model = new XformerLanguageModel(new(row.Spec, 11, row.IsMasked), 1);
            Tensor Loss(Tensor of) => row.IsMasked ? model.MaskedCrossEntropy(of.Narrow(1, 0, 12), hidden.Narrow(1, 0, 12), new()) : model.CrossEntropy(of, new()).Loss;
            var loss = Loss(ids);
            loss.Backward();
            // An untrained model guesses about evenly; post-norm and gates start with logits of their own size.
            Assert.True(loss.Item() is > 1 and < 6, $"{row.Name}: {loss.Item()}");
            Assert.True(model.Parameters().Count(parameter => parameter.Gradient is { } slope && slope.Abs().Maximum().Item() > 0) > 4, row.Name);
            if (row.IsMasked) continue;
            // No output of a decoder depends on a later token, whatever the module.
            model.Evaluate();
            var changed = Tensor.Concatenate([ids.Narrow(1, 0, 7), (ids.Narrow(1, 7, 6) + 1).Remainder(11)], 1);
            SurveyGolden.Close(model.Forward(ids).Narrow(1, 0, 7), model.Forward(changed).Narrow(1, 0, 7), 1e-5, row.Name);
        }
    }

    [Fact]
    public void The_table_names_every_module_once_with_its_order()
    {
        using var table = JsonDocument.Parse(Taxonomy.ToJson());
        var rows = table.RootElement.EnumerateArray().ToArray();
        Assert.Equal(Taxonomy.Catalog.Count, rows.Length);
        Assert.Equal(rows.Length, rows.Select(row => (row.GetProperty("slot").GetString(), row.GetProperty("name").GetString())).Distinct().Count());
        Assert.Equal("T^2 D", rows[0].GetProperty("timeOrder").GetString()!.Replace("O(", "", StringComparison.Ordinal).TrimEnd(')'));
        Assert.All(rows, row => Assert.False(string.IsNullOrWhiteSpace(row.GetProperty("reference").GetString())));
        Assert.Equal(Taxonomy.Catalog.Count(card => card.Slot == ModuleSlot.Norm) + 2, Taxonomy.ToMarkdown(ModuleSlot.Norm).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
