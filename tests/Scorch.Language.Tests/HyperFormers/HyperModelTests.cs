using Scorch.Autograd;
using Scorch.Language.HyperFormers;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.HyperFormers;

public sealed class HyperModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-hyperformer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(HyperSharing.PerLayer)]
    [InlineData(HyperSharing.PerPosition)]
    [InlineData(HyperSharing.Full)]
    public void Materialised_adapters_give_the_bits_of_generated_ones(HyperSharing sharing)
    {
        using var mode = GradientMode.Disable();
        var model = HyperSmall.Lively(HyperSmall.Config with { Sharing = sharing });
        var batch = HyperSmall.Batch(1, 1, 1);
        var dynamic = model.Forward(batch).ToArray<float>();
        var path = Path.Combine(folder, "b.safetensors");
        model.Materialize("b").Save(path);
        var plain = HyperSmall.Backbone();
        AdapterWeights.Load(path).AttachTo(plain);
        Assert.Equal(dynamic, plain.Forward(batch.Ids, plain.ShiftRight(batch.Targets), batch.Mask).ToArray<float>());
        Assert.NotEqual(dynamic, model.Forward(batch with { Tasks = Tensor.From(0L, 0, 0) }).ToArray<float>());
        // The recorded way, in which nothing is kept, is the same function too.
        using var recorded = GradientMode.Enable();
        Assert.Equal(dynamic, model.Forward(batch).Detach().ToArray<float>());
    }

    [Fact]
    public void Adapters_that_generate_nothing_leave_the_frozen_backbone_as_it_is()
    {
        using var mode = GradientMode.Disable();
        var model = HyperSmall.Lively();
        // U = 0 and b_U = 0: the normalisation of a constant is 0, whatever gamma; beta = 0.
        foreach (var (name, parameter) in model.Hyper.NamedParameters())
            if (name.Contains("up_sampler", StringComparison.Ordinal) || name.Contains("post_layernorm_hypernet.bias_generator", StringComparison.Ordinal)) parameter.FillInPlace(0);
        var batch = HyperSmall.Batch(0, 1, 2, 1);
        var backbone = HyperSmall.Backbone();
        SwitchGolden.AssertClose(backbone.Forward(batch.Ids, backbone.ShiftRight(batch.Targets), batch.Mask), model.Forward(batch), 1e-5);
        // The generated scale lies near 0 at the start, so that a new model is nearly the backbone.
        var fresh = HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config, ["a", "b", "c"]);
        SwitchGolden.AssertClose(backbone.Forward(batch.Ids, backbone.ShiftRight(batch.Targets), batch.Mask), fresh.Forward(batch), 0.5);
    }

    [Fact]
    public void Rows_of_a_mixed_batch_come_out_and_learn_as_in_batches_of_their_own()
    {
        var model = HyperSmall.Lively(type: DataType.Float64);
        var batch = HyperSmall.Batch(2, 0, 2, 1, 0);
        var logits = model.Forward(batch);
        (logits * logits).Sum().Backward();
        var gradients = model.TrainableParameters().Select(parameter => parameter.Gradient!.Clone()).ToArray();
        model.ClearGradients();
        for (var row = 0; row < 5; row++)
        {
            var own = model.Forward(HyperSmall.Row(batch, row));
            SwitchGolden.AssertClose(logits.Detach()[row..(row + 1)], own, 1e-10, $"row {row}");
            (own * own).Sum().Backward();
        }
        foreach (var (parameter, gradient) in model.TrainableParameters().Zip(gradients)) SwitchGolden.AssertClose(gradient, parameter.Gradient!, 1e-8 * Math.Max(1, gradient.Abs().Maximum().Item()));
    }

    [Fact]
    public void Generation_tells_the_tasks_of_mixed_prompts_also_when_rows_end_and_move()
    {
        var model = HyperSmall.Lively();
        long[][] prompts = [[5, 6, 7, 1], [8, 9, 1], [5, 6, 7, 1], [11, 12, 13, 14, 1]];
        int[] tasks = [0, 1, 2, 1];
        foreach (var beams in (int[])[1, 3])
        {
            var config = new GenerationConfig { MaximumNewTokens = 5, StopTokens = [1], Beams = beams };
            var together = new TextGenerator(model.ForTasks(tasks), config).Generate(prompts);
            for (var i = 0; i < prompts.Length; i++)
            {
                var alone = new TextGenerator(model.ForTasks([tasks[i]]), config).Generate([prompts[i]])[0];
                Assert.Equal(alone.Tokens, together[i].Tokens);
            }
        }
    }

    [Fact]
    public void The_backbone_is_frozen_its_names_stay_and_norms_and_hypernetworks_learn()
    {
        var model = HyperSmall.Lively();
        Assert.Equal(HyperSmall.Backbone().State().Keys.Order(), model.Backbone.State().Keys.Order());
        model.Train();
        model.Loss(HyperSmall.Batch(0, 1), 0.1).Backward();
        var trained = model.TrainableParameters().ToHashSet();
        foreach (var (name, parameter) in model.NamedParameters())
        {
            // Task c has no row.
            if (name == "task_embeddings.c") Assert.Null(parameter.Gradient);
            else Assert.Equal(trained.Contains(parameter), parameter.Gradient is not null);
        }
        Assert.Equal(new ParameterReport(HyperSmall.Shape.ParameterCount, model.Hyper.ParameterCount, (6 + 6 + 2) * 12, model.Hyper.ParameterCount + 168, 3), model.CountParameters());
        Assert.Equal(model.CountParameters(), ParameterReport.Of(HyperSmall.Shape, HyperSmall.Config, 3));
        Assert.Equal(trained.Sum(parameter => parameter.ElementCount), model.CountParameters().Trained);
        var plain = HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config with { TrainsLayerNorms = false, Sharing = HyperSharing.PerLayer }, ["a"]);
        Assert.Equal(ParameterReport.Of(HyperSmall.Shape, plain.Config, 1), plain.CountParameters());
        Assert.All(plain.Backbone.Parameters(), parameter => Assert.False(parameter.RequiresGradient));
    }

    [Fact]
    public void Kept_adapters_follow_every_change_of_the_hypernetworks()
    {
        using var mode = GradientMode.Disable();
        var model = HyperSmall.Lively();
        var first = model.Adapters(0, isDecoder: false);
        Assert.Same(first, model.Adapters(0, isDecoder: false));
        model.Hyper.TaskEmbeddings[0].AddInPlace(0.5);
        var second = model.Adapters(0, isDecoder: false);
        Assert.NotEqual(first[0, AdapterPosition.FeedForward].UpWeight.ToArray<float>(), second[0, AdapterPosition.FeedForward].UpWeight.ToArray<float>());
        model.AddTask("d", "a");
        Assert.Equal(second[1, AdapterPosition.SelfAttention].DownWeight.ToArray<float>(), model.Adapters(3, isDecoder: false)[1, AdapterPosition.SelfAttention].DownWeight.ToArray<float>());
        var batch = HyperSmall.Batch(0, 0);
        Assert.Equal(model.Forward(batch).ToArray<float>(), model.Forward(batch with { Tasks = Tensor.From(3L, 3) }).ToArray<float>());
    }

    [Theory]
    [InlineData(HyperSharing.PerLayer)]
    [InlineData(HyperSharing.Full)]
    public void A_saved_model_is_read_into_the_same_backbone(HyperSharing sharing)
    {
        using var mode = GradientMode.Disable();
        var model = HyperSmall.Lively(HyperSmall.Config with { Sharing = sharing });
        foreach (var norm in model.Backbone.NamedParameters().Where(entry => entry.Name.EndsWith("layer_norm.weight", StringComparison.Ordinal))) norm.Parameter.MultiplyInPlace(1.5);
        model.AddTask("d", "b");
        var path = Path.Combine(folder, "model.safetensors");
        model.Save(path);
        var again = HyperFormer.Load(path, HyperSmall.Backbone());
        Assert.Equal(["a", "b", "c", "d"], again.Tasks);
        var batch = HyperSmall.Batch(0, 3, 2);
        Assert.Equal(model.Forward(batch).ToArray<float>(), again.Forward(batch).ToArray<float>());
    }

    [Fact]
    public void Checkpointed_blocks_give_the_same_gradients()
    {
        var config = HyperSmall.Config;
        var models = new[] { false, true }.Select(checkpoints =>
        {
            var t5 = new T5Model(HyperSmall.Shape with { GradientCheckpointing = checkpoints }, new(1));
            var model = HyperFormer.Attach(t5, config, ["a", "b"]);
            model.ConvertTo(DataType.Float64);
            model.Train();
            model.Loss(HyperSmall.Batch(0, 1, 1)).Backward();
            return model;
        }).ToArray();
        foreach (var (plain, again) in models[0].TrainableParameters().Zip(models[1].TrainableParameters())) SwitchGolden.AssertClose(plain.Gradient!, again.Gradient!, 1e-10);
    }

    [Fact]
    public void Plain_adapters_are_one_set_a_task_under_shared_norms()
    {
        var model = AdapterModel.Attach(HyperSmall.Backbone(), HyperSmall.Reduction, ["a", "b"]);
        // 10 places of 4 x 12 maps, their biases and a shared normalisation.
        const long Places = 10, Task = Places * ((2 * 48) + 4 + 12), Norms = Places * 24;
        Assert.Equal((2 * Task) + Norms, model.CountParameters().Added);
        model.AddTask("c");
        Assert.Equal((3 * Task) + Norms, model.CountParameters().Added);
        Assert.Equal(Task, model.FewShotParameters("c").Sum(parameter => parameter.ElementCount));
        using var mode = GradientMode.Disable();
        var batch = HyperSmall.Batch(2, 2);
        var want = model.Forward(batch).ToArray<float>();
        var plain = HyperSmall.Backbone();
        model.Materialize("c").AttachTo(plain);
        Assert.Equal(want, plain.Forward(batch.Ids, plain.ShiftRight(batch.Targets), batch.Mask).ToArray<float>());
        Assert.Equal(0, new FineTunedModel(HyperSmall.Backbone(), ["a"]).CountParameters().Added);
    }
}
