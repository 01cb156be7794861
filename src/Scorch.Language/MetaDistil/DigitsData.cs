using System.Globalization;
using System.IO.Compression;
using Scorch.Data;

namespace Scorch.Language.MetaDistil;

/// <summary>Handwritten digits of 8x8 pixels (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0): 1,797 pictures, as scikit-learn ships them.</summary>
public static class DigitsData
{
    internal const string Name = "digits", File = "digits.csv.gz";

    private const int Pixels = 64, Brightest = 16, Classes = 10, MostRows = 10_000;

    /// <summary>The set that ships inside this library.</summary>
    /// <returns>Pixels in 0 … 1, float32 [1797, 64], and digits, int64 [1797].</returns>
    public static TensorDataSet Load()
    {
        using var stream = Open();
        return Read(stream, File);
    }

    /// <summary>Reads the file as scikit-learn ships it, gzip-compressed: 64 numbers from 0 to 16 and the digit a line.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It holds something else; the line is named.</exception>
    public static TensorDataSet Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = System.IO.File.OpenRead(path);
        return Read(stream, path);
    }

    internal static Stream Open() => typeof(DigitsData).Assembly.GetManifestResourceStream(File) ?? throw new InvalidOperationException($"The resource {File} is missing from the assembly.");

    private static TensorDataSet Read(Stream packed, string name)
    {
        using var expanded = new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(expanded);
        var (pixels, labels) = (new List<float>(), new List<long>());
        while (reader.ReadLine() is { } line)
        {
            if (labels.Count == MostRows) throw new InvalidDataException($"{name}: more than {MostRows} lines; it is something else than the digits.");
            var fields = line.Split(',');
            var numbers = new double[fields.Length];
            for (var i = 0; i < fields.Length; i++)
                if (!double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) numbers[i] = double.NaN;
            if (numbers.Length != Pixels + 1 || numbers[..Pixels].Any(value => !(value is >= 0 and <= Brightest)) || !(numbers[Pixels] is >= 0 and < Classes) || numbers[Pixels] != Math.Floor(numbers[Pixels]))
                throw new InvalidDataException($"{name}, line {labels.Count + 1}: {Pixels} numbers from 0 to {Brightest} and a digit are needed.");
            pixels.AddRange(numbers[..Pixels].Select(value => (float)(value / Brightest)));
            labels.Add((long)numbers[Pixels]);
        }
        return labels.Count > 0
            ? new(Tensor.From(pixels.ToArray(), [labels.Count, Pixels]), Tensor.From(labels.ToArray()))
            : throw new InvalidDataException($"{name}: no line; get the file again.");
    }
}
