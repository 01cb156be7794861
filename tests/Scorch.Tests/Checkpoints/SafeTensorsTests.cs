using System.Text;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Modules;

namespace Scorch.Tests.Checkpoints;

public partial class SafeTensorsTests
{
    [Fact]
    public void Every_element_type_of_the_format_is_read_as_recorded()
    {
        var tensors = SafeTensors.Load(RepositoryFiles.Oracle("checkpoints/types.safetensors"));
        var expected = Npz.Load(RepositoryFiles.Oracle("checkpoints/types.npz"));
        Assert.Equal(expected.Keys.Order(), tensors.Keys.Order());
        // .npz has no bfloat16, and NaN payloads may differ, so values are compared as text.
        foreach (var (name, values) in expected)
        {
            Assert.Equal(values.Shape, tensors[name].Shape);
            Assert.Equal(values.ElementCount == 0 ? [] : Texts(values), Texts(tensors[name]));
        }
        Assert.Equal(DataType.BFloat16, tensors["bf16"].DataType);
        Assert.Equal(DataType.Int32, tensors["u16"].DataType);
        Assert.Equal(DataType.Int64, tensors["u64"].DataType);
        Assert.Equal("läufer 🐎", SafeTensors.LoadMetadata(RepositoryFiles.Oracle("checkpoints/types.safetensors"))["note"]);

        static string[] Texts(Tensor tensor) => tensor.DataType.IsInteger()
            ? [.. tensor.To(DataType.Int64).ToArray<long>().Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture))]
            : [.. tensor.To(DataType.Complex128).ToArray<System.Numerics.Complex>().Select(value => $"{value.Real:R} {value.Imaginary:R}")];
    }

    [Fact]
    public void What_is_saved_loads_with_the_same_bits_from_one_file_and_from_shards()
    {
        using var folder = new TemporaryFolder();
        var tensors = Samples();
        SafeTensors.Save(folder["a.safetensors"], tensors, new Dictionary<string, string> { ["k"] = "\"v\"" });
        TensorAssert.SameBits(tensors, SafeTensors.Load(folder["a.safetensors"]));
        Assert.Equal("\"v\"", SafeTensors.LoadMetadata(folder["a.safetensors"])["k"]);

        var index = SafeTensors.SaveSharded(folder.Path, "model", tensors, shardBytes: 100);
        Assert.EndsWith(SafeTensors.IndexSuffix, index);
        Assert.True(Directory.GetFiles(folder.Path, "model-*-of-*.safetensors").Length > 2);
        TensorAssert.SameBits(tensors, SafeTensors.Load(index));

        var single = SafeTensors.SaveSharded(folder.Path, "model", tensors);
        Assert.Equal(["a.safetensors", "model.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        TensorAssert.SameBits(tensors, SafeTensors.Load(single));
    }

    [Fact]
    public void Data_begins_at_a_multiple_of_eight_and_every_tensor_at_a_multiple_of_its_width()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Save(folder["a"], Samples());
        using var stream = File.OpenRead(folder["a"]);
        var header = SafeTensorsHeader.Read(stream, "a");
        Assert.Equal(0, header.DataStart % 8);
        foreach (var entry in header.Entries) Assert.Equal(0, entry.Start % Math.Min(8, SafeTensorsCodes.Width(entry.Code)));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,0],"data_offsets":[0,0]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1152921504606846976]}}""", "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[250000000],"data_offsets":[0,1000000000]}}""", "the file holds 16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}""", "inside the tensor before")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "the file holds 16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}""", "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}}""", "offsets are")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}""", "offsets are")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4.5],"data_offsets":[0,16]}}""", "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "appears twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "repeated field")]
    [InlineData("""{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,16]}}""", "type F4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}} x""", "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}""", "not the JSON")]
    [InlineData("""{"a":{"dtype":{"b":{"c":{"d":{"e":1}}}}}}""", "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[[4]]]]]]],"data_offsets":[0,16]}}""", "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}}""", "not a list")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,16]}}""", "lacks dtype")]
    [InlineData("""{"a":7}""", "is not an object")]
    [InlineData("""{"__metadata__":{"k":7},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "is not text")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[16],"data_offsets":[0,16]}}""", "truth value")]
    [InlineData("""{"a":{"dtype":"U64","shape":[2],"data_offsets":[0,16]}}""", "above the largest int64")]
    [InlineData("[1]", "does not begin")]
    public void A_hostile_header_is_refused_with_bounded_memory(string header, string what)
    {
        var error = Refused(HeaderFile(header, null));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("a.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 60)]
    [InlineData(-1L)]
    [InlineData(1L << 31)]
    [InlineData(100_000_001L)]
    [InlineData(99_999_999L)]
    public void A_header_that_claims_more_than_the_file_is_refused_with_bounded_memory(long length) =>
        Assert.Contains("the header claims", Refused(HeaderFile("{}", length)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_truncated_file_is_refused_at_every_length()
    {
        var whole = File.ReadAllBytes(RepositoryFiles.Oracle("checkpoints/types.safetensors"));
        for (var length = 0; length < whole.Length; length += 7) Refused(whole[..length]);
        Refused([.. whole, 0]);
    }

    [Fact]
    public void A_file_with_changed_bytes_loads_or_is_refused_but_never_fails_otherwise()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(RepositoryFiles.Oracle("checkpoints/types.safetensors"));
        var random = new Random(5);
        var refused = 0;
        for (var trial = 0; trial < 400; trial++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = 0; i < 3; i++) bytes[random.Next(1400)] = (byte)random.Next(256);
            File.WriteAllBytes(folder["a"], bytes);
            try
            {
                SafeTensors.Load(folder["a"]);
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }
        Assert.True(refused > 200, $"only {refused} of 400 were refused");
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../a.safetensors"}}""", "shard name")]
    [InlineData("""{"weight_map":{"a":"/etc/a.safetensors"}}""", "shard name")]
    [InlineData("""{"weight_map":{"a":"b.safetensors"}}""", "is missing")]
    [InlineData("""{"weight_map":{"z":"a.safetensors"}}""", "promises tensor z")]
    [InlineData("""{"weight_map":{"a":"a.safetensors","a":"a.safetensors"}}""", "appears twice")]
    [InlineData("""{"weight_map":7}""", "not the index")]
    [InlineData("{}", "not the index")]
    public void A_hostile_index_is_refused(string index, string what)
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Save(folder["a.safetensors"], new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([2]) });
        File.WriteAllText(folder["m.safetensors.index.json"], index);
        Assert.Contains(what, Assert.Throws<CheckpointException>(() => SafeTensors.Load(folder["m.safetensors.index.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "old");
        Assert.Throws<ArgumentException>(() => SafeTensors.Save(folder["a"], [new("x", Tensor.Ones([2], DataType.Complex128))]));
        Assert.Throws<IOException>(() => AtomicFile.WriteAll([(folder["a"], stream => stream.WriteByte(1)), (folder["b"], _ => throw new IOException("full"))]));
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_limit_on_bytes_is_kept()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Save(folder["a"], new Dictionary<string, Tensor> { ["x"] = Tensor.Ones([100]) });
        Assert.Throws<CheckpointException>(() => SafeTensors.Load(folder["a"], maximumBytes: 399));
        Assert.Single(SafeTensors.Load(folder["a"], maximumBytes: 400));
    }

    [Fact]
    public void A_model_folder_saves_and_loads_in_one_call()
    {
        using var folder = new TemporaryFolder();
        var config = new NetworkConfig(5, 3, 7);
        var network = Build(config);
        foreach (var shardBytes in new[] { 60, long.MaxValue, 60 })
        {
            ModelFolder.Save(folder.Path, config, NetworkJson.Default.NetworkConfig, network, shardBytes);
            var loaded = ModelFolder.Load(folder.Path, NetworkJson.Default.NetworkConfig, read => Build(read with { Seed = 99 }));
            TensorAssert.SameBits(network.State(), loaded.State());
            Assert.Equal(config, ModelFolder.LoadConfig(folder.Path, NetworkJson.Default.NetworkConfig));
        }
    }

    [Fact]
    public void A_model_folder_that_does_not_fit_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var empty = Assert.Throws<CheckpointException>(() => ModelFolder.Load(folder.Path, NetworkJson.Default.NetworkConfig, Build));
        Assert.Contains("config.json", empty.Message, StringComparison.Ordinal);
        ModelFolder.Save(folder.Path, new NetworkConfig(5, 3, 7), NetworkJson.Default.NetworkConfig, Build(new(5, 4, 7)));
        Assert.Contains("0.weight", Assert.Throws<CheckpointException>(() => ModelFolder.Load(folder.Path, NetworkJson.Default.NetworkConfig, Build)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["config.json"], "{\"Inputs\": \"many\"}");
        Assert.Contains("NetworkConfig", Assert.Throws<CheckpointException>(() => ModelFolder.Load(folder.Path, NetworkJson.Default.NetworkConfig, Build)).Message, StringComparison.Ordinal);
    }

    private static Sequential Build(NetworkConfig config)
    {
        var random = new RandomSource(config.Seed);
        return new(new Linear(config.Inputs, config.Hidden, random), new Function(x => x.Tanh()), new BatchNorm(config.Hidden), new Linear(config.Hidden, 2, random));
    }

    private static Dictionary<string, Tensor> Samples()
    {
        var random = new RandomSource(1);
        var result = new Dictionary<string, Tensor> { ["scalar"] = Tensor.Scalar(2.5), ["empty"] = Tensor.Zeros([0, 3]), ["view"] = random.Normal([4, 6]).T[1..3], ["naïve \"name\""] = Tensor.Ones([1]) };
        foreach (var type in Enum.GetValues<DataType>())
            if (type != DataType.Complex128) result[type.ToString()] = random.Integers([3, 5], 0, 2).To(type);
        return result;
    }

    private static byte[] HeaderFile(string header, long? length)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes(length ?? text.Length), .. text, .. Enumerable.Repeat((byte)255, 16)];
    }

    private static CheckpointException Refused(byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.safetensors"], file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var native = MemoryPool.LiveBytes;
        var error = Assert.Throws<CheckpointException>(() => SafeTensors.Load(folder["a.safetensors"]));
        // A read buffer of a few MiB at most; nothing of what the header asked for.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.InRange(MemoryPool.LiveBytes - native, long.MinValue, 256 << 20);
        return error;
    }

    internal sealed record NetworkConfig(int Inputs, int Hidden, long Seed);

    [JsonSerializable(typeof(NetworkConfig))]
    internal sealed partial class NetworkJson : JsonSerializerContext;
}
