using System.Globalization;
using Scorch.Checkpoints;
using Scorch.Media;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>Sources by name (f1, f2, f3) or from a file: a CSV grid of numbers, or a grey image (PGM) read as a density.</summary>
/// <remarks>Row <c>i</c>, column <c>j</c> of a CSV grid of <c>R x C</c> numbers is f at <c>x = (i+1)/(R+1)</c>, <c>y = (j+1)/(C+1)</c>: the
/// interior nodes, so that a solution written for <c>n</c> intervals has the places of a source of <c>n-1</c> rows. Between the nodes f is
/// bilinear, outside them constant. An image lies as it is looked at: columns along x, the bottom row at <c>y = 0</c>; black is 0, white 1.</remarks>
public static class SourceFile
{
    private const int LargestSide = 16384;
    private const int LargestCount = 1 << 26;

    /// <summary>The source that a name or path stands for.</summary>
    /// <param name="nameOrPath"><c>f1</c>, <c>f2</c>, <c>f3</c>, or the path of a <c>.csv</c> grid or of an image.</param>
    /// <exception cref="UsageException">There is no such source, or the file is of another kind.</exception>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public static Func<double, double, double> Open(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return nameOrPath switch
        {
            "f1" => PoissonSources.Smooth,
            "f2" => PoissonSources.Disc,
            "f3" => PoissonSources.Sharp,
            _ when !File.Exists(nameOrPath) => throw new UsageException($"Source '{nameOrPath}' is neither f1, f2, f3 nor a file."),
            _ => Path.GetExtension(nameOrPath).ToLowerInvariant() switch
            {
                ".csv" => Interpolate(ReadCsv(nameOrPath)),
                ".pgm" => Interpolate(ReadImage(nameOrPath)),
                ".png" or ".jpg" or ".jpeg" or ".bmp" or ".ppm" => Interpolate(ReadPicture(nameOrPath)),
                var extension => throw new UsageException($"Source '{nameOrPath}': '{extension}' files are not read here; give a .csv grid or a .png, .jpg, .bmp or .pgm image."),
            },
        };
    }

    /// <summary>The bilinear function through the values of interior nodes.</summary>
    /// <param name="values"><c>[rows, columns]</c>, node <c>(i, j)</c> at <c>((i+1)/(rows+1), (j+1)/(columns+1))</c>.</param>
    public static Func<double, double, double> Interpolate(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (rows, columns) = (values.GetLength(0), values.GetLength(1));
        if (rows == 0 || columns == 0)
        {
            throw new ArgumentException("A source grid must have at least one value.", nameof(values));
        }

        return (x, y) =>
        {
            var (i, a) = Locate(x, rows);
            var (j, b) = Locate(y, columns);
            var (i1, j1) = (Math.Min(i + 1, rows - 1), Math.Min(j + 1, columns - 1));
            return ((1 - a) * Mix(values[i, j], values[i, j1], b)) + (a * Mix(values[i1, j], values[i1, j1], b));
        };

        // A weight of zero must not touch its value: on a node the function is the node's value to the bit.
        static double Mix(double first, double second, double weight) => weight == 0 ? first : ((1 - weight) * first) + (weight * second);

        static (int Index, double Weight) Locate(double coordinate, int count)
        {
            var position = Math.Clamp((coordinate * (count + 1)) - 1, 0, count - 1);
            var nearest = Math.Round(position);
            position = Math.Abs(position - nearest) < 1e-9 ? nearest : position;
            return ((int)position, position - (int)position);
        }
    }

    /// <summary>Reads a grid of numbers: one row a line, separated by commas, semicolons or white space.</summary>
    /// <param name="path">The file to read.</param>
    /// <exception cref="InvalidDataException">A field is no finite number, a row is shorter or longer than the first, or the grid is empty or too large.</exception>
    public static double[,] ReadCsv(string path)
    {
        var rows = new List<double[]>();
        var count = 0;
        foreach (var line in File.ReadLines(path))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var fields = line.Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            var row = new double[fields.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                if (!double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out row[i]) || !double.IsFinite(row[i]))
                {
                    throw new InvalidDataException($"'{path}': row {rows.Count + 1}, column {i + 1} is '{fields[i].Trim()}' where a finite number belongs.");
                }
            }

            if (rows.Count > 0 && row.Length != rows[0].Length)
            {
                throw new InvalidDataException($"'{path}': row {rows.Count + 1} has {row.Length} numbers where the first has {rows[0].Length}.");
            }

            rows.Add(row);
            count += row.Length;
            if (rows.Count > LargestSide || count > LargestCount)
            {
                throw new InvalidDataException($"'{path}': a grid of more than {LargestSide} rows or {LargestCount} numbers is not read here.");
            }
        }

        if (rows.Count == 0)
        {
            throw new InvalidDataException($"'{path}' holds no numbers.");
        }

        var values = new double[rows.Count, rows[0].Length];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = 0; j < rows[0].Length; j++)
            {
                values[i, j] = rows[i][j];
            }
        }

        return values;
    }

    /// <summary>Writes a grid of numbers as CSV, with the digits that read back to the same bits; the file appears whole or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="values">Row <c>i</c> becomes line <c>i</c>.</param>
    public static void WriteCsv(string path, double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            for (var i = 0; i < values.GetLength(0); i++)
            {
                for (var j = 0; j < values.GetLength(1); j++)
                {
                    writer.Write(j == 0 ? "" : ",");
                    writer.Write(values[i, j].ToString("R", CultureInfo.InvariantCulture));
                }

                writer.WriteLine();
            }
        });
    }

    /// <summary>Reads a PNG, JPEG, BMP or PPM picture as a density: its grey, in [0, 1].</summary>
    /// <param name="path">The file to read.</param>
    /// <returns><c>[width, height]</c>, x first, y upwards.</returns>
    /// <exception cref="MediaFormatException">The file is damaged, truncated or too large.</exception>
    public static double[,] ReadPicture(string path)
    {
        var picture = Image.Load(path, new MediaLimits(LargestCount)).ToGrey();
        var values = new double[picture.Width, picture.Height];
        for (var row = 0; row < picture.Height; row++)
        {
            for (var column = 0; column < picture.Width; column++)
            {
                values[column, picture.Height - 1 - row] = (double)picture[column, row, 0] / picture.MaximumSample;
            }
        }

        return values;
    }

    /// <summary>Reads a grey image, plain (P2) or binary (P5), of 8 or 16 bits, as a density.</summary>
    /// <param name="path">The file to read.</param>
    /// <returns><c>[width, height]</c>, in [0, 1], x first, y upwards.</returns>
    /// <exception cref="InvalidDataException">The file is not a PGM image, is truncated, or is too large.</exception>
    public static double[,] ReadImage(string path)
    {
        using var stream = new BufferedStream(File.OpenRead(path));
        var magic = Token();
        if (magic is not ("P2" or "P5"))
        {
            throw new InvalidDataException($"'{path}' begins with '{magic}'; a grey image begins with P2 or P5.");
        }

        var (width, height, maximum) = (Number(LargestSide), Number(LargestSide), Number(65535));
        if (width == 0 || height == 0 || maximum == 0 || (long)width * height > LargestCount)
        {
            throw new InvalidDataException($"'{path}': an image of {width} x {height} pixels with maximum {maximum} is not read here.");
        }

        var values = new double[width, height];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var grey = magic == "P2" ? Number(65535) : maximum < 256 ? Byte() : (Byte() << 8) | Byte();
                values[column, height - 1 - row] = (double)grey / maximum;
            }
        }

        return values;

        int Byte() => stream.ReadByte() is >= 0 and var value ? value : throw new InvalidDataException($"'{path}' ends before its last pixel.");

        int Number(int largest)
        {
            var token = Token();
            return int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= largest
                ? value
                : throw new InvalidDataException($"'{path}' has '{token}' where a number from 0 to {largest} belongs.");
        }

        string Token()
        {
            var token = "";
            while (token.Length < 20)
            {
                var next = stream.ReadByte();
                if (next == '#' && token.Length == 0)
                {
                    while (stream.ReadByte() is not (-1 or '\n'))
                    {
                    }
                }
                else if (next is -1 or ' ' or '\n' or '\r' or '\t')
                {
                    if (token.Length > 0 || next == -1)
                    {
                        break;
                    }
                }
                else
                {
                    token += (char)next;
                }
            }

            return token;
        }
    }
}
