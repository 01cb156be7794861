using System.Text.Json.Serialization;
using Scorch.Fusion;

namespace Scorch.Models.Transformers;

/// <summary>The curve between the two linear maps of a feed-forward part; in configuration files under its published name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>x Phi(x), by the error function (Hendrycks and Gimpel 2016).</summary>
    [JsonStringEnumMemberName("gelu")]
    Gelu,

    /// <summary>Its approximation by tanh, which GPT-2 and T5 v1.1 were trained with.</summary>
    [JsonStringEnumMemberName("gelu_new")]
    GeluTanh,

    /// <summary>x sigmoid(x), also called swish.</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,

    /// <summary>tanh.</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,

    /// <summary>1 / (1 + e^-x); gated, this is GLU (Dauphin et al. 2017).</summary>
    [JsonStringEnumMemberName("sigmoid")]
    Sigmoid,

    /// <summary>x itself; gated, this is the bilinear layer of Shazeer 2020.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,
}

/// <summary>Applies activations.</summary>
public static class ActivationExtensions
{
    private static readonly Func<Tensor, Tensor> GeluTanh = Fuse.Elementwise(x => x.Gelu(approximate: true));
    private static readonly Func<Tensor, Tensor> Silu = Fuse.Elementwise(x => x.Silu());

    /// <summary>The activation of every element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The activation is none of the named ones.</exception>
    public static Tensor Apply(this Activation activation, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return activation switch
        {
            Activation.Relu => x.Relu(),
            Activation.Gelu => x.Gelu(),
            Activation.GeluTanh => GeluTanh(x),
            Activation.Silu => Silu(x),
            Activation.Tanh => x.Tanh(),
            Activation.Sigmoid => x.Sigmoid(),
            Activation.Linear => x,
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Activation: give one of the named ones."),
        };
    }
}
