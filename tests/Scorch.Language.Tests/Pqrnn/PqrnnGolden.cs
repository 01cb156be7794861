using System.IO.Compression;
using Scorch.Checkpoints;
using Scorch.Language.Tests.SwitchTransformers;

namespace Scorch.Language.Tests.Slu;

/// <summary>Reference values under tests/oracles/pqrnn, whose README says what made them.</summary>
internal sealed class PqrnnGolden(string file)
{
    private readonly string path = SwitchGolden.PathOf("pqrnn/" + file);

    /// <summary>An array of any type that the engine has.</summary>
    public Tensor this[string name]
    {
        get
        {
            using var stream = new MemoryStream(Entry(name));
            var file = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(file, stream.ToArray());
                return Npz.LoadArray(file);
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    public double[] Values(string name) => this[name].To(DataType.Float64).ToArray<double>();

    public double Number(string name) => Values(name)[0];

    /// <summary>Unsigned 64-bit numbers, which the engine has not: 8 bytes each behind the header of an .npy file of version 1.</summary>
    public ulong[] Codes(string name)
    {
        var bytes = Entry(name);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        return [.. Enumerable.Range(0, (bytes.Length - start) / 8).Select(i => BitConverter.ToUInt64(bytes, start + (8 * i)))];
    }

    private byte[] Entry(string name)
    {
        using var zip = ZipFile.OpenRead(path);
        using var stream = zip.GetEntry(name + ".npy")!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
