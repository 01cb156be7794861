using System.Buffers;

namespace Scorch.Kernels;

/// <content>Products of Householder reflections in the compact form I - V T V^T (Schreiber and Van Loan 1989), a panel at a time.</content>
internal sealed unsafe partial class CpuKernels
{
    /// <summary>Reduced QR of one matrix [m, n].</summary>
    private static void BlockedQr(double* input, int m, int n, double* q, double* r)
    {
        var k = Math.Min(m, n);
        var buffer = ArrayPool<double>.Shared.Rent(checked((n * m) + (2 * k * m) + k));
        fixed (double* memory = buffer)
        {
            // Columns as rows, so that reflections run along memory.
            var columns = memory;
            var reflectors = columns + ((long)n * m);
            var orthogonal = reflectors + ((long)k * m);
            var scales = orthogonal + ((long)k * m);
            Transpose(input, n, columns, m, m, n);
            for (var from = 0; from < k; from += PanelWidth)
            {
                var to = Math.Min(k, from + PanelWidth);
                for (var j = from; j < to; j++)
                {
                    var column = columns + ((long)j * m);
                    scales[j] = Reflections.Create(column + j, m - j);
                    var reflector = reflectors + ((long)j * m);
                    new Span<double>(reflector, j).Clear();
                    reflector[j] = 1;
                    Move(column + j + 1, reflector + j + 1, m - j - 1);
                    for (var c = j + 1; c < to; c++)
                    {
                        var other = columns + ((long)c * m) + j;
                        Reflections.Add(other, -scales[j] * Reflections.Dot(reflector + j, other, m - j), reflector + j, m - j);
                    }
                }
                // (I - V T^T V^T) A, transposed.
                Reflect(columns + ((long)to * m) + from, m, n - to, m - from, reflectors + ((long)from * m) + from, m, scales + from, to - from, adjoint: true);
            }
            for (var i = 0; i < k; i++)
                for (var j = 0; j < n; j++) r[((long)i * n) + j] = j >= i ? columns[((long)j * m) + i] : 0;
            Orthogonal(orthogonal, reflectors, scales, k, k, m, 0);
            Transpose(orthogonal, m, q, k, k, m);
        }
        ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>The transpose [rows, m] of the first columns of H_0 H_1 …; reflector j starts at j + shift, with its one there and zeros before.</summary>
    private static void Orthogonal(double* result, double* reflectors, double* scales, int count, int rows, int m, int shift)
    {
        new Span<double>(result, checked(rows * m)).Clear();
        for (var i = 0; i < rows; i++) result[((long)i * m) + i] = 1;
        for (var from = (count - 1) / PanelWidth * PanelWidth; from >= 0 && count > 0; from -= PanelWidth)
        {
            var to = Math.Min(count, from + PanelWidth);
            var first = from + shift;
            Reflect(result + ((long)first * m) + first, m, rows - first, m - first, reflectors + ((long)from * m) + first, m, scales + from, to - from, adjoint: false);
        }
    }

    /// <summary>Rows x become x - (x V) T V^T, or with T^T for the product of reflections itself; V's columns are the rows of <paramref name="reflectors"/>.</summary>
    private static void Reflect(double* x, long xRow, int rows, int length, double* reflectors, long stride, double* scales, int count, bool adjoint)
    {
        if (rows <= 0 || length <= 0) return;
        var scratch = (double*)Workspace.Get(Workspace.Factor, ((long)count * count * 2) * sizeof(double) + (2L * rows * count * sizeof(double)));
        var (t, negative) = ((nint)scratch, (nint)(scratch + (count * count)));
        var (products, weights) = ((nint)(scratch + (2 * count * count)), (nint)(scratch + (2 * count * count) + ((long)rows * count)));
        Triangle((double*)t, reflectors, stride, scales, count, length);
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++) ((double*)negative)[(i * count) + j] = -((double*)t)[adjoint ? (i * count) + j : (j * count) + i];
        Product((double*)products, count, x, xRow, 1, reflectors, 1, stride, rows, count, length, accumulate: false);
        Product((double*)weights, count, (double*)products, count, 1, (double*)negative, count, 1, rows, count, count, accumulate: false);
        Product(x, xRow, (double*)weights, count, 1, reflectors, stride, 1, rows, length, count, accumulate: true);
    }

    /// <summary>The upper triangular T of H_0 … H_(count-1) = I - V T V^T: its column i is tau_i (e_i - T V^T v_i).</summary>
    private static void Triangle(double* t, double* reflectors, long stride, double* scales, int count, int length)
    {
        var products = stackalloc double[PanelWidth];
        new Span<double>(t, count * count).Clear();
        for (var i = 0; i < count; i++)
        {
            t[(i * count) + i] = scales[i];
            for (var j = 0; j < i; j++) products[j] = Reflections.Dot(reflectors + (j * stride) + i, reflectors + (i * stride) + i, length - i);
            for (var row = 0; row < i; row++)
            {
                var sum = 0.0;
                for (var j = row; j < i; j++) sum += t[(row * count) + j] * products[j];
                t[(row * count) + i] = -scales[i] * sum;
            }
        }
    }
}
