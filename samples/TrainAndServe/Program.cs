// Trains a small classifier of two spirals, saves it, loads it into a fresh network and serves a few points.
using Scorch;
using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

var random = new RandomSource(1);
var (points, labels) = Spirals(200, random);

var network = Network(random);
var optimizer = new Adam(network.Parameters(), new AdamConfig(LearningRate: 0.01));
for (var step = 1; step <= 600; step++)
{
    optimizer.ClearGradients();
    var loss = Loss.CrossEntropy(network.Forward(points), labels);
    loss.Backward();
    optimizer.Step();
    if (step % 200 == 0) Console.WriteLine($"step {step}: loss {loss.Item():F4}");
}

var path = Path.Combine(Path.GetTempPath(), $"spirals-{Guid.NewGuid():N}.npz");
Npz.Save(path, network.State());
var served = Network(new RandomSource(2));
served.LoadState(Npz.Load(path));
File.Delete(path);
served.Evaluate();

using (GradientMode.Disable())
{
    var logits = served.Forward(points);
    var accuracy = logits.ArgMax(1).EqualTo(labels).To(DataType.Float32).Mean().Item();
    Console.WriteLine($"accuracy of the loaded network: {accuracy:P1}");
    return accuracy > 0.95 ? 0 : 1;
}

static Sequential Network(RandomSource random) => new(
    new Linear(2, 64, random),
    new Function(x => x.Tanh()),
    new Linear(64, 64, random),
    new Function(x => x.Tanh()),
    new Linear(64, 2, random));

static (Tensor Points, Tensor Labels) Spirals(int count, RandomSource random)
{
    var points = new float[2 * count, 2];
    var labels = new long[2 * count];
    for (var i = 0; i < 2 * count; i++)
    {
        var arm = i % 2;
        var t = 0.3 + (i / 2 * 3.0 / count);
        var angle = (2.2 * t) + (arm * Math.PI);
        points[i, 0] = (float)((t * Math.Cos(angle)) + (0.05 * random.NextNormal()));
        points[i, 1] = (float)((t * Math.Sin(angle)) + (0.05 * random.NextNormal()));
        labels[i] = arm;
    }
    return (Tensor.From(points), Tensor.From(labels));
}
