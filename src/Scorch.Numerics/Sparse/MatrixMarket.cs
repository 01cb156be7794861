using System.Globalization;

namespace Scorch.Numerics;

/// <summary>Reads and writes MatrixMarket files (NIST exchange format), which PETSc, hypre, SciPy and MATLAB exchange.</summary>
/// <remarks>Matrices are <c>coordinate real general|symmetric</c>, vectors <c>array real general</c> of one column. Numbers are
/// written with the shortest digits that read back to the same bits.</remarks>
public static class MatrixMarket
{
    private const int LargestSide = 1 << 28;

    /// <summary>Writes a matrix; the file appears whole or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="symmetric">Write the lower triangle only, under the header <c>symmetric</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="symmetric"/> was asked for a matrix that is not symmetric.</exception>
    public static void Write(string path, CsrMatrix matrix, bool symmetric = false)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (symmetric && !matrix.IsSymmetric(0))
        {
            throw new ArgumentException("MatrixMarket: the matrix is not symmetric; write it with symmetric: false.", nameof(symmetric));
        }

        WriteAtomically(path, writer =>
        {
            var stored = 0;
            for (var row = 0; row < matrix.Rows; row++)
            {
                for (var entry = matrix.RowStarts[row]; entry < matrix.RowStarts[row + 1]; entry++)
                {
                    stored += !symmetric || matrix.ColumnIndices[entry] <= row ? 1 : 0;
                }
            }

            writer.WriteLine($"%%MatrixMarket matrix coordinate real {(symmetric ? "symmetric" : "general")}");
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{matrix.Rows} {matrix.Columns} {stored}"));
            for (var row = 0; row < matrix.Rows; row++)
            {
                for (var entry = matrix.RowStarts[row]; entry < matrix.RowStarts[row + 1]; entry++)
                {
                    var column = matrix.ColumnIndices[entry];
                    if (!symmetric || column <= row)
                    {
                        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row + 1} {column + 1} {matrix.Values[entry]:R}"));
                    }
                }
            }
        });
    }

    /// <summary>Writes a vector as a dense one-column array.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="vector">The values.</param>
    public static void WriteVector(string path, double[] vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        WriteAtomically(path, writer =>
        {
            writer.WriteLine("%%MatrixMarket matrix array real general");
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{vector.Length} 1"));
            foreach (var value in vector)
            {
                writer.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));
            }
        });
    }

    /// <summary>Reads a matrix in coordinate format.</summary>
    /// <param name="path">The file to read.</param>
    /// <exception cref="InvalidDataException">The file is not a real or integer MatrixMarket coordinate file, or ends early.</exception>
    public static CsrMatrix Read(string path)
    {
        using var reader = new StreamReader(path);
        var header = ReadHeader(reader, path);
        if (header is not ["%%matrixmarket", "matrix", "coordinate", "real" or "integer", "general" or "symmetric"])
        {
            throw new InvalidDataException($"MatrixMarket: '{path}' is '{string.Join(' ', header)}'; only 'matrix coordinate real|integer general|symmetric' is read here.");
        }

        var symmetric = header[4] == "symmetric";
        var size = ReadNumbers(reader, path, 3);
        var (rows, columns, count) = (ToSide(size[0], path), ToSide(size[1], path), size[2]);

        // The header's count is a claim: the list grows with what is really there, and stops at the claim.
        var entries = new List<(int, int, double)>();
        for (var i = 0L; i < (long)count; i++)
        {
            var entry = ReadNumbers(reader, path, 3);
            var (row, column) = (entry[0] - 1, entry[1] - 1);
            if (!(row >= 0 && row < rows && column >= 0 && column < columns) || row != Math.Floor(row) || column != Math.Floor(column))
            {
                throw new InvalidDataException($"MatrixMarket: '{path}' has an entry at ({entry[0]}, {entry[1]}) outside its {rows} x {columns} matrix.");
            }

            entries.Add(((int)row, (int)column, entry[2]));
            if (symmetric && row != column)
            {
                entries.Add(((int)column, (int)row, entry[2]));
            }
        }

        return CsrMatrix.FromTriplets(rows, columns, entries);
    }

    /// <summary>Reads a dense one-column array.</summary>
    /// <param name="path">The file to read.</param>
    /// <exception cref="InvalidDataException">The file is not a real array of one column, or ends early.</exception>
    public static double[] ReadVector(string path)
    {
        using var reader = new StreamReader(path);
        var header = ReadHeader(reader, path);
        if (header is not ["%%matrixmarket", "matrix", "array", "real" or "integer", "general"])
        {
            throw new InvalidDataException($"MatrixMarket: '{path}' is '{string.Join(' ', header)}'; a vector is 'matrix array real general'.");
        }

        var size = ReadNumbers(reader, path, 2);
        if (size[1] != 1)
        {
            throw new InvalidDataException($"MatrixMarket: '{path}' has {size[1]} columns; a vector has one.");
        }

        var count = ToSide(size[0], path);
        var values = new List<double>();
        for (var i = 0; i < count; i++)
        {
            values.Add(ReadNumbers(reader, path, 1)[0]);
        }

        return [.. values];
    }

    private static string[] ReadHeader(StreamReader reader, string path) =>
        (reader.ReadLine() ?? throw new InvalidDataException($"MatrixMarket: '{path}' is empty."))
            .ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static double[] ReadNumbers(StreamReader reader, string path, int count)
    {
        while (reader.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('%'))
            {
                continue;
            }

            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var numbers = new double[count];
            for (var i = 0; i < count; i++)
            {
                if (fields.Length != count || !double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                {
                    throw new InvalidDataException($"MatrixMarket: '{path}' has the line '{line}' where {count} numbers belong.");
                }
            }

            return numbers;
        }

        throw new InvalidDataException($"MatrixMarket: '{path}' ends before its last entry.");
    }

    private static int ToSide(double value, string path) =>
        value >= 0 && value <= LargestSide && value == Math.Floor(value)
            ? (int)value
            : throw new InvalidDataException($"MatrixMarket: '{path}' claims a side of {value}; this reader takes 0 to {LargestSide}.");

    private static void WriteAtomically(string path, Action<StreamWriter> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = path + ".partial";
        try
        {
            using (var writer = new StreamWriter(temporary) { NewLine = "\n" })
            {
                write(writer);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
