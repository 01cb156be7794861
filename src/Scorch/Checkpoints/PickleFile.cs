using System.Text;

namespace Scorch.Checkpoints;

/// <summary>Reads pickles of plain containers, numbers, text and NumPy arrays, as data sets are published in them, without running anything.</summary>
/// <remarks>Protocols 2 to 5, as Python 2 and 3 and NumPy 1 and 2 write them. Any other name or operation is refused by its name.</remarks>
public static class PickleFile
{
    private const int MaximumRank = 32;
    private const int MaximumDepth = 32;

    /// <summary>The value of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// null, bool, long, double, string, byte[] or <see cref="Tensor"/> (of an array), lists and tuples as <see cref="IReadOnlyList{T}"/> of object,
    /// dictionaries as <see cref="IReadOnlyDictionary{TKey, TValue}"/> from object to object; keys that are bytes are read as text, keys that are tuples as <see cref="PickleTuple"/>.
    /// </returns>
    /// <exception cref="CheckpointException">The file is damaged or hostile, or names something that is not allowed.</exception>
    public static object? Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return Read(stream, path);
    }

    /// <summary>The value of a pickle; see <see cref="Load"/>.</summary>
    /// <param name="stream">The pickle, seekable.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="CheckpointException">It is damaged or hostile, or names something that is not allowed.</exception>
    public static object? Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var arrays = new NumpyNames(name, stream.Length);
        var value = new PickleReader(stream, name, arrays.Find, _ => throw new CheckpointException($"{name}: the pickle refers to something outside of it; save plain arrays instead.")).Read();
        return Finish(value, 0);

        object? Finish(object? item, int depth)
        {
            if (depth > MaximumDepth) throw new CheckpointException($"{name}: containers are nested deeper than {MaximumDepth}; the file is damaged or hostile.");
            switch (item)
            {
                case NumpyArray array:
                    return array.Value ?? throw new CheckpointException($"{name}: an array was never filled. The file is damaged or hostile.");
                case PickleDictionary dictionary:
                    for (var i = 0; i < dictionary.Count; i++) dictionary.SetAt(i, Finish(dictionary.GetAt(i).Value, depth + 1));
                    return dictionary;
                case IList<object?> list:
                    for (var i = 0; i < list.Count; i++) list[i] = Finish(list[i], depth + 1);
                    return list;
                default:
                    return item;
            }
        }
    }

    /// <summary>The names that a pickle of arrays may use.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="budget">The most bytes that all arrays together may take: what the file can hold.</param>
    private sealed class NumpyNames(string file, long budget)
    {
        private long allowance = budget;

        public PickleGlobal? Find(string name) => name switch
        {
            "numpy.ndarray" => new(name, null),
            "numpy.dtype" => new(name, arguments => new NumpyType(this, Code((string)arguments[0]!))),
            "numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct" => new(name, _ => new NumpyArray(this)),
            "numpy.core.numeric._frombuffer" or "numpy._core.numeric._frombuffer" => new(name, arguments =>
                Build((object?[])arguments[2]!, (NumpyType)arguments[1]!, (byte[])arguments[0]!, (string)arguments[3]! == "F")),
            "numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar" => new(name, arguments => Scalar((NumpyType)arguments[0]!, Raw(arguments[1]))),
            "_codecs.encode" => new(name, arguments => Encoding.Latin1.GetBytes((string)arguments[0]!)),
            "collections.OrderedDict" => new(name, arguments => arguments.Length == 0 ? new PickleDictionary(true) : throw new InvalidCastException()),
            _ => null,
        };

        public byte[] Raw(object? value) => value switch
        {
            byte[] bytes => bytes,
            string text => Encoding.Latin1.GetBytes(text),
            _ => throw Refuse("the samples of an array are not stored as bytes"),
        };

        public Tensor Build(object?[] dimensions, NumpyType type, byte[] bytes, bool isFortran)
        {
            if (type.IsBigEndian) throw Refuse("an array is stored big-endian; save it little-endian");
            if (dimensions.Length > MaximumRank) throw Refuse($"an array has {dimensions.Length} dimensions");
            var shape = new int[dimensions.Length];
            long size = type.Code.Size();
            for (var i = 0; i < shape.Length; i++)
            {
                if (dimensions[i] is not long length || length < 0 || length > int.MaxValue) throw Refuse("an array has an impossible shape");
                shape[i] = (int)length;
                size = size > bytes.Length && length > 0 ? size : checked(size * length);
            }
            if (size != bytes.Length) throw Refuse($"an array of shape [{string.Join(", ", shape)}] has {bytes.Length} bytes instead of {size}");
            if ((allowance -= size) < 0) throw Refuse("arrays ask for more than the file can hold");
            if (isFortran) Array.Reverse(shape);
            var result = Tensor.Empty(shape, type.Code);
            using var content = new MemoryStream(bytes, writable: false);
            TensorBytes.Fill(content, result, file);
            return isFortran ? result.Permute([.. Enumerable.Range(0, shape.Length).Reverse()]).Contiguous() : result;
        }

        public CheckpointException Refuse(string what) => new($"{file}: {what}. The file is damaged or hostile; get it again from a source you trust.");

        private object Scalar(NumpyType type, byte[] bytes)
        {
            var value = Build([], type, bytes, false);
            return type.Code switch
            {
                DataType.Float32 or DataType.Float64 => value.Item(),
                DataType.Bool => value.Item() != 0,
                _ => value.ItemInt64(),
            };
        }

        private DataType Code(string code) => code.TrimStart('<', '|', '=') switch
        {
            "b1" => DataType.Bool,
            "u1" => DataType.UInt8,
            "i1" => DataType.Int8,
            "i2" => DataType.Int16,
            "i4" => DataType.Int32,
            "i8" => DataType.Int64,
            "f4" => DataType.Float32,
            "f8" => DataType.Float64,
            _ => throw Refuse($"an array has elements of NumPy's type '{(code.Length > 8 ? code[..8] : code)}', which is not read; b1, u1, i1 to i8, f4 and f8 are"),
        };
    }

    private sealed class NumpyType(NumpyNames names, DataType code) : IPickleState
    {
        public DataType Code => code;

        public bool IsBigEndian { get; private set; }

        // (version, byte order, subtype, names, fields, size, alignment, flags)
        public void SetState(object? state)
        {
            if (state is not object?[] parts || parts is not [long, string order, null, null, null, ..]) throw names.Refuse("an array has a type with fields or subtypes");
            IsBigEndian = order == ">";
        }
    }

    private sealed class NumpyArray(NumpyNames names) : IPickleState
    {
        public Tensor? Value { get; private set; }

        // (version, shape, type, is Fortran order, samples)
        public void SetState(object? state)
        {
            if (state is not object?[] parts || parts is not [long, object?[] shape, NumpyType type, bool isFortran, var samples]) throw names.Refuse("an array is stored in a way that is not read");
            Value = names.Build(shape, type, names.Raw(samples), isFortran);
        }
    }
}
