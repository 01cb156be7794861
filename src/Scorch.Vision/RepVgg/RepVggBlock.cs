using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>Shape of one block.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Stride">Stride of every branch.</param>
/// <param name="Groups">Groups of the 3x3 and of the 1x1 convolution.</param>
/// <param name="Dilation">Distance of the taps of the 3x3 kernel; the padding is the same, so that maps keep their size.</param>
public sealed record RepVggBlockConfig(int Inputs, int Outputs, int Stride = 1, int Groups = 1, int Dilation = 1)
{
    /// <summary>Squeeze-and-excitation before the ReLU.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>The branches.</summary>
    public RepVggVariant Variant { get; init; } = RepVggVariant.Full;

    /// <summary>Training branches or one fused convolution.</summary>
    public RepVggForm Form { get; init; } = RepVggForm.Training;

    /// <summary>Name in errors.</summary>
    public string Layer { get; init; } = "block";

    /// <summary>Whether input and output have one shape, so that an identity branch is possible.</summary>
    public bool KeepsShape => Inputs == Outputs && Stride == 1;
}

/// <summary>A RepVGG block: y = ReLU(SE(BN3(conv3x3(x)) + BN1(conv1x1(x)) + BN0(x))), or one 3x3 convolution once it is deployed.</summary>
/// <remarks>Input [batch, inputs, h, w], output [batch, outputs, ⌈h/stride⌉, ⌈w/stride⌉]. Parameter names are the authors'.</remarks>
public sealed class RepVggBlock : Module, IForward
{
    private ChannelSums? watcher;

    /// <summary>A block with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws the weights.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is below 1, or a deployed block is asked for branches.</exception>
    public RepVggBlock(RepVggBlockConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        var (inputs, outputs, stride, groups, dilation) = (config.Inputs, config.Outputs, config.Stride, config.Groups, config.Dilation);
        if (inputs < 1 || outputs < 1 || stride < 1 || groups < 1 || dilation < 1)
            throw new ArgumentException($"RepVGG {config.Layer}: {inputs} inputs, {outputs} outputs, stride {stride}, {groups} groups, dilation {dilation}; all must be at least 1.", nameof(config));
        if (inputs % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"RepVGG {config.Layer}: {groups} groups do not divide {inputs} inputs and {outputs} outputs.", nameof(config));
        if (config.SqueezeExcitation) SqueezeExcitation = new(outputs, random);
        if (config.Form == RepVggForm.Deployed)
        {
            if (config.Variant != RepVggVariant.Full)
                throw new ArgumentException($"RepVGG {config.Layer}: a deployed block has no branches, so variant {config.Variant} cannot be; build it in form {RepVggForm.Training}.", nameof(config));
            Fused = NewFused(random, bias: true);
            return;
        }
        var variant = config.Variant;
        var normalised = variant != RepVggVariant.BatchNormAfterSum;
        Dense = new(inputs, outputs, [3, 3], random, stride, groups, dilation, normalised);
        if (variant is not (RepVggVariant.NoPointwise or RepVggVariant.Plain or RepVggVariant.Asymmetric))
            Pointwise = new(inputs, outputs, [1, 1], random, stride, groups, 1, normalised);
        if (variant == RepVggVariant.Asymmetric)
        {
            Horizontal = new(inputs, outputs, [1, 3], random, stride, groups, dilation, true);
            Vertical = new(inputs, outputs, [3, 1], random, stride, groups, dilation, true);
        }
        if (config.KeepsShape && variant is RepVggVariant.Full or RepVggVariant.NoPointwise or RepVggVariant.ReluInBranches) Identity = new(inputs);
        if (!normalised) Norm = new(outputs);
    }

    /// <summary>Its shape.</summary>
    public RepVggBlockConfig Config { get; }

    /// <summary>Whether the block is one fused convolution.</summary>
    public RepVggForm Form => Fused is null ? RepVggForm.Training : RepVggForm.Deployed;

    /// <summary>The 3x3 branch.</summary>
    [Name("rbr_dense")]
    public NormalisedConvolution? Dense { get; private set; }

    /// <summary>The 1x1 branch.</summary>
    [Name("rbr_1x1")]
    public NormalisedConvolution? Pointwise { get; private set; }

    /// <summary>The normalisation of the identity branch.</summary>
    [Name("rbr_identity")]
    public BatchNorm? Identity { get; private set; }

    /// <summary>The 1x3 branch of <see cref="RepVggVariant.Asymmetric"/>.</summary>
    [Name("rbr_1x3")]
    public NormalisedConvolution? Horizontal { get; private set; }

    /// <summary>The 3x1 branch of <see cref="RepVggVariant.Asymmetric"/>.</summary>
    [Name("rbr_3x1")]
    public NormalisedConvolution? Vertical { get; private set; }

    /// <summary>The normalisation behind the sum, or, in a deployed block, the one that was put back for quantisation.</summary>
    [Name("bn")]
    public BatchNorm? Norm { get; private set; }

    /// <summary>The fused convolution of a deployed block.</summary>
    [Name("rbr_reparam")]
    public Convolution? Fused { get; private set; }

    /// <summary>Squeeze-and-excitation, if any.</summary>
    [Name("se")]
    public SqueezeExcitation? SqueezeExcitation { get; }

    /// <summary>Whether fusing is possible: not with ReLU inside the branches.</summary>
    public bool CanFuse => Config.Variant != RepVggVariant.ReluInBranches;

    private bool AddsInput => Config.KeepsShape && Config.Variant is RepVggVariant.IdentityWithoutBatchNorm or RepVggVariant.BatchNormAfterSum;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        var sum = Sum(x);
        return (SqueezeExcitation?.Forward(sum) ?? sum).Relu();
    }

    /// <summary>The sum of the branches before squeeze-and-excitation and ReLU.</summary>
    /// <exception cref="ArgumentException">The input has another number of channels.</exception>
    public Tensor Sum(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 4 || x.Shape[1] != Config.Inputs)
            throw new ArgumentException($"RepVGG {Config.Layer}: the input has shape {x.Shape}; [batch, {Config.Inputs}, height, width] is needed.", nameof(x));
        if (Fused is not null)
        {
            watcher?.Add(x.Convolution(Fused.Weight, null, Fused.Options));
            return Norm is null ? Fused.Forward(x) : Norm.Forward(Fused.Forward(x));
        }
        var inside = Config.Variant == RepVggVariant.ReluInBranches;
        Tensor Branch(Tensor y) => inside ? y.Relu() : y;
        var sum = Branch(Dense!.Forward(x));
        if (Pointwise is not null) sum += Branch(Pointwise.Forward(x));
        if (Horizontal is not null) sum += Horizontal.Forward(x);
        if (Vertical is not null) sum += Vertical.Forward(x);
        if (Identity is not null) sum += Branch(Identity.Forward(x));
        if (AddsInput) sum += x;
        return Norm is null ? sum : Norm.Forward(sum);
    }

    /// <summary>The 3x3 kernel [outputs, inputs / groups, 3, 3] and bias [outputs] that the block is equal to under its running statistics.</summary>
    /// <remarks>A differentiable function of all parameters, at any time of training. Branches are folded and added in float64.</remarks>
    /// <exception cref="InvalidOperationException">The variant cannot be fused.</exception>
    public (Tensor Weight, Tensor Bias) EquivalentKernel()
    {
        var type = (Fused?.Weight ?? Dense!.Conv.Weight).DataType;
        var (weight, bias) = Equivalent();
        return (weight.To(type), bias.To(type));
    }

    /// <summary>The custom L2 penalty of the authors: what the fused centre weighs, scaled as the branches are, instead of its parts.</summary>
    /// <remarks>Σ W3² without the centre + Σ (W3c t3 + W1 t1)² / (t3² + t1²), t taken as constants. For blocks of <see cref="RepVggVariant.Full"/> and <see cref="RepVggVariant.NoIdentity"/>.</remarks>
    /// <exception cref="InvalidOperationException">The block is deployed or has no 1x1 branch.</exception>
    public Tensor CustomL2()
    {
        if (Dense?.Bn is null || Pointwise?.Bn is null)
            throw new InvalidOperationException($"RepVGG {Config.Layer}: the custom L2 penalty needs the normalised 3x3 and 1x1 branches; the block is {Form}, variant {Config.Variant}. Train with plain weight decay.");
        Tensor Factor(BatchNorm norm) => BranchFusion.Scale(norm).Detach().To(Dense.Conv.Weight.DataType).Reshape(-1, 1, 1, 1);
        var (t3, t1) = (Factor(Dense.Bn), Factor(Pointwise.Bn));
        var kernel = Dense.Conv.Weight;
        var centre = kernel.Narrow(2, 1, 1).Narrow(3, 1, 1);
        var ring = kernel.Square().Sum() - centre.Square().Sum();
        var fused = (centre * t3) + (Pointwise.Conv.Weight * t1);
        return ring + (fused.Square() / (t3.Square() + t1.Square())).Sum();
    }

    /// <summary>Checks that fusing is possible and computes the fused kernel and bias, float64.</summary>
    /// <exception cref="InvalidOperationException">The block is in training mode, cannot be fused, or holds numbers from which no finite kernel follows.</exception>
    internal (Tensor Weight, Tensor Bias) FusedParameters(string name)
    {
        if (IsTraining) throw new InvalidOperationException($"{name} is in training mode: switch to evaluation first (Evaluate()): BN statistics are still being updated.");
        Check(name);
        using var mode = Autograd.GradientMode.Disable();
        return Equivalent();
    }

    /// <summary>Replaces the branches by the fused convolution.</summary>
    internal void Deploy(Tensor weight, Tensor bias)
    {
        var fused = NewFused(new RandomSource(0), bias: true);
        fused.ConvertTo(Dense!.Conv.Weight.DataType);
        using (Autograd.GradientMode.Disable())
        {
            fused.Weight.CopyFrom(weight.To(fused.Weight.DataType));
            fused.Bias!.CopyFrom(bias.To(fused.Weight.DataType));
        }
        if (!IsTraining) fused.Evaluate();
        (Fused, Dense, Pointwise, Identity, Horizontal, Vertical, Norm) = (fused, null, null, null, null, null, null);
    }

    /// <summary>Puts a normalisation behind the fused convolution: with mean m and variance v of its bias-free output, gamma = sqrt(v + eps) and beta = b + m.</summary>
    internal void InsertNorm(double[] mean, double[] variance)
    {
        var old = Fused!;
        var type = old.Weight.DataType;
        var plain = NewFused(new RandomSource(0), bias: false);
        var norm = new BatchNorm(Config.Outputs);
        plain.ConvertTo(type);
        norm.ConvertTo(type);
        using (Autograd.GradientMode.Disable())
        {
            plain.Weight.CopyFrom(old.Weight);
            var (means, variances) = (Tensor.From(mean), Tensor.From(variance));
            norm.RunningMean.CopyFrom(means.To(type));
            norm.RunningVariance.CopyFrom(variances.To(type));
            norm.Weight!.CopyFrom((variances + norm.Epsilon).Sqrt().To(type));
            norm.Bias!.CopyFrom((BranchFusion.Wide(old.Bias!) + means).To(type));
        }
        if (!IsTraining)
        {
            plain.Evaluate();
            norm.Evaluate();
        }
        (Fused, Norm) = (plain, norm);
    }

    /// <summary>Sums up the bias-free outputs of the fused convolution from now on, or no longer.</summary>
    internal void Watch(ChannelSums? sums) => watcher = sums;

    /// <summary>The branches with their names, kernels and normalisations.</summary>
    internal IEnumerable<(string Name, Tensor? Kernel, BatchNorm? Norm)> Branches()
    {
        if (Dense is not null) yield return ("rbr_dense", Dense.Conv.Weight, Dense.Bn);
        if (Pointwise is not null) yield return ("rbr_1x1", Pointwise.Conv.Weight, Pointwise.Bn);
        if (Horizontal is not null) yield return ("rbr_1x3", Horizontal.Conv.Weight, Horizontal.Bn);
        if (Vertical is not null) yield return ("rbr_3x1", Vertical.Conv.Weight, Vertical.Bn);
        if (Identity is not null) yield return ("rbr_identity", null, Identity);
        if (AddsInput) yield return ("identity", null, null);
    }

    private void Check(string name)
    {
        if (!CanFuse) throw new InvalidOperationException($"{name}: variant {Config.Variant} applies ReLU before the sum, which no single convolution equals; it cannot be fused.");
        foreach (var (branch, kernel, norm) in Branches()) BranchFusion.Check($"{name}.{branch}", kernel, norm);
        if (Norm is not null) BranchFusion.Check($"{name}.bn", null, Norm);
        if (Fused is not null) BranchFusion.Check($"{name}.rbr_reparam", Fused.Weight, null);
    }

    private (Tensor Weight, Tensor Bias) Equivalent()
    {
        if (!CanFuse) throw new InvalidOperationException($"RepVGG {Config.Layer}: variant {Config.Variant} applies ReLU before the sum, which no single convolution equals.");
        Tensor weight, bias;
        if (Fused is not null)
        {
            weight = BranchFusion.Wide(Fused.Weight);
            bias = Fused.Bias is null ? Tensor.Zeros([Config.Outputs], DataType.Float64) : BranchFusion.Wide(Fused.Bias);
        }
        else
        {
            (weight, bias) = (Tensor.Zeros([], DataType.Float64), Tensor.Zeros([Config.Outputs], DataType.Float64));
            foreach (var (_, kernel, norm) in Branches())
            {
                // W_eq = W3' + pad(W1') + W0', b_eq = b3' + b1' + b0'.
                var full = kernel is null ? BranchFusion.IdentityKernel(Config.Outputs, Config.Groups) : BranchFusion.PadTo3x3(kernel);
                if (norm is null)
                {
                    weight += BranchFusion.Wide(full);
                    continue;
                }
                var (w, b) = BranchFusion.Fold(full, norm);
                weight += w;
                bias += b;
            }
        }
        if (Norm is null) return (weight, bias);
        var (folded, shift) = BranchFusion.Fold(weight, Norm);
        return (folded, shift + (bias * BranchFusion.Scale(Norm)));
    }

    private Convolution NewFused(RandomSource random, bool bias) =>
        Convolution.Image(Config.Inputs, Config.Outputs, 3, random, Config.Stride, Config.Dilation, Config.Dilation, Config.Groups, bias);
}
