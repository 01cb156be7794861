using System.IO.Compression;
using System.Numerics;
using System.Text;
using Scorch.Checkpoints;
using Scorch.Modules;

namespace Scorch.Tests.Checkpoints;

public class PyTorchFileTests
{
    [Theory]
    [InlineData("state.pth", "state.npz")]
    [InlineData("state-legacy.pth", "state.npz")]
    [InlineData("mixed.pth", "mixed.npz")]
    [InlineData("mixed-legacy.pth", "mixed.npz")]
    public void Tensors_that_torch_saved_are_read_bit_for_bit(string file, string expected)
    {
        var tensors = PyTorchFile.Load(RepositoryFiles.Oracle($"checkpoints/{file}"));
        // .npz has no bfloat16; its values are compared as float32, which holds them exactly.
        var comparable = tensors.ToDictionary(entry => entry.Key, entry => entry.Value.DataType == DataType.BFloat16 ? entry.Value.To(DataType.Float32) : entry.Value);
        TensorAssert.SameBits(Npz.Load(RepositoryFiles.Oracle($"checkpoints/{expected}")), comparable);
    }

    [Theory]
    [InlineData("mixed.pth")]
    [InlineData("mixed-legacy.pth")]
    public void Views_share_their_storage_and_keep_their_strides(string file)
    {
        var tensors = PyTorchFile.Load(RepositoryFiles.Oracle($"checkpoints/{file}"));
        Assert.Same(tensors["views.whole"].Storage, tensors["views.transposed"].Storage);
        Assert.False(tensors["views.transposed"].IsContiguous);
        tensors["views.whole"][21] = Tensor.Scalar(100);
        Assert.Equal(100, tensors["views.offset"][1].Item());
        Assert.Equal(100, tensors["views.transposed"][1, 2, 1].Item());
        Assert.Equal(DataType.BFloat16, tensors["bfloat16"].DataType);
    }

    [Fact]
    public void Plain_values_are_read_in_their_order()
    {
        var value = Assert.IsAssignableFrom<IReadOnlyDictionary<object, object?>>(PyTorchFile.LoadValue(RepositoryFiles.Oracle("checkpoints/plain.pth")));
        Assert.Equal(["epoch", "big", "negative", "rate", "name", "nothing", "yes", "bytes_count", "size", "type", 7L, "set"], value.Keys);
        Assert.Equal(3L, value["epoch"]);
        Assert.Equal(BigInteger.Pow(2, 80), value["big"]);
        Assert.Equal(-5L, value["negative"]);
        Assert.Equal(0.125, value["rate"]);
        Assert.Equal("läufer", value["name"]);
        Assert.Null(value["nothing"]);
        Assert.Equal(true, value["yes"]);
        Assert.Equal(DataType.Float16, value["type"]);
        Assert.Equal([2L, 3L], Assert.IsAssignableFrom<IReadOnlyList<object?>>(value["size"]));
    }

    [Fact]
    public void A_state_dictionary_loads_into_the_same_network()
    {
        var random = new RandomSource(0);
        var network = new Sequential(
            Convolution.Image(2, 3, 3, random), new BatchNorm(3), new Function(x => x.Flatten(1)), new Linear(12, 4, random));
        network.LoadState(PyTorchFile.Load(RepositoryFiles.Oracle("checkpoints/state.pth")));
        Assert.Equal(Npz.Load(RepositoryFiles.Oracle("checkpoints/state.npz"))["3.bias"].ToArray<float>(), network.State()["3.bias"].ToArray<float>());
    }

    [Theory]
    [InlineData("runs.pth")]
    [InlineData("runs-legacy.pth")]
    [InlineData("runs.pkl")]
    public void A_pickle_that_calls_a_function_is_refused_by_its_name_and_runs_nothing(string file)
    {
        var error = Assert.Throws<CheckpointException>(() => PyTorchFile.Load(RepositoryFiles.Oracle($"checkpoints/{file}")));
        Assert.Contains("posix.system", error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("executed.txt"));
    }

    [Theory]
    [InlineData("cbuiltins\neval\n", "builtins.eval")]
    [InlineData("cposix\nsystem\n", "posix.system")]
    [InlineData("ctorch\nload\n", "torch.load")]
    [InlineData("ccollections\nOrderedDict\n)\u0081", "NEWOBJ")]
    [InlineData("(i__main__\nx\n", "INST")]
    [InlineData("(o", "OBJ")]
    [InlineData("P1\n", "PERSID")]
    [InlineData("\u0082\u0001", "EXT1")]
    [InlineData("\u00ff", "0xFF")]
    [InlineData("}}b", "sets attributes of a dictionary")]
    [InlineData("K\u0001)R", "calls a number")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R", "arguments it does not take")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\nNK\u0001))t\u0085R", "mark that was never set")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0010", "bytes")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff", "bytes")]
    [InlineData("B\u00ff\u00ff\u00ff\u007f", "bytes")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f", "whole number")]
    [InlineData("h\u0005", "never stored")]
    [InlineData("0", "empty stack")]
    [InlineData("(0", "empty stack")]
    [InlineData("]", "empty stack|ends early")]
    [InlineData("}]Ns", "key is a list")]
    [InlineData("}(K\u0001u", "without a value")]
    [InlineData("Na", "empty stack|appends")]
    public void Any_other_operation_or_name_is_refused_by_name_with_bounded_memory(string pickle, string what)
    {
        var bytes = new List<byte> { 0x80, 2 };
        bytes.AddRange(Encoding.Latin1.GetBytes(pickle));
        if (!pickle.EndsWith(']')) bytes.Add((byte)'.');
        foreach (var isArchive in new[] { true, false })
        {
            var message = Refused(isArchive ? Archive([.. bytes]) : [.. bytes]).Message;
            Assert.True(what.Split('|').Any(part => message.Contains(part, StringComparison.Ordinal)), message);
        }
    }

    [Theory]
    // count, offset, sizes, strides
    [InlineData(2, 0, "2147483647 2147483647", "0 0", "impossible")]
    [InlineData(2, 0, "3", "1", "reaches outside")]
    [InlineData(2, 1, "2", "1", "reaches outside")]
    [InlineData(2, -1, "1", "1", "reaches outside")]
    [InlineData(2, 0, "2", "2147483647", "reaches outside")]
    [InlineData(2, 0, "-1", "1", "impossible")]
    [InlineData(2, 0, "1", "-1", "impossible")]
    [InlineData(2, 0, "2", "1 1", "sizes and")]
    [InlineData(2, 0, "2147483647 1000", "0 0", "impossible or above the limit")]
    [InlineData(2, 2147483647, "0", "1", "reaches outside")]
    [InlineData(3, 0, "3", "1", "has 8 bytes")]
    [InlineData(2147483647, 0, "2", "1", "more than the file can hold")]
    [InlineData(-1, 0, "2", "1", "more than the file can hold")]
    public void A_tensor_that_reaches_outside_its_storage_is_refused_with_bounded_memory(int count, int offset, string sizes, string strides, string what)
    {
        var pickle = new MemoryStream();
        void Put(string text) => pickle.Write(Encoding.Latin1.GetBytes(text));
        void Number(int value)
        {
            Put("J");
            pickle.Write(BitConverter.GetBytes(value));
        }
        void Tuple(string numbers)
        {
            Put("(");
            foreach (var number in numbers.Split(' ')) Number(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
            Put("t");
        }
        Put("\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpu");
        Number(count);
        Put("tQ");
        Number(offset);
        Tuple(sizes);
        Tuple(strides);
        Put("\u0089ccollections\nOrderedDict\n)RtR.");
        Assert.Contains(what, Refused(Archive(pickle.ToArray(), ("data/0", new byte[8]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_that_repeat_each_other_are_refused_with_bounded_memory()
    {
        // Sixty lists, each of which holds the one before twice: 2^60 entries if they were copied out.
        var pickle = new StringBuilder("\u0080\u0002]q\u0000");
        for (var i = 1; i < 60; i++) pickle.Append("](h").Append((char)(i - 1)).Append('h').Append((char)(i - 1)).Append("eq").Append((char)i);
        Assert.Contains("repeat", Refused(Archive(Encoding.Latin1.GetBytes(pickle + "."))).Message, StringComparison.Ordinal);
        // A list that holds itself, and a hundred thousand lists inside each other.
        Assert.Contains("nested", Refused(Archive(Encoding.Latin1.GetBytes("\u0080\u0002]q\u0000h\u0000a."))).Message, StringComparison.Ordinal);
        Assert.Contains("nested", Refused(Archive(Encoding.Latin1.GetBytes("\u0080\u0002" + new string(']', 100_000) + new string('a', 99_999) + "."))).Message, StringComparison.Ordinal);
        Assert.Contains("operations", Refused(Archive(Encoding.Latin1.GetBytes("\u0080\u0002" + string.Concat(Enumerable.Repeat("N0", 2_000_001)) + "N."))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_entry_is_refused_before_it_swells()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var pickle = archive.CreateEntry("a/data.pkl", CompressionLevel.NoCompression).Open()) pickle.Write("\u0080\u0002N."u8);
            using var bomb = archive.CreateEntry("a/data/0", CompressionLevel.SmallestSize).Open();
            for (var i = 0; i < 64; i++) bomb.Write(new byte[1 << 20]);
        }
        Assert.Contains("compressed", Refused(file.ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mixed.pth")]
    [InlineData("mixed-legacy.pth")]
    public void A_truncated_or_changed_file_loads_or_is_refused_but_never_fails_otherwise(string name)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(RepositoryFiles.Oracle($"checkpoints/{name}"));
        for (var length = 0; length < whole.Length; length += 61) Refused(whole[..length]);
        var random = new Random(5);
        for (var trial = 0; trial < 400; trial++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder["a"], bytes);
            var error = Record.Exception(() => PyTorchFile.Load(folder["a"]));
            Assert.True(error is null or CheckpointException, $"trial {trial}: {error}");
        }
    }

    private static byte[] Archive(byte[] pickle, params (string Name, byte[] Bytes)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in entries.Prepend(("data.pkl", pickle)))
                using (var stream = archive.CreateEntry("a/" + name, CompressionLevel.NoCompression).Open()) stream.Write(bytes);
        return file.ToArray();
    }

    private static CheckpointException Refused(byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.pth"], file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => { PyTorchFile.Load(folder["a.pth"]); });
        Assert.Contains("a.pth", error.Message, StringComparison.Ordinal);
        // Four million operations may hold a few dozen bytes each; what the file asks for is never taken.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 20);
        return error;
    }
}
