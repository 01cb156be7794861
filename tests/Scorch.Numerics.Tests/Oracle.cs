using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Scorch.Testing;

/// <summary>Golden values from tests/oracles: float64 and int64 arrays of an npz file.</summary>
internal sealed class Oracle
{
    private readonly Dictionary<string, (int[] Shape, double[] Values)> arrays = [];

    public Oracle(string paper, string file)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(RepositoryRoot(), "tests", "oracles", paper, file));
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            arrays[entry.FullName[..^".npy".Length]] = Parse(memory.ToArray());
        }
    }

    public IEnumerable<string> Names => arrays.Keys;

    public int[] Shape(string name) => arrays[name].Shape;

    public double[] Vector(string name) => arrays[name].Values;

    public double Scalar(string name) => Assert.Single(arrays[name].Values);

    public double[,] Matrix(string name)
    {
        var (shape, values) = arrays[name];
        var matrix = new double[shape[0], shape[1]];
        Buffer.BlockCopy(values, 0, matrix, 0, values.Length * sizeof(double));
        return matrix;
    }

    public static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Scorch.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }

    /// <summary>Every difference is at most tolerance times the larger of 1 and the largest expected magnitude.</summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = 1.0;
        foreach (var value in expected)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"Index {i}: expected {expected[i]:R}, got {actual[i]:R}.");
        }
    }

    public static void Close(double[,] expected, double[,] actual, double tolerance) => Close(Flat(expected), Flat(actual), tolerance);

    public static double[] Flat(double[,] values)
    {
        var flat = new double[values.Length];
        Buffer.BlockCopy(values, 0, flat, 0, flat.Length * sizeof(double));
        return flat;
    }

    private static (int[] Shape, double[] Values) Parse(byte[] bytes)
    {
        var length = bytes[6] == 1 ? BitConverter.ToUInt16(bytes, 8) : BitConverter.ToInt32(bytes, 8);
        var start = bytes[6] == 1 ? 10 : 12;
        var header = Encoding.Latin1.GetString(bytes, start, length);
        Assert.Contains("'fortran_order': False", header);
        var shape = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse).ToArray();
        var data = bytes.AsSpan(start + length);
        return header.Contains("'<f8'")
            ? (shape, MemoryMarshal.Cast<byte, double>(data).ToArray())
            : (shape, Array.ConvertAll(MemoryMarshal.Cast<byte, long>(data).ToArray(), value => (double)value));
    }
}
