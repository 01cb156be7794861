using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>Generates a linear map's weight and bias from projected embeddings: <c>W_l I + c_l</c> in rows of the map, <c>V_l I + v_l</c>.</summary>
public sealed class LinearGenerator : Module
{
    private const double StartingDeviation = 0.01;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>A generator whose weights start at N(0, 0.01^2), its biases at 0.</summary>
    /// <param name="embedding">Features of the projected embedding.</param>
    /// <param name="inputs">Inputs of the generated map.</param>
    /// <param name="outputs">Outputs of the generated map.</param>
    /// <param name="random">Draws the weights.</param>
    public LinearGenerator(int embedding, int inputs, int outputs, RandomSource random)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        WeightGenerator = new(Linear(embedding, checked(inputs * outputs), random));
        BiasGenerator = new(Linear(embedding, outputs, random));
    }

    /// <summary>To [outputs * inputs], the generated weight row by row.</summary>
    public Sequential WeightGenerator { get; }

    /// <summary>To [outputs].</summary>
    public Sequential BiasGenerator { get; }

    /// <summary>Weights and biases for every row of embeddings.</summary>
    /// <param name="embeddings">[rows, embedding].</param>
    /// <returns>[rows, outputs, inputs] and [rows, outputs].</returns>
    public (Tensor Weight, Tensor Bias) Forward(Tensor embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        return (WeightGenerator.Forward(embeddings).Reshape(embeddings.Shape[0], outputs, inputs), BiasGenerator.Forward(embeddings));
    }

    /// <summary>A linear map as all of the paper's generators start.</summary>
    internal static Linear Linear(int inputs, int outputs, RandomSource random)
    {
        var linear = new Linear(inputs, outputs, random);
        using var mode = GradientMode.Disable();
        linear.Weight.CopyFrom(random.Normal(linear.Weight.Shape, 0, StartingDeviation));
        linear.Bias!.FillInPlace(0);
        return linear;
    }
}

/// <summary>Generates gamma and beta of an adapter's normalisation. Gamma is generated itself, not its distance from 1, so that an adapter starts as the identity.</summary>
public sealed class NormGenerator : Module
{
    /// <summary>A generator that starts near 0.</summary>
    /// <param name="embedding">Features of the projected embedding.</param>
    /// <param name="features">Features that the generated normalisation scales.</param>
    /// <param name="random">Draws the weights.</param>
    public NormGenerator(int embedding, int features, RandomSource random) =>
        (WeightGenerator, BiasGenerator) = (LinearGenerator.Linear(embedding, features, random), LinearGenerator.Linear(embedding, features, random));

    /// <summary>To gamma.</summary>
    public Linear WeightGenerator { get; }

    /// <summary>To beta.</summary>
    public Linear BiasGenerator { get; }

    /// <summary>Gamma and beta for every row of embeddings, [rows, features] each.</summary>
    /// <param name="embeddings">[rows, embedding].</param>
    public (Tensor Scale, Tensor Shift) Forward(Tensor embeddings) => (WeightGenerator.Forward(embeddings), BiasGenerator.Forward(embeddings));
}

/// <summary>The task projector <c>h_I</c>: <c>W2 relu(W1 e + b1) + b2</c>.</summary>
public sealed class TaskProjector : Module, IForward
{
    /// <summary>A projector that starts near 0, which the normalisation after it makes good.</summary>
    /// <param name="inputs">Features of the joined embeddings.</param>
    /// <param name="hidden">Features between the maps.</param>
    /// <param name="outputs">Features of the projected embedding.</param>
    /// <param name="random">Draws the weights.</param>
    public TaskProjector(int inputs, int hidden, int outputs, RandomSource random) =>
        Generator = new(LinearGenerator.Linear(inputs, hidden, random), new Function(x => x.Relu()), LinearGenerator.Linear(hidden, outputs, random));

    /// <summary>The two maps; the name is that of the authors' files.</summary>
    [Name("task_embeding_generator")]
    public Sequential Generator { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Generator.Forward(x);
}

/// <summary>Generates whole adapters.</summary>
internal sealed class AdapterGenerator(int embedding, int features, int bottleneck, RandomSource random)
{
    public LinearGenerator Up { get; } = new(embedding, bottleneck, features, random);

    public LinearGenerator Down { get; } = new(embedding, features, bottleneck, random);

    public NormGenerator PostNorm { get; } = new(embedding, features, random);

    /// <summary>An adapter for every row of embeddings [rows, embedding].</summary>
    public AdapterLayer[] Generate(Tensor embeddings)
    {
        var (up, upBias) = Up.Forward(embeddings);
        var (down, downBias) = Down.Forward(embeddings);
        var (scale, shift) = PostNorm.Forward(embeddings);
        return [.. Enumerable.Range(0, embeddings.Shape[0]).Select(row => new AdapterLayer(
            down.Select(0, row), downBias.Select(0, row), up.Select(0, row), upBias.Select(0, row), scale.Select(0, row), shift.Select(0, row)))];
    }

    /// <summary>The generators by the names of the authors' files, after a prefix.</summary>
    public IEnumerable<(string Name, Module Module)> Children(string prefix) =>
        [(prefix + "up_sampler_hyper_net", Up), (prefix + "down_sampler_hyper_net", Down), (prefix + "post_layernorm_hypernet", PostNorm)];
}
