using Scorch.Devices;
using Scorch.Kernels;

namespace Scorch.Tests;

/// <summary>A second device whose memory only its own kernels can read: an operation that touches memory past its table fails here.</summary>
internal static class FakeDevice
{
    public static Device Instance { get; } = new("fake", new FakeKernels(), (bytes, device) => new FakeStorage(bytes, device));

    private sealed class FakeStorage(long byteCount, Device device) : Storage(device, byteCount)
    {
        /// <summary>NaN in every floating type at first: an element that no kernel writes shows.</summary>
        public Storage Hidden { get; } = Spoiled(byteCount);

        private static unsafe Storage Spoiled(long byteCount)
        {
            var storage = Storage.Allocate(byteCount, Device.Cpu);
            fixed (byte* bytes = &storage.Reference) new Span<byte>(bytes, checked((int)byteCount)).Fill(0xff);
            return storage;
        }

        public override ref byte Reference => throw new InvalidOperationException("The memory of the fake device was read from outside its kernels.");
    }

    private sealed class FakeKernels : KernelTable
    {
        private static KernelTable Cpu => Device.Cpu.Kernels;

        public override void Fill(in Operand output, Scalar value) => Cpu.Fill(On(output), value);

        public override void Copy(in Operand output, in Operand input) => Cpu.Copy(On(output), On(input));

        public override void Unary(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter) => Cpu.Unary(kernel, On(output), On(input), parameter);

        public override void Binary(BinaryKernel kernel, in Operand output, in Operand left, in Operand right) => Cpu.Binary(kernel, On(output), On(left), On(right));

        public override void Compare(CompareKernel kernel, in Operand output, in Operand left, in Operand right) => Cpu.Compare(kernel, On(output), On(left), On(right));

        public override void Where(in Operand output, in Operand condition, in Operand left, in Operand right) => Cpu.Where(On(output), On(condition), On(left), On(right));

        public override void Reduce(ReduceKernel kernel, in Operand output, in Operand input) => Cpu.Reduce(kernel, On(output), On(input));

        public override void ArgumentExtreme(bool greatest, in Operand output, in Operand input, int dimension) => Cpu.ArgumentExtreme(greatest, On(output), On(input), dimension);

        public override void Scan(ReduceKernel kernel, in Operand output, in Operand input, int dimension) => Cpu.Scan(kernel, On(output), On(input), dimension);

        public override void MatrixProduct(in Operand output, in Operand left, in Operand right) => Cpu.MatrixProduct(On(output), On(left), On(right));

        public override void MatrixProduct(in Operand output, in Operand left, in Operand right, in Operand bias) => Cpu.MatrixProduct(On(output), On(left), On(right), On(bias));

        public override void Gather(in Operand output, in Operand input, in Operand index, int dimension) => Cpu.Gather(On(output), On(input), On(index), dimension);

        public override void Scatter(in Operand output, in Operand index, in Operand source, int dimension, bool accumulate) => Cpu.Scatter(On(output), On(index), On(source), dimension, accumulate);

        public override void SelectSlices(in Operand output, in Operand input, in Operand index, int dimension) => Cpu.SelectSlices(On(output), On(input), On(index), dimension);

        public override void AddSlices(in Operand output, in Operand index, in Operand source, int dimension) => Cpu.AddSlices(On(output), On(index), On(source), dimension);

        public override void Sort(in Operand values, in Operand indices, in Operand input, int dimension, bool descending) => Cpu.Sort(On(values), On(indices), On(input), dimension, descending);

        public override void Top(in Operand values, in Operand indices, in Operand input, int dimension, bool greatest) => Cpu.Top(On(values), On(indices), On(input), dimension, greatest);

        public override long[] Positions(in Operand input) => Cpu.Positions(On(input));

        public override void Random(RandomKernel kernel, in Operand output, ulong key, ulong counter, double first, double second) => Cpu.Random(kernel, On(output), key, counter, first, second);

        public override void Read(in Operand input, Span<byte> target) => Cpu.Read(On(input), target);

        public override void Write(in Operand output, ReadOnlySpan<byte> source) => Cpu.Write(On(output), source);

        public override void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight, in Operand? bias) => Cpu.Convolve(geometry, On(output), On(input), On(weight), On(bias));

        public override void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight, in Operand? bias) => Cpu.ConvolveInput(geometry, On(input), On(output), On(weight), On(bias));

        public override void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output) => Cpu.ConvolveWeight(geometry, On(weight), On(input), On(output));

        public override void MaximumPool(PoolingWindows windows, in Operand values, in Operand positions, in Operand input) => Cpu.MaximumPool(windows, On(values), On(positions), On(input));

        public override void AveragePool(PoolingWindows windows, in Operand output, in Operand input, bool adjoint) => Cpu.AveragePool(windows, On(output), On(input), adjoint);

        public override int LowerUpper(in Operand factors, in Operand pivots) => Cpu.LowerUpper(On(factors), On(pivots));

        public override void SwapRows(in Operand rows, in Operand pivots) => Cpu.SwapRows(On(rows), On(pivots));

        public override int TriangularSolve(in Operand solution, in Operand matrix, bool upper, bool unitDiagonal) => Cpu.TriangularSolve(On(solution), On(matrix), upper, unitDiagonal);

        public override int Cholesky(in Operand matrix) => Cpu.Cholesky(On(matrix));

        public override void OrthogonalTriangular(in Operand q, in Operand r, in Operand input) => Cpu.OrthogonalTriangular(On(q), On(r), On(input));

        public override void SymmetricEigen(in Operand values, in Operand vectors, in Operand input) => Cpu.SymmetricEigen(On(values), On(vectors), On(input));

        public override void SingularValues(in Operand u, in Operand values, in Operand v, in Operand input) => Cpu.SingularValues(On(u), On(values), On(v), On(input));

        public override void RealFourierTransform(in Operand output, in Operand input, double scale) => Cpu.RealFourierTransform(On(output), On(input), scale);

        public override void FourierTransform(in Operand output, in Operand input, bool inverse, double scale) => Cpu.FourierTransform(On(output), On(input), inverse, scale);

        public override void Softmax(in Operand output, in Operand input, bool logarithm) => Cpu.Softmax(On(output), On(input), logarithm);

        public override void SoftmaxGradient(in Operand result, in Operand output, in Operand gradient, bool logarithm) => Cpu.SoftmaxGradient(On(result), On(output), On(gradient), logarithm);

        public override void CrossEntropy(in Operand losses, in Operand logarithms, in Operand logits, in Operand target, long ignore) =>
            Cpu.CrossEntropy(On(losses), On(logarithms), On(logits), On(target), ignore);

        public override void CrossEntropyGradient(in Operand result, in Operand logits, in Operand logarithms, in Operand target, in Operand gradient, long ignore) =>
            Cpu.CrossEntropyGradient(On(result), On(logits), On(logarithms), On(target), On(gradient), ignore);

        public override void NormalizeRows(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, double epsilon) =>
            Cpu.NormalizeRows(On(output), On(statistics), On(input), On(weight), On(bias), epsilon);

        public override void NormalizeRowsGradient(
            in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight) =>
            Cpu.NormalizeRowsGradient(On(result), On(weightGradient), On(biasGradient), On(gradient), On(input), On(statistics), On(weight));

        public override void NormalizeChannels(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, int groups, double epsilon) =>
            Cpu.NormalizeChannels(On(output), On(statistics), On(input), On(weight), On(bias), groups, epsilon);

        public override void NormalizeChannelsGradient(
            in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight, int groups) =>
            Cpu.NormalizeChannelsGradient(On(result), On(weightGradient), On(biasGradient), On(gradient), On(input), On(statistics), On(weight), groups);

        public override void AdamStep(in Operand parameter, in Operand gradient, in Operand mean, in Operand square, in Operand? greatest, in AdamFactors factors) =>
            Cpu.AdamStep(On(parameter), On(gradient), On(mean), On(square), On(greatest), factors);

        public override void MomentumStep(in Operand parameter, in Operand gradient, in Operand velocity, in MomentumFactors factors) =>
            Cpu.MomentumStep(On(parameter), On(gradient), On(velocity), factors);

        public override void Attention(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale) =>
            Cpu.Attention(On(output), On(logarithms), On(queries), On(keys), On(values), On(mask), isCausal, scale);

        public override void AttentionGradient(in AttentionGradients o, in Operand? mask, bool isCausal, double scale) =>
            Cpu.AttentionGradient(
                new(On(o.QueryGradient), On(o.KeyGradient), On(o.ValueGradient), On(o.Gradient), On(o.Output), On(o.Logarithms), On(o.Queries), On(o.Keys), On(o.Values)), On(mask), isCausal, scale);

        public override void Recur(
            RecurrentCell cell, bool backwards, in Operand states, in Operand? carry, in Operand gates, in Operand weight, in Operand? inputBias, in Operand? hiddenBias) =>
            Cpu.Recur(cell, backwards, On(states), On(carry), On(gates), On(weight), On(inputBias), On(hiddenBias));

        public override void RecurGradient(
            RecurrentCell cell,
            bool backwards,
            in Operand gateGradients,
            in Operand? hiddenGradients,
            in Operand stateGradient,
            in Operand? cellGradient,
            in Operand? outputGradient,
            in Operand states,
            in Operand? carry,
            in Operand gates,
            in Operand weight) =>
            Cpu.RecurGradient(
                cell, backwards, On(gateGradients), On(hiddenGradients), On(stateGradient), On(cellGradient), On(outputGradient), On(states), On(carry), On(gates), On(weight));

        public override void LinearRecurrence(bool backwards, in Operand output, in Operand input, in Operand forget) =>
            Cpu.LinearRecurrence(backwards, On(output), On(input), On(forget));

        private static Operand? On(in Operand? operand) => operand is { } some ? On(some) : null;

        private static Operand On(in Operand operand) => operand.Storage is FakeStorage storage
            ? new(storage.Hidden, operand.Offset, operand.Shape, operand.Strides, operand.Type)
            : throw new InvalidOperationException("A kernel of the fake device was given memory of another device.");
    }
}
