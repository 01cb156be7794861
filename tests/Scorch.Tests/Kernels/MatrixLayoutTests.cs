using Scorch.Kernels;

namespace Scorch.Tests.Kernels;

/// <summary>Packing and rotating pieces of matrices, against loops over their elements.</summary>
public unsafe class MatrixLayoutTests
{
    [Fact]
    public void Packing_puts_lines_side_by_side_and_zeros_behind()
    {
        Pack(x => (float)x);
        Pack(x => (double)x);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(9, 7)]
    [InlineData(40, 33)]
    [InlineData(130, 131)]
    public void Gathered_rotations_do_what_one_after_another_does(int height, int columns)
    {
        var random = new Random(height);
        var expected = new double[height * columns];
        for (var i = 0; i < expected.Length; i++) expected[i] = random.NextDouble() - 0.5;
        var given = (double[])expected.Clone();
        fixed (double* rows = given)
        {
            var rotations = new PlaneRotations(rows, height, columns);
            // More rotations than are gathered before they are applied.
            for (var sweep = 0; sweep < 200; sweep++)
            {
                var first = random.Next(height - 1);
                var count = random.Next(height - first);
                var pairs = rotations.Begin(count);
                for (var j = 0; j < count; j++)
                {
                    var angle = (random.NextDouble() - 0.5) * Math.PI;
                    (pairs[2 * j], pairs[(2 * j) + 1]) = (Math.Abs(Math.Cos(angle)), Math.Sin(angle));
                    // Rising from the first row, or falling from the last.
                    var (own, next) = sweep % 2 == 0 ? (first + j, first + j + 1) : (first + count - j, first + count - j - 1);
                    Rotate(expected, own * columns, next * columns, columns, pairs[2 * j], pairs[(2 * j) + 1]);
                }
                if (sweep % 2 == 0) rotations.Rising(first, count);
                else rotations.Falling(first, count);
            }
            rotations.Apply();
        }
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], given[i], 1e-12);
    }

    private static void Rotate(double[] rows, int own, int next, int columns, double cosine, double sine)
    {
        for (var c = 0; c < columns; c++)
        {
            var (x, y) = (rows[own + c], rows[next + c]);
            (rows[own + c], rows[next + c]) = ((cosine * x) + (sine * y), (cosine * y) - (sine * x));
        }
    }

    private static void Pack<T>(Func<int, T> number)
        where T : unmanaged
    {
        foreach (var lines in new[] { 1, 3, 4, 5, 6, 7, 8, 11, 12, 16, 31 })
            foreach (var depth in new[] { 1, 3, 4, 5, 8, 9, 33 })
                foreach (var (line, step) in new[] { (1, lines + 3), (depth + 2, 1), (3 * depth, 3) })
                {
                    var source = new T[(lines * line) + (depth * step) + 1];
                    for (var i = 0; i < source.Length; i++) source[i] = number(i + 1);
                    var width = lines + (lines % 3);
                    var target = new T[width * depth];
                    fixed (T* from = source, to = target) MatrixPacking.Pack(to, width, from, line, step, lines, depth);
                    for (var k = 0; k < depth; k++)
                        for (var i = 0; i < width; i++) Assert.Equal(i < lines ? source[(k * step) + (i * line)] : number(0), target[(k * width) + i]);
                }
    }
}
