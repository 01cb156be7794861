namespace Scorch.Checkpoints;

/// <summary>A storage that a pickle names: bytes that its tensors share, read as one element type.</summary>
/// <param name="Values">All its elements in a row.</param>
internal sealed record PyTorchStorage(Tensor Values);

/// <summary>The names that a PyTorch pickle may use, and the storages it refers to.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="budget">The most bytes that all storages together may take: what the file can hold.</param>
/// <param name="maximumBytes">The most bytes that one tensor may have, counted as if it did not share elements with itself.</param>
internal abstract class PyTorchStorages(string file, long budget, long maximumBytes)
{
    private const int MaximumRank = 64;

    private long allowance = budget;

    protected string FileName => file;

    protected Dictionary<string, PyTorchStorage> ByKey { get; } = [];

    /// <summary>The allowlist. A name that is not on it is null, which refuses the file.</summary>
    public PickleGlobal? Find(string name)
    {
        if (StorageType(name) is not null) return new(name, null);
        if (DataTypeOf(name) is { } type) return new(name, null, type);
        return name switch
        {
            "collections.OrderedDict" => new(name, arguments => Ordered(arguments)),
            "torch._utils._rebuild_tensor_v2" => new(name, arguments => Rebuild(
                (PyTorchStorage)arguments[0]!, (long)arguments[1]!, (object?[])arguments[2]!, (object?[])arguments[3]!)),
            "torch._utils._rebuild_parameter" => new(name, arguments => (Tensor)arguments[0]!),
            "torch.Size" => new(name, arguments => (object?[])arguments[0]!),
            "torch.device" => new(name, arguments => string.Join(':', arguments)),
            "__builtin__.set" or "builtins.set" => new(name, arguments => (List<object?>)arguments[0]!),
            "__builtin__.complex" or "builtins.complex" => new(name, arguments => new System.Numerics.Complex((double)arguments[0]!, (double)arguments[1]!)),
            _ => null,
        };
    }

    /// <summary>The storage that a persistent identifier names: ('storage', type, key, location, count, …).</summary>
    public object? Load(object? identifier)
    {
        if (identifier is not object?[] parts || parts is not ["storage", PickleGlobal type, string key, _, long count, ..] || StorageType(type.Name) is not { } dataType)
            throw Refuse("a storage is named in a way that is not read");
        if (ByKey.TryGetValue(key, out var known))
        {
            if (known.Values.DataType != dataType || known.Values.ElementCount != count) throw Refuse($"storage {Short(key)} is named with two types or sizes");
            return Viewed(known, parts);
        }
        if (count < 0 || count > int.MaxValue || count * dataType.Size() > allowance)
            throw Refuse($"storage {Short(key)} asks for {count} elements of {dataType}, more than the file can hold");
        allowance -= count * dataType.Size();
        var storage = Open(key, dataType, (int)count);
        ByKey.Add(key, storage);
        return Viewed(storage, parts);
    }

    /// <summary>Allocates a storage whose size was checked, and reads it where its bytes are at hand.</summary>
    protected abstract PyTorchStorage Open(string key, DataType dataType, int count);

    protected CheckpointException Refuse(string what) => new($"{file}: {what}. The file is damaged or hostile; get it again from a source you trust.");

    protected static string Short(string key) => key.Length <= 40 ? key : key[..40] + "…";

    private PyTorchStorage Viewed(PyTorchStorage storage, object?[] parts)
    {
        if (parts.Length <= 5 || parts[5] is null) return storage;
        if (parts[5] is not object?[] view || view is not [_, long offset, long count] || offset < 0 || count < 0 || offset > storage.Values.ElementCount - count)
            throw Refuse("a view of a storage lies outside it");
        return new(storage.Values.Narrow(0, (int)offset, (int)count));
    }

    private static PickleDictionary Ordered(object?[] arguments)
    {
        var result = new PickleDictionary(true);
        if (arguments.Length == 0) return result;
        // Python 2 wrote OrderedDict([[key, value], …]).
        foreach (var pair in (List<object?>)arguments[0]!)
        {
            var items = pair as IList<object?> ?? throw new InvalidCastException();
            if (items.Count != 2 || items[0] is not (string or long or double or bool)) throw new InvalidCastException();
            result[items[0]!] = items[1];
        }
        return result;
    }

    private Tensor Rebuild(PyTorchStorage storage, long offset, object?[] sizes, object?[] strides)
    {
        if (sizes.Length != strides.Length || sizes.Length > MaximumRank) throw Refuse($"a tensor has {sizes.Length} sizes and {strides.Length} strides");
        var shape = new int[sizes.Length];
        var steps = new long[sizes.Length];
        var values = storage.Values;
        long count = 1;
        var last = offset;
        for (var d = 0; d < shape.Length; d++)
        {
            var (size, stride) = ((long)sizes[d]!, (long)strides[d]!);
            if (size is < 0 or > int.MaxValue || stride is < 0 or > int.MaxValue || count > maximumBytes / values.DataType.Size() / Math.Max(size, 1))
                throw Refuse($"a tensor of sizes [{string.Join(", ", sizes)}] and strides [{string.Join(", ", strides)}] is impossible or above the limit of {maximumBytes} bytes");
            (shape[d], steps[d]) = ((int)size, stride);
            count *= Math.Max(size, 1);
            last += Math.Max(size - 1, 0) * stride;
            if (last > values.ElementCount) break;
        }
        var isEmpty = Array.IndexOf(shape, 0) >= 0;
        if (offset < 0 || (isEmpty ? offset > values.ElementCount : last < 0 || last >= values.ElementCount))
            throw Refuse($"a tensor of sizes [{string.Join(", ", sizes)}], strides [{string.Join(", ", strides)}] and offset {offset} reaches outside its storage of {values.ElementCount} elements");
        return new(values.Storage, values.Offset + offset, Shape.Wrap(shape), steps, values.DataType);
    }

    private static DataType? StorageType(string name) => name switch
    {
        "torch.FloatStorage" => DataType.Float32,
        "torch.DoubleStorage" => DataType.Float64,
        "torch.HalfStorage" => DataType.Float16,
        "torch.BFloat16Storage" => DataType.BFloat16,
        "torch.LongStorage" => DataType.Int64,
        "torch.IntStorage" => DataType.Int32,
        "torch.ShortStorage" => DataType.Int16,
        "torch.CharStorage" => DataType.Int8,
        "torch.ByteStorage" => DataType.UInt8,
        "torch.BoolStorage" => DataType.Bool,
        "torch.ComplexFloatStorage" => DataType.Complex64,
        "torch.ComplexDoubleStorage" => DataType.Complex128,
        _ => null,
    };

    private static DataType? DataTypeOf(string name) => name switch
    {
        "torch.float32" => DataType.Float32,
        "torch.float64" => DataType.Float64,
        "torch.float16" => DataType.Float16,
        "torch.bfloat16" => DataType.BFloat16,
        "torch.int64" => DataType.Int64,
        "torch.int32" => DataType.Int32,
        "torch.int16" => DataType.Int16,
        "torch.int8" => DataType.Int8,
        "torch.uint8" => DataType.UInt8,
        "torch.bool" => DataType.Bool,
        "torch.complex64" => DataType.Complex64,
        "torch.complex128" => DataType.Complex128,
        _ => null,
    };
}
