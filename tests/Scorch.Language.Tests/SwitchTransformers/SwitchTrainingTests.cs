using Scorch.Checkpoints;
using Scorch.Language.SwitchTransformers;
using Scorch.Models.Experts;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Tests.SwitchTransformers;

public sealed class SwitchTrainingTests
{
    private static readonly SwitchConfig Shape = new() { ModelDim = 16, FfDim = 32, Experts = 4 };
    private static readonly TrainOptions Short = new() { Steps = 40, BatchSize = 8, WarmUpSteps = 5, EvaluateEvery = 20, LearningRate = 1e-2 };

    /// <summary>Three topics whose words never meet within a line.</summary>
    internal static string[] Lines()
    {
        var random = new RandomSource(1);
        return [.. Enumerable.Range(0, 300).Select(i => string.Join(' ', Enumerable.Range(0, 12).Select(_ => SmallText.Topics[i % 3][random.NextInt64(6)])))];
    }

    internal static LmCorpus Corpus { get; } = LmCorpus.FromTexts(TextCorpus.FromLines(Lines()), 30, 12);

    private static LmConfig Language { get; } = new(Corpus.Tokenizer.Count, 2, 2) { Context = 12 };

    [Fact]
    public async Task A_model_learns_and_the_same_seed_gives_the_same_bits()
    {
        var curve = new List<double>();
        var states = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 7 })
        {
            var before = Parallelism.ThreadCount;
            Parallelism.ThreadCount = threads;
            try
            {
                var model = SwitchLanguageModel.Create(Language, Shape, 3);
                var untrained = LmEvaluation.Of(model, Corpus.Validation, 8).Loss;
                var result = await LmTrainer.FitAsync(model, Corpus, Short);
                Assert.False(model.IsTraining);
                Assert.Equal([20L, 40], result.Curve.Select(point => point.Step));
                Assert.True(result.Final.Loss < untrained - 0.4, $"{result.Final.Loss} after {untrained}");
                Assert.InRange(result.Final.Entropy, 0, Math.Log(4) + 1e-12);
                states.Add([.. model.State().Values.SelectMany(tensor => tensor.ToArray<float>())]);
            }
            finally
            {
                Parallelism.ThreadCount = before;
            }
        }
        Assert.Equal(states[0], states[1]);
        Assert.Equal(states[0], states[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resumed_run_is_the_uninterrupted_one(bool low)
    {
        using var folder = new TemporaryFolder();
        var options = Short with { Steps = 12, UsesBFloat16 = low };
        SwitchLanguageModel Fresh() => SwitchLanguageModel.Create(Language, Shape with { ExpertDropout = 0.1 }, 3);
        var whole = Fresh();
        await LmTrainer.FitAsync(whole, Corpus, options);
        var path = Path.Combine(folder.Path, "run.safetensors");
        await LmTrainer.FitAsync(Fresh(), Corpus, options with { Steps = 5, CheckpointPath = path });
        var resumed = Fresh();
        await LmTrainer.FitAsync(resumed, Corpus, options with { CheckpointPath = path });
        foreach (var (name, tensor) in whole.State()) Assert.Equal(tensor.To(DataType.Float32).ToArray<float>(), resumed.State()[name].To(DataType.Float32).ToArray<float>());
        Assert.Contains("12 steps already", (await Assert.ThrowsAsync<ArgumentException>(() => LmTrainer.FitAsync(Fresh(), Corpus, options with { CheckpointPath = path }))).Message);
    }

    [Fact]
    public void A_saved_model_is_the_same_model_and_another_number_of_experts_is_named()
    {
        using var folder = new TemporaryFolder();
        var model = SwitchLanguageModel.Create(Language, Shape with { CapacityFactor = double.PositiveInfinity }, 3);
        model.Evaluate();
        model.Save(folder.Path);
        var ids = Tensor.From([1L, 2, 3, 4], [1, 4]);
        var loaded = SwitchLanguageModel.Load(folder.Path);
        Assert.Equal(model.Config, loaded.Config);
        Assert.Equal(model.Forward(ids).ToArray<float>(), loaded.Forward(ids).ToArray<float>());
        var config = Path.Combine(folder.Path, "config.json");
        foreach (var count in new[] { "5", "4000" })
        {
            File.WriteAllText(config, File.ReadAllText(config).Replace("\"Experts\": 4", $"\"Experts\": {count}", StringComparison.Ordinal));
            var error = Assert.Throws<CheckpointException>(() => SwitchLanguageModel.Load(folder.Path)).Message;
            Assert.Contains("4 experts", error);
            Assert.Contains(count, error);
            File.WriteAllText(config, File.ReadAllText(config).Replace($"\"Experts\": {count}", "\"Experts\": 4", StringComparison.Ordinal));
        }
        Assert.Contains("4 experts in the checkpoint, 8", Assert.Throws<ArgumentException>(() => SwitchLanguageModel.Create(Language, Shape with { Experts = 8 }).LoadWeights(model.State())).Message);
    }

    [Fact]
    public void A_dense_model_can_be_given_the_parameters_or_the_operations_of_the_sparse_one()
    {
        var sparse = SwitchLanguageModel.Create(Language, Shape);
        var inner = SwitchLanguageModel.ParameterMatchedInner(Language, Shape);
        Assert.Equal((32 + (4 * 32)) / 2, inner);
        var wide = SwitchLanguageModel.CreateDense(Language, Shape with { FfDim = inner });
        Assert.Equal(sparse.ParameterCount - (4 * 16), wide.ParameterCount);
        Assert.Empty(SwitchTransformer.LayersOf(wide));
        Assert.Equal([1], SwitchTransformer.LayersOf(sparse).Select(layer => layer.Layer));
    }

    [Fact]
    public async Task A_student_starts_from_the_teacher_outside_its_experts_and_learns_from_it()
    {
        var teacher = SwitchLanguageModel.Create(Language, Shape, 3);
        var student = SparseDistiller.StudentOf(teacher, 5);
        var (own, given) = (student.State(), teacher.State());
        Assert.Equal(2, own.Keys.Count(name => !given.ContainsKey(name)));
        foreach (var (name, tensor) in own)
            if (given.TryGetValue(name, out var same)) Assert.Equal(same.ToArray<float>(), tensor.ToArray<float>());
        var windows = LmCorpus.Batch(Corpus.Validation, [0, 1]);
        teacher.Evaluate();
        student.Evaluate();
        double Of(double weight) => SparseDistiller.Loss(student, teacher, windows, weight).Item();
        Assert.Equal(student.CrossEntropy(windows).Item(), Of(0), 1e-6);
        Assert.Equal((0.75 * Of(0)) + (0.25 * Of(1)), Of(0.25), 1e-5);
        // Cross-entropy with its own probabilities is the entropy: of any student the teacher has the least loss.
        var (logits, _) = teacher.LogitsAndTargets(windows, null);
        Assert.True(Of(1) >= -(logits.Softmax(-1) * logits.LogSoftmax(-1)).Sum(-1).Mean().Item());
        var (trained, result) = await SparseDistiller.ToDenseAsync(teacher, new() { Training = Short }, Corpus);
        Assert.True(trained.Config.IsDense);
        Assert.True(result.Curve[^1].Loss < LmEvaluation.Of(student, Corpus.Validation, 8).Loss);
        Assert.Contains("dense already", Assert.Throws<ArgumentException>(() => SparseDistiller.StudentOf(trained)).Message);
    }

    [Fact]
    public void Curves_are_read_between_evaluations()
    {
        var result = new LmTrainingResult([(10, 5), (20, 3), (30, 4)], new(4, 0, 0, 0), 0, default);
        Assert.Equal(10, result.StepsTo(6));
        Assert.Equal(15, result.StepsTo(4));
        Assert.Null(result.StepsTo(2));
    }

    [Fact]
    public void Generation_with_and_without_a_cache_agree()
    {
        // With room for all, a token's expert does not depend on the tokens beside it.
        var model = SwitchLanguageModel.Create(Language, Shape with { EvalCapacityFactor = double.PositiveInfinity }, 3);
        model.Evaluate();
        var config = new GenerationConfig { MaximumNewTokens = 6 };
        Assert.Equal(
            new TextGenerator(model, config).Generate([[2, 3, 4]])[0].Tokens,
            new TextGenerator(model, config with { UsesCache = false }).Generate([[2, 3, 4]])[0].Tokens);
    }

    [Fact]
    public void Encoder_and_decoder_of_a_T5_have_switch_layers_in_every_other_block()
    {
        var shape = new T5Config { VocabularySize = 20, Features = 8, HeadFeatures = 4, Heads = 2, Inner = 12, Layers = 2, Dropout = 0 };
        var model = SwitchTransformer.CreateT5(shape, Shape with { JitterEps = 0 }, seed: 2);
        Assert.Equal([1, 3], SwitchTransformer.LayersOf(model).Select(layer => layer.Layer));
        var context = new TransformerContext();
        var (ids, targets) = (Tensor.From([3L, 4, 5, 0], [1, 4]), Tensor.From([6L, 7, 1], [1, 3]));
        var mask = Tensor.From([true, true, true, false], [1, 4]);
        var loss = model.Loss(ids, targets, mask, context);
        Assert.Equal([3, 3], context.Records.Cast<SwitchStats>().Select(stats => stats.Tokens));
        Assert.Equal(2, context.Losses.Count);
        loss.Backward();
        Assert.All(SwitchTransformer.LayersOf(model), layer => Assert.Contains(layer.Router.Weight.Gradient!.ToArray<float>(), value => value != 0));
        // Variance s / inputs: a tenth of T5's in every linear map, 0.8796^2 of it after the cut.
        var inward = ((T5FeedForward)model.Encoder.Block[0].FeedForward.FeedForward).Wi!.Weight.ToArray<float>();
        Assert.True(inward.Max(Math.Abs) <= 2 * Math.Sqrt(0.1 / 8));
        Assert.Contains("Relu", Assert.Throws<ArgumentException>(() => SwitchTransformer.CreateT5(shape with { Projection = T5Projection.GatedGelu }, Shape)).Message);
    }

    [Fact]
    public void The_paper_scale_step_moves_used_experts_alone_and_frees_every_gradient()
    {
        var shape = new T5Config { VocabularySize = 200, Features = 16, HeadFeatures = 8, Heads = 2, Inner = 24, Layers = 2, Dropout = 0 };
        var model = SwitchTransformer.CreateBFloat16T5(shape, new SwitchConfig { Experts = 32, CapacityFactor = double.PositiveInfinity }, seed: 2);
        Assert.All(model.NamedParameters(), entry => Assert.Equal(entry.Name.EndsWith("router.weight", StringComparison.Ordinal) ? DataType.Float32 : DataType.BFloat16, entry.Parameter.DataType));
        var before = model.State().ToDictionary(entry => entry.Key, entry => entry.Value.To(DataType.Float32).ToArray<float>());
        var batch = SwitchBase.Corrupted([[.. Enumerable.Range(2, 20)]], 200, new(1));
        using var stepper = SwitchBase.Stepper(model);
        var losses = new List<double>();
        IReadOnlyList<SwitchStats> first = [];
        for (var step = 0; step < 30; step++)
        {
            var (loss, stats) = SwitchBase.Step(model, batch);
            losses.Add(loss);
            Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Gradient));
            if (step > 0) continue;
            first = stats;
            var moved = model.State().Where(entry => !entry.Value.To(DataType.Float32).ToArray<float>().SequenceEqual(before[entry.Key])).Select(entry => entry.Key).ToHashSet();
            foreach (var (name, layer) in model.NamedModules().Where(entry => entry.Module is SwitchFeedForward))
            {
                var counts = stats.Single(own => own.Layer == ((SwitchFeedForward)layer).Layer).Counts;
                for (var expert = 0; expert < 32; expert++)
                    Assert.Equal(counts[expert] > 0, moved.Contains($"{name}experts.expert.{expert}.outward"));
            }
        }
        Assert.Contains(first, stats => stats.Counts.Contains(0));
        Assert.True(losses[^1] < losses[0] - 0.5, string.Join(' ', losses));
    }

    [Fact]
    public void Separate_experts_start_within_two_deviations_of_the_papers_scale()
    {
        var expert = new SeparateExperts(1, 64, 256, 0.1, new(1)).Expert[0];
        foreach (var (weight, fan) in new[] { (expert.Inward, 64), (expert.Outward, 256) })
        {
            var deviation = Math.Sqrt(0.1 / fan);
            var values = weight.To(DataType.Float32).ToArray<float>();
            // bfloat16 rounds by at most 2^-9; a normal cut at two deviations has 0.8796 of its deviation, estimated from 16,384 numbers to 1%.
            Assert.True(values.Max(Math.Abs) <= 2 * deviation * 1.002);
            Assert.Equal(0.8796 * deviation, Math.Sqrt(values.Average(value => (double)value * value)), 0.02 * deviation);
            Assert.Equal(0, values.Average(), 0.03 * deviation);
        }
    }

    [Fact]
    public void Separate_experts_compute_what_stacked_ones_do()
    {
        var apart = new SeparateExperts(3, 4, 6, 0.1, new(1), DataType.Float64);
        var stacked = new ExpertFeedForward(3, 4, 6);
        stacked.ConvertTo(DataType.Float64);
        stacked.LoadState(new Dictionary<string, Tensor>
        {
            ["inward"] = Tensor.Stack([.. apart.Expert.Select(expert => expert.Inward.Detach())]),
            ["outward"] = Tensor.Stack([.. apart.Expert.Select(expert => expert.Outward.Detach())]),
        });
        var rows = new RandomSource(2).Normal([5, 4], dataType: DataType.Float64);
        SwitchGolden.AssertClose(stacked.Forward(rows, [0, 2, 2, 5]), apart.Forward(rows, [0, 2, 2, 5]), 1e-14);
    }
}

/// <summary>A folder that goes when the test does.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("scorch-switch-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
