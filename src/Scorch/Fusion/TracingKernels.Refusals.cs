using Scorch.Kernels;

namespace Scorch.Fusion;

/// <content>What is not element by element.</content>
internal sealed partial class TracingKernels
{
    public override void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight, in Operand? bias) => throw Refused("Convolve");

    public override void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight, in Operand? bias) => throw Refused("ConvolveInput");

    public override void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output) => throw Refused("ConvolveWeight");

    public override void FourierTransform(in Operand output, in Operand input, bool inverse, double scale) => throw Refused("FourierTransform");

    public override void RealFourierTransform(in Operand output, in Operand input, double scale) => throw Refused("RealFourierTransform");

    public override int LowerUpper(in Operand factors, in Operand pivots) => throw Refused("LowerUpper");

    public override void SwapRows(in Operand rows, in Operand pivots) => throw Refused("SwapRows");

    public override int TriangularSolve(in Operand solution, in Operand matrix, bool upper, bool unitDiagonal) => throw Refused("TriangularSolve");

    public override int Cholesky(in Operand matrix) => throw Refused("Cholesky");

    public override void OrthogonalTriangular(in Operand q, in Operand r, in Operand input) => throw Refused("OrthogonalTriangular");

    public override void SymmetricEigen(in Operand values, in Operand vectors, in Operand input) => throw Refused("SymmetricEigen");

    public override void SingularValues(in Operand u, in Operand values, in Operand v, in Operand input) => throw Refused("SingularValues");

    public override void MatrixProduct(in Operand output, in Operand left, in Operand right) => throw Refused("MatrixProduct");

    public override void MatrixProduct(in Operand output, in Operand left, in Operand right, in Operand bias) => throw Refused("MatrixProduct");

    public override void MaximumPool(PoolingWindows windows, in Operand values, in Operand positions, in Operand input) => throw Refused("MaximumPool");

    public override void AveragePool(PoolingWindows windows, in Operand output, in Operand input, bool adjoint) => throw Refused("AveragePool");

    public override void Softmax(in Operand output, in Operand input, bool logarithm) => throw Refused("Softmax");

    public override void SoftmaxGradient(in Operand result, in Operand output, in Operand gradient, bool logarithm) => throw Refused("SoftmaxGradient");

    public override void CrossEntropy(in Operand losses, in Operand logarithms, in Operand logits, in Operand target, long ignore) => throw Refused("CrossEntropy");

    public override void CrossEntropyGradient(
        in Operand result, in Operand logits, in Operand logarithms, in Operand target, in Operand gradient, long ignore) =>
        throw Refused("CrossEntropyGradient");

    public override void NormalizeRows(
        in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, double epsilon) =>
        throw Refused("NormalizeRows");

    public override void NormalizeRowsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight) =>
        throw Refused("NormalizeRowsGradient");

    public override void NormalizeChannels(
        in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, int groups, double epsilon) =>
        throw Refused("NormalizeChannels");

    public override void NormalizeChannelsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight, int groups) =>
        throw Refused("NormalizeChannelsGradient");

    public override void Attention(
        in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale) =>
        throw Refused("Attention");

    public override void AttentionGradient(in AttentionGradients gradients, in Operand? mask, bool isCausal, double scale) => throw Refused("AttentionGradient");

    public override void AdamStep(
        in Operand parameter, in Operand gradient, in Operand mean, in Operand square, in Operand? greatest, in AdamFactors factors) =>
        throw Refused("AdamStep");

    public override void MomentumStep(in Operand parameter, in Operand gradient, in Operand velocity, in MomentumFactors factors) => throw Refused("MomentumStep");

    public override void Recur(
        RecurrentCell cell, bool backwards, in Operand states, in Operand? carry, in Operand gates, in Operand weight, in Operand? inputBias, in Operand? hiddenBias) =>
        throw Refused("Recur");

    public override void RecurGradient(
        RecurrentCell cell, bool backwards, in Operand gateGradients, in Operand? hiddenGradients, in Operand stateGradient, in Operand? cellGradient,
        in Operand? outputGradient, in Operand states, in Operand? carry, in Operand gates, in Operand weight) =>
        throw Refused("RecurGradient");

    public override void LinearRecurrence(bool backwards, in Operand output, in Operand input, in Operand forget) => throw Refused("LinearRecurrence");

    public override void Reduce(ReduceKernel kernel, in Operand output, in Operand input) => throw Refused("Reduce");

    public override void ArgumentExtreme(bool greatest, in Operand output, in Operand input, int dimension) => throw Refused("ArgumentExtreme");

    public override void Scan(ReduceKernel kernel, in Operand output, in Operand input, int dimension) => throw Refused("Scan");

    public override void Gather(in Operand output, in Operand input, in Operand index, int dimension) => throw Refused("Gather");

    public override void Scatter(in Operand output, in Operand index, in Operand source, int dimension, bool accumulate) => throw Refused("Scatter");

    public override void SelectSlices(in Operand output, in Operand input, in Operand index, int dimension) => throw Refused("SelectSlices");

    public override void AddSlices(in Operand output, in Operand index, in Operand source, int dimension) => throw Refused("AddSlices");

    public override void Sort(in Operand values, in Operand indices, in Operand input, int dimension, bool descending) => throw Refused("Sort");

    public override void Top(in Operand values, in Operand indices, in Operand input, int dimension, bool greatest) => throw Refused("Top");

    public override long[] Positions(in Operand input) => throw Refused("Positions");

    public override void Random(RandomKernel kernel, in Operand output, ulong key, ulong counter, double first, double second) => throw Refused("Random");

    public override void Read(in Operand input, Span<byte> target) => throw Refused("Read");

    public override void Write(in Operand output, ReadOnlySpan<byte> source) => throw Refused("Write");
}
