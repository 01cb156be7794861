using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Small helps that the layouts share.</summary>
internal static class ModelParts
{
    /// <summary>Overwrites a parameter with normal numbers.</summary>
    public static void Normal(Parameter parameter, double standardDeviation, RandomSource random)
    {
        using var mode = GradientMode.Disable();
        parameter.CopyFrom(random.Normal(parameter.Shape, 0, standardDeviation));
    }

    /// <summary>Overwrites a parameter with zeros.</summary>
    public static void Zero(Parameter? parameter)
    {
        using var mode = GradientMode.Disable();
        parameter?.FillInPlace(0);
    }

    /// <summary>None where nothing would be dropped, so that the faster ways stay open in training.</summary>
    public static Dropout? Dropout(double probability, RandomSource random) => probability == 0 ? null : new(probability, random);

    public static Tensor Dropped(this Tensor x, Dropout? dropout) => dropout is null ? x : dropout.Forward(x);

    /// <summary>A linear map that starts normal, its bias at 0.</summary>
    public static Linear Linear(int inputs, int outputs, double standardDeviation, RandomSource random, bool bias = true)
    {
        var linear = new Linear(inputs, outputs, random, bias);
        Normal(linear.Weight, standardDeviation, random);
        Zero(linear.Bias);
        return linear;
    }

    /// <summary>A linear map that starts uniform as Glorot and Bengio 2010 say, its bias at 0.</summary>
    public static Linear Glorot(int inputs, int outputs, RandomSource random, bool bias)
    {
        var linear = new Linear(inputs, outputs, random, bias);
        Initialize.XavierUniform(linear.Weight, random);
        Zero(linear.Bias);
        return linear;
    }

    public static Embedding Embedding(int count, int features, double standardDeviation, RandomSource random)
    {
        var embedding = new Embedding(count, features, random);
        Normal(embedding.Weight, standardDeviation, random);
        return embedding;
    }

    /// <summary>A block that is run again in the backward pass instead of keeping what lies inside, with the same dropout.</summary>
    public static Tensor Checkpointed(Func<Tensor, TransformerContext, Tensor> block, Tensor hidden, TransformerContext context, RandomSource random)
    {
        var silent = context.WithoutLosses();
        var start = random.Counter;
        var isRepeat = false;
        return Differentiation.Checkpoint(
            inputs =>
            {
                var now = random.Counter;
                random.Counter = start;
                var result = block(inputs[0], silent);
                if (isRepeat) random.Counter = now;
                isRepeat = true;
                return result;
            },
            hidden);
    }

    public static void RequireSize(string model, string name, int value, int minimum = 1)
    {
        if (value < minimum) throw new ArgumentException($"{model}: {name} is {value}; it must be at least {minimum}.", nameof(value));
    }

    public static void RequireProbability(string model, string name, double value)
    {
        if (!(value is >= 0 and < 1)) throw new ArgumentException($"{model}: {name} is {value}; it lies in [0, 1).", nameof(value));
    }

    public static void RequireHeads(string model, int features, int heads)
    {
        RequireSize(model, "the number of features", features);
        RequireSize(model, "the number of heads", heads);
        if (features % heads != 0) throw new ArgumentException($"{model}: {heads} heads do not divide {features} features; choose a divisor.", nameof(heads));
    }
}
