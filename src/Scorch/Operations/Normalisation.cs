using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>(x - mean) / sqrt(variance + epsilon) over the last dimensions, scaled and shifted.</summary>
    /// <param name="normalized">The sizes of the last dimensions.</param>
    /// <param name="weight">Scale of that shape, or none.</param>
    /// <param name="bias">Shift of that shape, or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor LayerNorm(Shape normalized, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (normalized.Rank == 0 || normalized.Rank > Rank || Shape[^normalized.Rank..] != normalized)
            throw new ArgumentException($"LayerNorm: the last dimensions of {Shape} are not {normalized}.", nameof(normalized));
        if (!SharesComputeType(weight, bias)) return LayerNormDefinition(this, normalized, weight, bias, epsilon);
        RequireFloating("LayerNorm");
        Tensor input, result, statistics;
        Tensor? scale, shift;
        using (GradientMode.Disable())
        {
            (input, scale, shift) = (Contiguous(), weight?.Contiguous(), bias?.Contiguous());
            result = Empty(Shape, DataType, Device);
            var rows = result.Rows(normalized.Rank);
            statistics = Empty([rows.Shape[0], 2], DataType, Device);
            Kernels.NormalizeRows(rows, statistics.Operand, input.Rows(normalized.Rank), scale?.Operand, shift?.Operand, epsilon);
        }
        return Normalised("LayerNorm", result, weight, bias, [input, statistics, scale], (x, w, b) => LayerNormDefinition(x, normalized, w, b, epsilon), (slope, weightSlope, biasSlope, g) =>
            slope.Kernels.NormalizeRowsGradient(
                slope.Rows(normalized.Rank), weightSlope?.Operand, biasSlope?.Operand, g.Rows(normalized.Rank), input.Rows(normalized.Rank), statistics.Operand, scale?.Operand));
    }

    /// <summary>Normalisation of groups of channels of [batch, channels, ...] each by itself.</summary>
    /// <param name="groups">Divides the channels.</param>
    /// <param name="weight">[channels], or none.</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 2 || groups < 1 || Shape[1] % groups != 0)
            throw new ArgumentException($"GroupNorm: {groups} groups do not divide the channels of {Shape}.", nameof(groups));
        return ChannelNorm("GroupNorm", groups, weight, bias, epsilon, (x, w, b) => GroupNormDefinition(x, groups, w, b, epsilon), out _);
    }

    /// <summary>Normalisation of every channel of every sample of [batch, channels, ...] by itself.</summary>
    public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 3) throw new ArgumentException($"InstanceNorm: {Shape} has no spatial dimensions.");
        return GroupNorm(Shape[1], weight, bias, epsilon);
    }

    /// <summary>Normalisation of every channel of [batch, channels, ...] by given statistics, or by those of the batch.</summary>
    /// <param name="mean">[channels], or null for the batch's.</param>
    /// <param name="variance">[channels], or null for the batch's (biased).</param>
    /// <param name="weight">[channels], or none.</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor BatchNorm(Tensor? mean = null, Tensor? variance = null, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 2) throw new ArgumentException($"BatchNorm: {Shape} has no channels; give [batch, channels, ...].");
        foreach (var (name, tensor) in new[] { (nameof(mean), mean), (nameof(variance), variance), (nameof(weight), weight), (nameof(bias), bias) })
            if (tensor is not null && tensor.Shape != [Shape[1]])
                throw new ArgumentException($"BatchNorm: {name} has shape {tensor.Shape}; input {Shape} needs [{Shape[1]}].", name);
        if (mean is null != variance is null) throw new ArgumentException("BatchNorm: give both mean and variance, or neither.", nameof(variance));
        if (mean is null) return BatchNorm(weight, bias, epsilon, out _);
        // One factor and one shift a channel: x (w / s) + (b - m w / s).
        var scale = (variance! + epsilon).ReciprocalSqrt();
        if (weight is not null) scale *= weight;
        var shift = -mean * scale;
        if (bias is not null) shift += bias;
        return (this * OverChannels(scale)!) + OverChannels(shift)!;
    }

    /// <summary>Normalisation by the batch's statistics, which are given out: mean and biased variance, [channels] each, without history.</summary>
    internal Tensor BatchNorm(Tensor? weight, Tensor? bias, double epsilon, out (Tensor Mean, Tensor Variance) statistics) =>
        ChannelNorm("BatchNorm", 0, weight, bias, epsilon, (x, w, b) => BatchNormDefinition(x, w, b, epsilon), out statistics);

    private Tensor ChannelNorm(
        string name, int groups, Tensor? weight, Tensor? bias, double epsilon, Func<Tensor, Tensor?, Tensor?, Tensor> definition, out (Tensor Mean, Tensor Variance) moments)
    {
        RequireFloating(name);
        if (!SharesComputeType(weight, bias))
        {
            moments = (Detach().Mean(ChannelRest()), Detach().Variance(ChannelRest(), correction: 0));
            return definition(this, weight, bias);
        }
        Tensor input, result, statistics;
        Tensor? scale, shift;
        using (GradientMode.Disable())
        {
            (input, scale, shift) = (Contiguous(), weight?.Contiguous(), bias?.Contiguous());
            result = Empty(Shape, DataType, Device);
            statistics = Empty([groups == 0 ? Shape[1] : Shape[0] * groups, 3], DataType, Device);
            Kernels.NormalizeChannels(result.Runs(), statistics.Operand, input.Runs(), scale?.Operand, shift?.Operand, groups, epsilon);
            moments = (statistics.Select(1, 0), statistics.Select(1, 2));
        }
        return Normalised(name, result, weight, bias, [input, statistics, scale], definition, (slope, weightSlope, biasSlope, g) =>
            slope.Kernels.NormalizeChannelsGradient(slope.Runs(), weightSlope?.Operand, biasSlope?.Operand, g.Runs(), input.Runs(), statistics.Operand, scale?.Operand, groups));
    }

    /// <summary>Records a normalisation: backward by the fused kernel, or by the definition where a further derivative is wanted.</summary>
    private Tensor Normalised(
        string name,
        Tensor result,
        Tensor? weight,
        Tensor? bias,
        Tensor?[] kernelReads,
        Func<Tensor, Tensor?, Tensor?, Tensor> definition,
        Action<Tensor, Tensor?, Tensor?, Tensor> gradient)
    {
        if (!Tape.Records(this, weight, bias)) return result;
        Tensor?[] saved = [this, weight, .. kernelReads];
        var shift = bias?.Form;
        return Tape.Record(result, name, [this, weight, bias], [.. saved.OfType<Tensor>()], g =>
        {
            if (CanFuse(g))
            {
                var slope = Empty(Shape, DataType, Device);
                var weightSlope = weight is not null && Tape.Wants(1) ? Empty(weight.Shape, DataType, Device) : null;
                var biasSlope = shift is { } form && Tape.Wants(2) ? Empty(form.Shape, DataType, Device) : null;
                gradient(slope, weightSlope, biasSlope, g.Contiguous());
                return [slope, weightSlope, biasSlope];
            }
            using var mode = GradientMode.Enable();
            // No derivative depends on the shift's value.
            var zero = shift is { } other && Tape.Wants(2) ? Zeros(other.Shape, other.DataType, other.Device) : null;
            zero?.RequiresGradient = true;
            Tensor?[] own = [View(Shape), weight?.View(weight.Shape), zero];
            var wanted = own.OfType<Tensor>().Where(tensor => tensor.RequiresGradient).ToArray();
            var slopes = Differentiation.Gradients([definition(own[0]!, own[1], own[2])], wanted, [g], createGraph: true);
            return Array.ConvertAll(own, tensor => tensor is { RequiresGradient: true } ? slopes[Array.IndexOf(wanted, tensor)] : null);
        });
    }

    private static Tensor LayerNormDefinition(Tensor x, Shape normalized, Tensor? weight, Tensor? bias, double epsilon) =>
        ScaleAndShift(x.Standardized([.. Enumerable.Range(x.Rank - normalized.Rank, normalized.Rank)], epsilon), weight, bias);

    private static Tensor GroupNormDefinition(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon)
    {
        var grouped = x.Reshape(x.Shape[0], groups, (int)(x.Shape[1..].ElementCount / groups)).Standardized([2], epsilon).Reshape(x.Shape);
        return ScaleAndShift(grouped, x.OverChannels(weight), x.OverChannels(bias));
    }

    private static Tensor BatchNormDefinition(Tensor x, Tensor? weight, Tensor? bias, double epsilon) =>
        ScaleAndShift(x.Standardized(x.ChannelRest(), epsilon), x.OverChannels(weight), x.OverChannels(bias));

    /// <summary>(x - mean) / sqrt(variance + epsilon) over some dimensions, in primitives.</summary>
    private Tensor Standardized(int[] dimensions, double epsilon)
    {
        RequireFloating("Normalisation");
        var centred = this - Mean(dimensions, true);
        return centred * (centred.Square().Mean(dimensions, true) + epsilon).ReciprocalSqrt();
    }

    private static Tensor ScaleAndShift(Tensor x, Tensor? weight, Tensor? bias)
    {
        if (weight is not null) x *= weight;
        return bias is null ? x : x + bias;
    }

    private Tensor? OverChannels(Tensor? tensor) => tensor?.Reshape([tensor.Shape[0], .. Enumerable.Repeat(1, Rank - 2)]);

    private int[] ChannelRest() => [0, .. Enumerable.Range(2, Rank - 2)];

    /// <summary>Whether this tensor and its partners are of one type that the fused kernels know.</summary>
    private bool SharesComputeType(Tensor? weight, Tensor? bias) =>
        DataType is DataType.Float32 or DataType.Float64 && (weight?.DataType ?? DataType) == DataType && (bias?.DataType ?? DataType) == DataType;

    /// <summary>A contiguous tensor as [batch, channels, rest].</summary>
    private Kernels.Operand Runs()
    {
        var rest = checked((int)Shape[2..].ElementCount);
        return new(Storage, Offset, Shape.Wrap([Shape[0], Shape[1], rest]), [(long)Shape[1] * rest, rest, 1], DataType);
    }
}
