using Scorch.Language.HashLayers;
using Scorch.Losses;
using Scorch.Models.Experts;
using Scorch.Optimizers;
using static Scorch.Language.Tests.SwitchTransformers.SwitchGolden;

namespace Scorch.Language.Tests.HashLayers;

/// <summary>Tolerances are the reference's: 1e-10 in float64, 1e-5 in float32; tables, labels and assignments exact.</summary>
public sealed class HashOracleTests
{
    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-5)]
    public void Layer_and_gradients_are_the_reference(DataType type, double tolerance)
    {
        var golden = new HashGolden("hash_ffn.npz");
        var hash = TokenHash.FromTable(golden.Integers("in.table"), 4);
        var layer = HashGolden.LayerOf(8, 12, hash, type, golden.Layer("param.", 4), inside: true);
        var x = golden["in.x"].To(type);
        x.RequiresGradient = true;
        var ids = golden["in.ids"];
        Assert.Equal(golden.Integers("out.bucket"), layer.BucketsOf(ids));
        var y = layer.Forward(x, ids);
        AssertClose(golden["out.y"], y, tolerance);
        (y * golden["in.upstream"].To(type)).Sum().Backward();
        AssertClose(golden["grad.x"], x.Gradient!, tolerance, "x");
        var expected = golden.Layer("grad.", 4);
        Assert.Equal(6, layer.NamedParameters().Count());
        foreach (var (name, parameter) in layer.NamedParameters()) AssertClose(expected[name], parameter.Gradient!, tolerance, name);
    }

    [Fact]
    public void Without_inner_residual_and_norm_the_layer_is_the_papers_equation()
    {
        var golden = new HashGolden("hash_ffn.npz");
        var layer = HashGolden.LayerOf(8, 12, TokenHash.FromTable(golden.Integers("in.table"), 4), DataType.Float64, golden.Layer("param.", 4));
        AssertClose(golden["out.plain"], layer.Forward(golden["in.x"], golden["in.ids"]), 1e-10);
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-5)]
    public void Several_hashes_over_segments_are_the_reference(DataType type, double tolerance)
    {
        var golden = new HashGolden("multihash.npz");
        var tables = golden.Integers("in.tables");
        var hash = new MultiHash([.. Enumerable.Range(0, 3).Select(m => TokenHash.FromTable(tables[(m * 20)..((m + 1) * 20)], 4))]);
        var layer = new HashFeedForward(new() { ModelDim = 6, FfDim = 12, Buckets = 4, Segments = 3, HasBiases = false }, hash);
        layer.ConvertTo(type);
        layer.LoadExperts(golden["param.C"], golden["param.D"]);
        var x = golden["in.x"].To(type);
        x.RequiresGradient = true;
        var y = layer.Forward(x, golden["in.ids"]);
        AssertClose(golden["out.y"], y, tolerance);
        (y * golden["in.upstream"].To(type)).Sum().Backward();
        AssertClose(golden["grad.x"], x.Gradient!, tolerance, "x");
        AssertClose(golden["grad.C"], layer.Experts.Inward.Gradient!.Reshape(4, 12, 6), tolerance, "C");
        AssertClose(golden["grad.D"], layer.Experts.Outward.Gradient!.Reshape(4, 3, 6, 4).Transpose(1, 2).Reshape(4, 6, 12), tolerance, "D");
    }

    [Fact]
    public void Balanced_table_is_the_reference()
    {
        var golden = new HashGolden("balanced_table.npz");
        var counts = golden["in.counts"].ToArray<long>();
        var hash = TokenHash.Balanced(counts, (int)golden["in.buckets"].Item());
        Assert.Equal(golden.Integers("out.table"), hash.Table);
        var total = (double)counts.Sum();
        Assert.Equal(golden.Values("out.load").Select(load => load / total), hash.LoadOfCounts(counts).Shares);
        Assert.True(hash.LoadOfCounts(counts).Shares.Max() <= (1.0 / 7) + (counts.Max() / total));
    }

    [Fact]
    public void Clusters_are_the_reference()
    {
        var golden = new HashGolden("kmeans.npz");
        var result = KMeans.Fit(golden["in.x"], golden["in.centres0"]);
        Assert.Equal(golden.Integers("out.labels"), result.Labels);
        AssertClose(golden["out.centres"], result.Centres, 1e-10);
        Assert.Equal(golden["out.inertia"].Item(), result.Inertia, 1e-9);
    }

    [Fact]
    public void Assignment_is_the_reference()
    {
        var golden = new HashGolden("base_assignment.npz");
        var affinity = golden.Values("in.affinity");
        var assignment = BalancedAssignment.Solve(affinity, 4);
        Assert.Equal(golden.Integers("out.assignment"), assignment);
        Assert.Equal(golden["out.total"].Item(), BalancedAssignment.Total(affinity, assignment, 4), 1e-9);
    }

    [Fact]
    public void Steps_of_Adam_follow_the_reference()
    {
        var golden = new HashGolden("trajectory.npz");
        // The file's param.* are those after the fifth step (written over in place before they were saved).
        Assert.Equal(golden.Values("step5.param.linears1.0.weight"), golden.Values("param.linears1.0.weight"));
        var hash = TokenHash.FromTable(golden.Integers("in.table"), 5);
        var layer = HashGolden.LayerOf(6, 8, hash, DataType.Float64, Start(golden, hash), inside: true);
        var optimizer = new ExpertAdam(layer, new AdamConfig(1e-2), ExpertUpdates.FromFirstToken);
        for (var step = 0; step < 5; step++)
        {
            var error = ErrorOf(layer, golden, step);
            Assert.Equal(golden.Values("out.mse")[step], error.Item(), 1e-10);
            optimizer.ClearGradients();
            error.Backward();
            optimizer.Step();
            if (step is not (0 or 1 or 4)) continue;
            var expected = golden.Layer($"step{step + 1}.param.", 5);
            foreach (var (name, parameter) in layer.NamedParameters()) AssertClose(expected[name], parameter, 1e-10, $"step {step + 1} {name}");
        }
    }

    private static Tensor ErrorOf(HashFeedForward layer, HashGolden golden, int step) =>
        Loss.MeanSquaredError(layer.Forward(golden["in.x"].Select(0, step), golden["in.ids"].Select(0, step)), golden["in.y"].Select(0, step));

    /// <summary>
    /// The start, from what two steps led to. Adam's first step is lr g1 / (|g1| + eps), so |g1| at the start and the sign of g1 give the start. With
    /// r = g1 / g2 the second step is lr sign(g2) f(r), f(r) = (0.9 r + 1) / 1.9 / sqrt((0.999 r^2 + 1) / 1.999), which is above f(0) = 0.744 for
    /// positive r only and below f(inf) = 0.67 for negative r only; between, the gradient at the present guess tells. The recorded first error,
    /// which depends on no parameter in the file, says whether the start is the right one.
    /// </summary>
    private static Dictionary<string, Tensor> Start(HashGolden golden, TokenHash hash)
    {
        var (first, second) = (golden.Layer("step1.param.", 5), golden.Layer("step2.param.", 5));
        Dictionary<string, double[]> Gradients(Dictionary<string, Tensor> at, int step)
        {
            var layer = HashGolden.LayerOf(6, 8, hash, DataType.Float64, at, inside: true);
            ErrorOf(layer, golden, step).Backward();
            return layer.NamedParameters().ToDictionary(entry => entry.Name, entry => entry.Parameter.Gradient!.ToArray<double>());
        }
        const double AtZero = 0.7441368;
        var had = golden["in.ids"].Select(0, 0).ToArray<long>().Select(id => hash.Table[(int)id]).ToHashSet();
        var (g2, start) = (Gradients(first, 1), new Dictionary<string, Tensor>(first));
        for (var round = 0; round < 20; round++)
        {
            var g1 = Gradients(start, 0);
            foreach (var name in first.Keys)
            {
                var (p1, p2, p0) = (first[name].ToArray<double>(), second[name].ToArray<double>(), first[name].ToArray<double>());
                for (var i = 0; i < p0.Length; i++)
                {
                    // An expert without a token in the first batch has not moved yet; nor has a weight whose gradient was 0, for which f is f(0).
                    if (name.StartsWith("experts", StringComparison.Ordinal) && !had.Contains(i / (p0.Length / 5))) continue;
                    var moved = (p1[i] - p2[i]) / 1e-2;
                    var f = moved * Math.Sign(g2[name][i]);
                    if (g2[name][i] == 0 ? moved == 0 : Math.Abs(f - AtZero) < 1e-5) continue;
                    var sign = g2[name][i] == 0 ? Math.Sign(moved) : f > AtZero ? Math.Sign(g2[name][i]) : f < 0.668 ? -Math.Sign(g2[name][i]) : Math.Sign(g1[name][i]);
                    var size = g1[name][i] == 0 ? 1 : Math.Abs(g1[name][i]);
                    p0[i] = p1[i] + (1e-2 * sign * size / (size + 1e-8));
                }
                start[name] = Tensor.From(p0, first[name].Shape);
            }
        }
        return start;
    }
}
