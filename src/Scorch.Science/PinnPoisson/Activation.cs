namespace Scorch.Science.PinnPoisson;

/// <summary>The function between two layers.</summary>
public enum ActivationKind
{
    /// <summary><c>tanh z</c>.</summary>
    Tanh,

    /// <summary><c>1/(1 + exp(-z))</c>.</summary>
    Sigmoid,

    /// <summary><c>max(0, z)</c>; its second derivative vanishes, so that it cannot solve a second-order equation.</summary>
    Relu,

    /// <summary><c>z/(1 + exp(-z))</c>.</summary>
    Swish,

    /// <summary><c>sin z</c>.</summary>
    Sine,
}

/// <summary>An activation, fixed or layer-wise locally adaptive (Jagtap, Kawaguchi and Karniadakis, 2020): <c>s(n a_l z)</c> with a
/// fixed scale <c>n</c> and one trainable slope <c>a_l</c> a layer, which starts at <c>1/n</c>.</summary>
/// <param name="Kind">The function s.</param>
/// <param name="Scale">n, positive; null for a fixed activation.</param>
public sealed record Activation(ActivationKind Kind, double? Scale = null)
{
    /// <summary><c>tanh z</c>.</summary>
    public static Activation Tanh { get; } = new(ActivationKind.Tanh);

    /// <summary><c>1/(1 + exp(-z))</c>.</summary>
    public static Activation Sigmoid { get; } = new(ActivationKind.Sigmoid);

    /// <summary><c>max(0, z)</c>; training warns that its second derivative vanishes.</summary>
    public static Activation Relu { get; } = new(ActivationKind.Relu);

    /// <summary><c>z/(1 + exp(-z))</c>.</summary>
    public static Activation Swish { get; } = new(ActivationKind.Swish);

    /// <summary><c>sin z</c>.</summary>
    public static Activation Sine { get; } = new(ActivationKind.Sine);

    /// <summary>Layer-wise locally adaptive tanh, <c>tanh(n a_l z)</c>.</summary>
    /// <param name="scale">n, positive; 5 or 10 in the literature.</param>
    public static Activation LaafTanh(double scale) => new(ActivationKind.Tanh, scale);

    /// <summary>Layer-wise locally adaptive sigmoid.</summary>
    /// <param name="scale">n, positive.</param>
    public static Activation LaafSigmoid(double scale) => new(ActivationKind.Sigmoid, scale);
}
