using Scorch.Language.HyperFormers;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Modules;

namespace Scorch.Language.Tests.HyperFormers;

public class HyperOracleTests
{
    private const int Layers = 2;

    [Theory]
    [InlineData("one_hypernet.npz", HyperSharing.Full, DataType.Float64, 1e-10)]
    [InlineData("one_hypernet.npz", HyperSharing.Full, DataType.Float32, 1e-5)]
    [InlineData("per_position_hypernet.npz", HyperSharing.PerPosition, DataType.Float64, 1e-10)]
    [InlineData("per_position_hypernet.npz", HyperSharing.PerPosition, DataType.Float32, 1e-5)]
    public void Generated_weights_adapters_and_all_gradients_are_those_of_the_authors_classes(string file, HyperSharing sharing, DataType type, double tolerance)
    {
        var golden = new HyperGolden(file);
        var config = new HyperFormerConfig { ModelDim = 12, Reduction = 4, TaskDim = 5, HiddenDim = 7, ProjectedDim = 6, Sharing = sharing };
        var network = AdapterHyperNetwork.Create(config, Layers, new(1));
        network.ConvertTo(type);
        network.LoadState(golden.Below("param."));
        var (x, tasks, upstream) = (Leaf(golden["in.x"], type), Leaf(golden["in.task_embeddings"], type), golden["in.upstream"].To(type));
        var loss = Tensor.Zeros([], type);
        for (var task = 0; task < 2; task++)
        {
            var embedded = network.Embed(tasks.Select(0, task));
            SwitchGolden.AssertClose(golden["out.embedding"][task].Reshape(embedded.Shape), embedded, tolerance, "embedding");
            var adapters = network.Generate(tasks.Select(0, task));
            for (var layer = 0; layer < Layers; layer++)
            {
                foreach (var position in Enum.GetValues<AdapterPosition>())
                {
                    var adapter = adapters[layer, position];
                    foreach (var (name, have) in new[]
                    {
                        ("down.weight", adapter.DownWeight), ("down.bias", adapter.DownBias), ("up.weight", adapter.UpWeight), ("up.bias", adapter.UpBias),
                        ("post.weight", adapter.Scale), ("post.bias", adapter.Shift),
                    })
                        SwitchGolden.AssertClose(golden["out." + name][task, layer, (int)position], have, tolerance, name);
                    var y = adapter.Apply(x);
                    SwitchGolden.AssertClose(golden["out.y"][task, layer, (int)position], y, tolerance, "y");
                    loss += (y * upstream[task, layer, (int)position]).Sum();
                }
            }
        }
        // Sums of hundreds of terms, and in float32 rounding grows with the largest.
        Close(golden["out.loss"], loss, tolerance, "loss");
        loss.Backward();
        Close(golden["grad.x"], x.Gradient!, tolerance, "x");
        Close(golden["grad.task_embeddings"], tasks.Gradient!, tolerance, "task embeddings");
        foreach (var (name, parameter) in network.NamedParameters()) Close(golden["grad." + name], parameter.Gradient!, tolerance, name);
        Assert.Equal(golden.Below("grad.").Count, network.NamedParameters().Count() + 2);
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-5)]
    public void Plain_adapters_and_their_gradients_are_those_of_the_authors_class(DataType type, double tolerance)
    {
        var golden = new HyperGolden("plain_adapters.npz");
        var controller = new AdapterController(12, 3, ["a", "b"], new(1));
        controller.ConvertTo(type);
        controller.LoadState(golden.Below("param."));
        var x = Leaf(golden["in.x"], type);
        SwitchGolden.AssertClose(golden["out.a"], controller.Of(0).Apply(x), tolerance, "a");
        var b = controller.Of(1).Apply(x);
        SwitchGolden.AssertClose(golden["out.b"], b, tolerance, "b");
        (b * golden["in.upstream"].To(type)).Sum().Backward();
        Close(golden["grad.b.x"], x.Gradient!, tolerance, "x");
        var compared = 1;
        foreach (var (name, parameter) in controller.NamedParameters())
        {
            if (parameter.Gradient is not { } gradient)
            {
                Assert.StartsWith("adapters.a.", name);
                continue;
            }
            Close(golden["grad.b." + name], gradient, tolerance, name);
            compared++;
        }
        Assert.Equal(golden.Below("grad.").Count, compared);
    }

    [Fact]
    public void Probabilities_epochs_and_offsets_are_those_of_the_authors_sampler()
    {
        var golden = new HyperGolden("sampler.npz");
        for (var number = 0; number < 4; number++)
        {
            Tensor Of(string name) => golden[$"case{number}.{name}"];
            int[] sizes = [.. Of("sizes").ToArray<long>().Select(size => (int)size)];
            var sampler = new TaskSampler(sizes, Of("temperature").Item(), (int)Of("batch").ItemInt64(), seed: 3);
            Assert.Equal(Of("batches_per_epoch").ItemInt64(), sampler.BatchesPerEpoch);
            Assert.Equal(Of("offsets").ToArray<long>(), sampler.Offsets);
            foreach (var (want, have) in Of("probabilities").ToArray<double>().Zip(sampler.Probabilities)) Assert.Equal(want, have, 1e-12);
            Assert.True(Of("all_batches_single_task").ToArray<bool>()[0]);
            const int Draws = 4000;
            var drawn = Enumerable.Range(0, Draws).Select(batch => sampler.Draw(1, batch)).ToArray();
            Assert.All(drawn, draw => Assert.Single(draw.Tasks.Distinct()));
            Assert.All(drawn, draw => Assert.InRange(draw.Examples.Max(), 0, sizes[draw.Tasks[0]] - 1));
            for (var task = 0; task < sizes.Length; task++)
            {
                // Five standard errors of a share.
                var (share, probability) = (drawn.Count(draw => draw.Tasks[0] == task) / (double)Draws, sampler.Probabilities[task]);
                Assert.InRange(share, probability - (5 * Math.Sqrt(probability / Draws)), probability + (5 * Math.Sqrt(probability / Draws)));
            }
            Assert.Equal(sampler.Draw(0, 5).Examples, new TaskSampler(sizes, Of("temperature").Item(), (int)Of("batch").ItemInt64(), seed: 3).Draw(0, 5).Examples);
        }
        var mixed = new TaskSampler([10, 10], 1, 64, mixesTasks: true).Draw(0, 0);
        Assert.Equal(2, mixed.Tasks.Distinct().Count());
    }

    [Fact]
    public void Numbers_of_parameters_on_T5_base_are_the_papers()
    {
        var golden = new HyperGolden("parameter_counts.npz");
        foreach (var (sharing, name) in new[] { (HyperSharing.Full, "full_hypernet_one_stack"), (HyperSharing.PerPosition, "per_position_hypernet_one_stack") })
        {
            var config = new HyperFormerConfig { Sharing = sharing };
            Assert.Equal(golden[name].ItemInt64(), AdapterHyperNetwork.Create(config, 12, new(1)).ParameterCount);
            Assert.Equal(golden[name].ItemInt64(), ParameterReport.OfStack(config, 12));
        }
        var report = HyperFormerReproduction.OnT5Base();
        Assert.Equal((222_903_552, 5_163_440), (report.Backbone, report.Added));
        Assert.Equal(0.2896, report.PercentPerTask, 4);
    }

    private static Parameter Leaf(Tensor values, DataType type) => new(values.To(type));

    private static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        var scale = Math.Max(1, expected.Abs().Maximum().Item());
        SwitchGolden.AssertClose(expected / scale, actual.Detach() / scale, tolerance, what);
    }
}
