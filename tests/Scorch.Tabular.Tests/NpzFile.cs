using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Scorch.Tabular.Tests;

/// <summary>Reads NumPy archives of little-endian numbers (format versions 1 and 2) as doubles.</summary>
internal sealed class NpzFile : IDisposable
{
    private readonly ZipArchive archive;

    private NpzFile(ZipArchive archive) => this.archive = archive;

    public static NpzFile Open(string path) => new(ZipFile.OpenRead(path));

    /// <summary>The file of golden values at a path below tests/oracles.</summary>
    public static NpzFile Oracle(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scorch.slnx")))
            folder = folder.Parent;
        return Open(Path.Combine(folder!.FullName, "tests", "oracles", path));
    }

    public bool Contains(string name) => archive.GetEntry(name + ".npy") is not null;

    public (int[] Shape, double[] Values) Read(string name)
    {
        using var stream = archive.GetEntry(name + ".npy")!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        var (start, length) = bytes[6] == 1 ? (10, BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])) : (12, (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        var header = Encoding.ASCII.GetString(bytes.Slice(start, length));
        var type = Regex.Match(header, "'descr': '([^']+)'").Groups[1].Value;
        var columnMajor = header.Contains("'fortran_order': True", StringComparison.Ordinal);
        int[] shape = [.. Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        var data = bytes[(start + length)..];
        var values = new double[shape.Aggregate(1, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = type switch
            {
                "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]),
                "<i8" => BinaryPrimitives.ReadInt64LittleEndian(data[(8 * i)..]),
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(data[(4 * i)..]),
                "<i4" => BinaryPrimitives.ReadInt32LittleEndian(data[(4 * i)..]),
                "|b1" => data[i],
                _ => throw new NotSupportedException($"{name} has type {type}"),
            };
        if (columnMajor && shape.Length == 2)
        {
            var rows = new double[values.Length];
            for (var i = 0; i < shape[0]; i++)
                for (var j = 0; j < shape[1]; j++)
                    rows[i * shape[1] + j] = values[j * shape[0] + i];
            values = rows;
        }
        else if (columnMajor && shape.Length > 2)
            throw new NotSupportedException($"{name} is column-major with {shape.Length} dimensions");
        return (shape, values);
    }

    public double[] Values(string name) => Read(name).Values;

    public double[] Column(string name, int column)
    {
        var (shape, values) = Read(name);
        return [.. Enumerable.Range(0, shape[0]).Select(row => values[row * shape[1] + column])];
    }

    public void Dispose() => archive.Dispose();
}
