using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Scorch.Checkpoints;

/// <summary>What a pickle may refer to: a name on the allowlist, with what a call of it gives.</summary>
/// <param name="Name">Module and name.</param>
/// <param name="Call">Makes the value from the arguments; null for names that are not called.</param>
/// <param name="Value">What the name itself stands for, where it is a value.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], object?>? Call, object? Value = null);

/// <summary>A dictionary out of a pickle, in its order.</summary>
/// <param name="isOrdered">True for Python's OrderedDict, which may carry attributes.</param>
internal sealed class PickleDictionary(bool isOrdered) : OrderedDictionary<object, object?>
{
    public bool IsOrdered { get; } = isOrdered;
}

/// <summary>A value that a pickle completes after its creation.</summary>
internal interface IPickleState
{
    /// <summary>Takes over what the pickle holds for it.</summary>
    void SetState(object? state);
}

/// <summary>Reads one pickle: plain containers, numbers, text and allowed names. Nothing is imported and nothing runs.</summary>
/// <remarks>Opcodes: Python's pickletools. Every other opcode is refused by name; lengths are bounded by what is left of the file.</remarks>
internal sealed class PickleReader(Stream stream, string file, Func<string, PickleGlobal?> find, Func<object?, object?> load)
{
    /// <summary>About fifty an entry of a state dictionary; together with the sizes below this bounds memory.</summary>
    private const int MaximumOperations = 4_000_000;

    private const int MaximumIntegerBytes = 1024;

    private const int MaximumKeyDepth = 8;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<long, object?> memo = [];

    /// <summary>Reads up to the pickle's STOP.</summary>
    public object? Read()
    {
        for (var operations = 0; operations < MaximumOperations; operations++)
        {
            var code = Byte();
            if (code == '.') return Pop();
            Step(code);
        }
        throw Refuse($"the pickle has more than {MaximumOperations} operations");
    }

    private void Step(int code)
    {
        switch (code)
        {
            case 0x80: Protocol(Byte()); break;
            case 0x95: Integer(8); break;
            case '(': marks.Push(stack.Count); break;
            case '0': Pop(); break;
            case '1': PopToMark(); break;
            case 'N': stack.Add(null); break;
            case 0x88: stack.Add(true); break;
            case 0x89: stack.Add(false); break;
            case 'J': stack.Add((long)(int)Integer(4)); break;
            case 'K': stack.Add((long)Byte()); break;
            case 'M': stack.Add(Integer(2)); break;
            case 0x8A: stack.Add(Whole(Byte())); break;
            case 0x8B: stack.Add(Whole(Integer(4))); break;
            case 'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
            case 'X': stack.Add(Text(Integer(4))); break;
            case 0x8C: stack.Add(Text(Byte())); break;
            case 0x8D: stack.Add(Text(Integer(8))); break;
            case 'U': stack.Add(Encoding.Latin1.GetString(Bytes(Byte()))); break;
            case 'T': stack.Add(Encoding.Latin1.GetString(Bytes(Integer(4)))); break;
            case 'B': stack.Add(Bytes(Integer(4))); break;
            case 'C': stack.Add(Bytes(Byte())); break;
            case 0x8E or 0x96: stack.Add(Bytes(Integer(8))); break;
            case ']': stack.Add(new List<object?>()); break;
            case 'l': stack.Add(PopToMark().ToList()); break;
            case ')': stack.Add(Array.Empty<object?>()); break;
            case 't': stack.Add(PopToMark()); break;
            case 0x85: stack.Add(PopMany(1)); break;
            case 0x86: stack.Add(PopMany(2)); break;
            case 0x87: stack.Add(PopMany(3)); break;
            case '}': stack.Add(new PickleDictionary(false)); break;
            case 'd': Fill(new PickleDictionary(false), PopToMark(), push: true); break;
            case 0x8F: stack.Add(new List<object?>()); break;
            case 'a': Append([Pop()]); break;
            case 'e' or 0x90: Append(PopToMark()); break;
            case 's': Fill(null, PopMany(2), push: false); break;
            case 'u': Fill(null, PopToMark(), push: false); break;
            case 'q': memo[Byte()] = Top(); break;
            case 'r': memo[Integer(4)] = Top(); break;
            case 0x94: memo[memo.Count] = Top(); break;
            case 'h': Recall(Byte()); break;
            case 'j': Recall(Integer(4)); break;
            case 'c': Find($"{Line()}.{Line()}"); break;
            case 0x93: FindFromStack(); break;
            case 'R': Call(); break;
            case 'b': Attributes(); break;
            case 'Q': stack.Add(load(Pop())); break;
            default: throw Refuse($"the pickle uses the operation {NameOf(code)}, which is not allowed");
        }
    }

    private void Protocol(int version)
    {
        if (version is < 2 or > 5) throw Refuse($"pickle protocol {version} is not read");
    }

    private void FindFromStack()
    {
        if (PopMany(2) is not [string module, string name]) throw Refuse("a name in the pickle is not text");
        Find($"{module}.{name}");
    }

    private void Find(string name)
    {
        var global = find(name) ?? throw new CheckpointException(
            $"{file}: the pickle asks for {Printable(name)}, which is not allowed: loading it in Python could run code. Save a plain state dictionary of tensors instead.");
        stack.Add(global.Value ?? global);
    }

    private void Call()
    {
        var pair = PopMany(2);
        if (pair is not [PickleGlobal { Call: { } call } global, object?[] arguments]) throw Refuse($"the pickle calls {Describe(pair[0])}, which is not allowed");
        Guard(global.Name, () => stack.Add(call(arguments)));
    }

    private void Guard(string name, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is InvalidCastException or NullReferenceException or IndexOutOfRangeException or OverflowException)
        {
            throw new CheckpointException($"{file}: {name} is called with arguments it does not take. The file is damaged or hostile.", error);
        }
    }

    /// <summary>An OrderedDict may carry attributes (a state dictionary's version numbers); they are not values and are left out.</summary>
    private void Attributes()
    {
        var state = Pop();
        if (Top() is IPickleState value)
        {
            Guard("a value", () => value.SetState(state));
            return;
        }
        if (Top() is not PickleDictionary { IsOrdered: true } || state is not PickleDictionary) throw Refuse($"the pickle sets attributes of {Describe(Top())}, which is not allowed");
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list) throw Refuse($"the pickle appends to {Describe(Top())}");
        list.AddRange(items);
    }

    private void Fill(PickleDictionary? fresh, object?[] items, bool push)
    {
        if (push) stack.Add(fresh);
        if (Top() is not PickleDictionary dictionary) throw Refuse($"the pickle sets items of {Describe(Top())}");
        if (items.Length % 2 != 0) throw Refuse("a dictionary has a key without a value");
        for (var i = 0; i < items.Length; i += 2)
        {
            // What Python 2 wrote as text is read by Python 3 as bytes, and written again as such.
            if (items[i] is byte[] letters) items[i] = Encoding.Latin1.GetString(letters);
            dictionary[Key(items[i], 0)] = items[i + 1];
        }
    }

    private object Key(object? value, int depth) => value switch
    {
        string or long or double or bool => value,
        object?[] tuple when depth < MaximumKeyDepth => new PickleTuple([.. tuple.Select(item => Key(item, depth + 1))]),
        _ => throw Refuse($"a dictionary's key is {Describe(value)}; text, numbers, truth values and tuples of them are read"),
    };

    private void Recall(long index) => stack.Add(memo.TryGetValue(index, out var value) ? value : throw Refuse($"the pickle recalls entry {index}, which was never stored"));

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Refuse("the pickle takes from an empty stack");

    private int Floor => marks.TryPeek(out var mark) ? mark : 0;

    private object? Pop()
    {
        var value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        if (stack.Count - count < Floor) throw Refuse("the pickle takes from an empty stack");
        return Cut(stack.Count - count);
    }

    private object?[] PopToMark() => marks.TryPop(out var mark) ? Cut(mark) : throw Refuse("the pickle goes back to a mark that was never set");

    private object?[] Cut(int start)
    {
        var values = stack[start..].ToArray();
        stack.RemoveRange(start, stack.Count - start);
        return values;
    }

    private int Byte()
    {
        var value = stream.ReadByte();
        return value >= 0 ? value : throw Refuse("the pickle ends early");
    }

    private long Integer(int width)
    {
        long value = 0;
        for (var i = 0; i < width; i++) value |= (long)Byte() << (8 * i);
        return value;
    }

    private byte[] Bytes(long count)
    {
        if (count < 0 || count > stream.Length - stream.Position) throw Refuse($"the pickle asks for {(ulong)count} bytes, {stream.Length - stream.Position} are left");
        var bytes = new byte[count];
        TensorBytes.FillSpan(stream, bytes, file);
        return bytes;
    }

    private string Text(long count) => Encoding.UTF8.GetString(Bytes(count));

    private object Whole(long count)
    {
        if (count is < 0 or > MaximumIntegerBytes) throw Refuse($"a whole number of {count} bytes is asked for");
        var value = new BigInteger(Bytes(count));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private string Line()
    {
        var text = new StringBuilder();
        for (int letter; (letter = Byte()) != '\n'; text.Append((char)letter))
            if (text.Length >= 256) throw Refuse("a name in the pickle is longer than 256 letters");
        return text.ToString();
    }

    private CheckpointException Refuse(string what) => new($"{file}: {what}. The file is damaged or hostile; get it again from a source you trust, or save a plain state dictionary.");

    private static string Describe(object? value) => value switch
    {
        null => "None",
        PickleGlobal global => global.Name,
        PickleDictionary => "a dictionary",
        List<object?> => "a list",
        object?[] => "a tuple",
        Tensor => "a tensor",
        string => "text",
        _ => "a number",
    };

    private static string Printable(string name) => string.Concat(name.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));

    /// <summary>Names of the operations that are refused, as pickletools prints them.</summary>
    private static string NameOf(int code) => code switch
    {
        'i' => "INST",
        'o' => "OBJ",
        0x81 => "NEWOBJ",
        0x92 => "NEWOBJ_EX",
        'P' => "PERSID",
        0x82 => "EXT1",
        0x83 => "EXT2",
        0x84 => "EXT4",
        '2' => "DUP",
        'I' => "INT",
        'L' => "LONG",
        'F' => "FLOAT",
        'S' => "STRING",
        'V' => "UNICODE",
        'p' => "PUT",
        'g' => "GET",
        0x91 => "FROZENSET",
        0x97 => "NEXT_BUFFER",
        0x98 => "READONLY_BUFFER",
        _ => "0x" + code.ToString("X2", CultureInfo.InvariantCulture),
    };
}
