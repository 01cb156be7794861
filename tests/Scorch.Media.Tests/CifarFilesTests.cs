using System.Formats.Tar;
using System.IO.Compression;
using Scorch.Checkpoints;

namespace Scorch.Media.Tests;

/// <summary>CIFAR's file formats against files that Python wrote (oracles/cifar.py).</summary>
public sealed class CifarFilesTests : IDisposable
{
    private static readonly IReadOnlyDictionary<string, Tensor> Expected = Npz.Load(PathOf("expected.npz"));
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-cifar").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("cifar-10-binary.tar.gz")]
    [InlineData("python10-py2.tar.gz")]
    [InlineData("python10-2.tar.gz")]
    [InlineData("python10-4.tar.gz")]
    [InlineData("python10-5.tar.gz")]
    public void CIFAR_10_is_read_in_every_form_packed_and_unpacked(string file)
    {
        Unpack(file);
        foreach (var place in new[] { PathOf(file), folder })
        {
            var data = CifarFiles.Load(place, CifarKind.Cifar10, "train");
            AssertPictures(data, "ten", 4);
            Assert.Equal("airplane", data.Classes[0]);
            Assert.Equal(10, data.Classes.Count);
            Assert.Equal(3, CifarFiles.Load(place, CifarKind.Cifar10, "test").Label(0));
        }
    }

    [Theory]
    [InlineData("cifar-100-binary.tar.gz")]
    [InlineData("python100-py2.tar.gz")]
    [InlineData("python100-2.tar.gz")]
    [InlineData("python100-4.tar.gz")]
    [InlineData("python100-5.tar.gz")]
    public void CIFAR_100_has_fine_and_coarse_classes(string file)
    {
        var (fine, coarse) = (CifarFiles.Load(PathOf(file), CifarKind.Cifar100, "train"), CifarFiles.Load(PathOf(file), CifarKind.Cifar100, "train", coarse: true));
        AssertPictures(fine, "fine", 4);
        AssertPictures(coarse, "coarse", 4);
        Assert.Equal(("fine 99", "coarse 19"), (fine.Classes[99], coarse.Classes[19]));
    }

    [Fact]
    public void Truncated_files_and_wrong_labels_are_refused_by_name()
    {
        Unpack("cifar-10-binary.tar.gz");
        var batch = Path.Combine(folder, "data_batch_2.bin");
        var bytes = File.ReadAllBytes(batch);
        File.WriteAllBytes(batch, bytes[..^1]);
        Assert.Contains("data_batch_2.bin has 6145 bytes", Assert.Throws<InvalidDataException>(Load).Message, StringComparison.Ordinal);
        bytes[0] = 10;
        File.WriteAllBytes(batch, bytes);
        Assert.Contains("label 10", Assert.Throws<InvalidDataException>(Load).Message, StringComparison.Ordinal);
        File.Move(batch, Path.Combine(folder, "data_batch_3.bin"));
        Assert.Contains("data_batch_2.bin is missing", Assert.Throws<FileNotFoundException>(Load).Message, StringComparison.Ordinal);

        LabelledImages Load() => CifarFiles.Load(folder, CifarKind.Cifar10, "train");
    }

    [Fact]
    public void A_truncated_archive_is_refused()
    {
        var bytes = File.ReadAllBytes(PathOf("cifar-10-binary.tar.gz"));
        foreach (var length in new[] { 0, 10, 100, bytes.Length / 2, bytes.Length - 30 })
        {
            File.WriteAllBytes(Path.Combine(folder, "cut.tar.gz"), bytes[..length]);
            Assert.True(Record.Exception(() => CifarFiles.Load(Path.Combine(folder, "cut.tar.gz"), CifarKind.Cifar10, "train")) is InvalidDataException or FileNotFoundException);
        }
    }

    [Fact]
    public void A_folder_without_the_files_says_what_is_missing() =>
        Assert.Contains("unpack cifar-100-binary.tar.gz or cifar-100-python.tar.gz", Assert.Throws<FileNotFoundException>(() => CifarFiles.Load(folder, CifarKind.Cifar100, "test")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("hostile.pkl", "print")]
    [InlineData("objects.pkl", "type")]
    [InlineData("big-endian.pkl", "big-endian")]
    public void Pickles_that_ask_for_more_than_plain_arrays_are_refused(string file, string reason) =>
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => PickleFile.Load(PathOf(file))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pickle_cut_anywhere_is_refused()
    {
        Unpack("python10-4.tar.gz");
        var bytes = File.ReadAllBytes(Path.Combine(folder, "batches.meta"));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            using var stream = new MemoryStream(bytes[..length]);
            Assert.Throws<CheckpointException>(() => PickleFile.Read(stream, "cut"));
        }
    }

    [Fact]
    public void Arrays_of_all_plain_types_keep_their_values()
    {
        var value = Assert.IsAssignableFrom<IReadOnlyDictionary<object, object?>>(PickleFile.Load(PathOf("types.pkl")));
        foreach (var (name, type) in new[] { ("?", DataType.Bool), ("u1", DataType.UInt8), ("i1", DataType.Int8), ("i2", DataType.Int16), ("i4", DataType.Int32), ("i8", DataType.Int64), ("f4", DataType.Float32), ("f8", DataType.Float64) })
        {
            var array = Assert.IsType<Tensor>(value[name]);
            Assert.Equal(type, array.DataType);
            Assert.Equal([1.0, 0, 1, 1], array.To(DataType.Float64).ToArray<double>());
        }
        Assert.Equal(7L, value["scalar"]);
        Assert.Equal(0.5, value["real"]);
    }

    private static void AssertPictures(LabelledImages data, string labels, int count)
    {
        var (pixels, expected) = (Expected["pixels"].ToArray<byte>(), Expected[labels].ToArray<long>());
        Assert.Equal((count, 3, 32, 32), (data.Count, data.Channels, data.Height, data.Width));
        for (var n = 0; n < count; n++)
        {
            var (image, label, _) = data[n];
            Assert.Equal(expected[n], label);
            for (var i = 0; i < 1024; i++)
                for (var c = 0; c < 3; c++) Assert.Equal(pixels[(n * 3072) + (c * 1024) + i], image.Bytes[(3 * i) + c]);
        }
    }

    private void Unpack(string file)
    {
        using var stream = new GZipStream(File.OpenRead(PathOf(file)), CompressionMode.Decompress);
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry) entry.ExtractToFile(Path.Combine(folder, Path.GetFileName(entry.Name)), overwrite: true);
    }

    private static string PathOf(string file) => Path.Combine(Oracle.PathOf(".."), "cifar", file);
}
