using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Tests.Training;

public class TrainerTests
{
    [Fact]
    public void Training_lowers_the_loss_and_reports_every_step()
    {
        var (trainer, _) = Build(new TrainerConfig(200) { EvaluateEvery = 50 });
        var reports = new Reports();
        var result = trainer.Run(reports);
        Assert.Equal(Enumerable.Range(1, 200).Select(step => (long)step), reports.Heard.Select(report => report.Step));
        Assert.True(result.Loss < reports.Heard[0].Loss / 10, $"{reports.Heard[0].Loss} fell to {result.Loss} only");
        Assert.Equal(200, result.Step);
        Assert.False(result.StoppedEarly);
    }

    [Fact]
    public void A_run_stops_early_when_the_watched_metric_no_longer_improves()
    {
        double[] values = [3, 2, 2.5, 2, 4, 1];
        var given = 0;
        using var folder = new TemporaryFolder();
        var (trainer, network) = Build(
            new TrainerConfig(100) { EvaluateEvery = 5, Watch = "error", Patience = 3, BestPath = folder["best"] }, () => new Dictionary<string, double> { ["error"] = values[given++] });
        var result = trainer.Run();
        Assert.True(result.StoppedEarly);
        Assert.Equal((25, 10, 2.0), (result.Step, result.BestStep, result.BestValue));
        Assert.NotEqual(network.State()["0.weight"].ToArray<float>(), SafeTensors.Load(folder["best"])["0.weight"].ToArray<float>());
        Assert.Contains("error", Assert.Throws<InvalidOperationException>(() => Build(new TrainerConfig(1) { Watch = "accuracy" }, () => new Dictionary<string, double> { ["error"] = 1 }).Trainer.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_saves_itself_and_continues_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var (whole, expected) = Build(new TrainerConfig(60));
        whole.Run();
        var config = new TrainerConfig(60) { CheckpointPath = folder["run"] };
        using var source = new CancellationTokenSource();
        var (first, _) = Build(config);
        Assert.Throws<OperationCanceledException>(() => first.Run(new Reports(report => { if (report.Step == 23) source.Cancel(); }), source.Token));
        var (second, network) = Build(config);
        Assert.True(second.Resume());
        Assert.Equal(23, second.Step);
        second.Run();
        TensorAssert.SameBits(expected.State(), network.State());
    }

    [Fact]
    public void Curves_are_written_as_event_files()
    {
        using var folder = new TemporaryFolder();
        Build(new TrainerConfig(5) { EventFolder = folder.Path }).Trainer.Run();
        var file = Assert.Single(Directory.GetFiles(folder.Path, "*tfevents*"));
        Assert.Contains("learning_rate", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_refused_with_its_step()
    {
        var (trainer, network) = Build(new TrainerConfig(5));
        using (Scorch.Autograd.GradientMode.Disable()) network.NamedParameters().First().Parameter.FillInPlace(float.NaN);
        Assert.Contains("step 1", Assert.Throws<InvalidOperationException>(() => trainer.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var (trainer, network) = Build(new TrainerConfig(9) { CheckpointPath = folder["run"] });
        trainer.Run();
        var before = network.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
        var random = new RandomSource(8);
        Refused(new TrainingCheckpoint().Add("module", new Linear(4, 4, random)), "register the same parts");
        foreach (var (seed, inputs, what) in new[] { (7L, 5, "does not fit"), (8L, 4, "seed") })
        {
            var other = new Sequential(new Linear(inputs, 8, random), new Dropout(0.1, new RandomSource(seed)), new Linear(8, 1, random));
            var adam = new Adam(other.Parameters());
            var loader = DataLoader.Of(Data(), new(4));
            var weights = other.State()["2.weight"].ToArray<float>();
            Refused(new TrainingCheckpoint().Add("module", other).Add("optimizer", adam).Add("loader", loader).Add("watch", () => new Dictionary<string, Tensor>(), _ => { }), what);
            Assert.Equal(weights, other.State()["2.weight"].ToArray<float>());
        }
        SafeTensors.Save(folder["run"], before);
        Refused(trainer.Checkpoint, "not a training checkpoint");
        TensorAssert.SameBits(before, network.State());

        void Refused(TrainingCheckpoint checkpoint, string text) => Assert.Contains(text, Assert.Throws<CheckpointException>(() => checkpoint.Load(folder["run"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Complex_parameters_and_limited_memory_BFGS_are_kept_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var z = new Parameter(Tensor.From(-1.2, 1.0));
        var optimizer = new Lbfgs([z], new(MaximumIterations: 3));
        Tensor Valley() => ((z[1] - z[0].Square()).Square() * 100) + (1 - z[0]).Square();
        var wave = Tensor.From(new System.Numerics.Complex(1, double.NaN), new System.Numerics.Complex(-0.0, 5));
        TrainingCheckpoint Make() => new TrainingCheckpoint()
            .Add("lbfgs", optimizer.State, optimizer.LoadState)
            .Add("z", () => new Dictionary<string, Tensor> { ["z"] = z.Detach(), ["wave"] = wave }, state =>
            {
                using var mode = Scorch.Autograd.GradientMode.Disable();
                z.CopyFrom(state["z"]);
                wave = state["wave"];
            });
        optimizer.Step(Valley);
        optimizer.Step(Valley);
        Make().Save(folder["run"]);
        optimizer.Step(Valley);
        var expected = z.ToArray<double>();
        var bits = TensorAssert.Bytes(wave);
        wave = Tensor.Zeros([1]);
        optimizer = new Lbfgs([z], new(MaximumIterations: 3));
        Make().Load(folder["run"]);
        optimizer.Step(Valley);
        Assert.Equal(expected, z.ToArray<double>());
        Assert.Equal(bits, TensorAssert.Bytes(wave));
    }

    private static TensorDataSet Data()
    {
        var x = new RandomSource(2).Normal([20, 4]);
        return new(x, x.Sum(1, keepDimensions: true));
    }

    private static (Trainer<IReadOnlyList<Tensor>> Trainer, Sequential Network) Build(TrainerConfig config, Func<IReadOnlyDictionary<string, double>>? evaluate = null)
    {
        var random = new RandomSource(1);
        var network = new Sequential(new Linear(4, 8, random), new Dropout(0.01, new RandomSource(7)), new Linear(8, 1, random));
        return (new(network, new Adam(network.Parameters(), new(0.02)), DataLoader.Of(Data(), new(4, Seed: 4, Workers: 1)), batch => Loss.MeanSquaredError(network.Forward(batch[0]), batch[1]), config, evaluate), network);
    }

    private sealed class Reports(Action<TrainingProgress>? hear = null) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Heard { get; } = [];

        public void Report(TrainingProgress value)
        {
            Heard.Add(value);
            hear?.Invoke(value);
        }
    }
}
