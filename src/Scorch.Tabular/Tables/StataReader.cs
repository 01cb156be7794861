using System.Buffers.Binary;
using System.Text;

namespace Scorch.Tabular;

/// <summary>Reads Stata's .dta files, formats 113 (Stata 8), 114 (10), 115 (12), 117 (13) and 118 (14 and later).</summary>
/// <remarks>Format descriptions: Stata's manual, "File formats .dta". Missing numbers (also the extended .a to .z) become NaN; long strings (strL) are refused.</remarks>
public static class StataReader
{
    private const int MostVariables = 32_767;

    /// <summary>Reads a file's variables.</summary>
    /// <param name="stream">The file, from its start.</param>
    /// <param name="source">What errors call it.</param>
    /// <returns>One column a variable: byte, int and long as whole numbers, float and double as numbers, strings as text.</returns>
    /// <exception cref="TableFormatException">The file is not of a known format, is truncated, or claims more than it holds.</exception>
    public static Table Read(Stream stream, string source = "the .dta file")
    {
        ArgumentNullException.ThrowIfNull(stream);
        var input = new StataInput(stream, source);
        try
        {
            var first = input.Byte();
            return first switch
            {
                113 or 114 or 115 => ReadBinary(input, first),
                (byte)'<' => ReadTagged(input),
                _ => throw input.Error($"the first byte is {first}; formats 113, 114, 115, 117 and 118 are read. Save it with Stata's saveold, or as CSV"),
            };
        }
        catch (EndOfStreamException error)
        {
            throw new TableFormatException($"{source} is truncated: it ends at byte {input.Position}, while its header promises more.", error);
        }
        catch (InvalidDataException error)
        {
            throw new TableFormatException($"{source} is a damaged gzip file: {error.Message}", error);
        }
    }

    private static Table ReadBinary(StataInput input, int format)
    {
        input.LittleEndian = ByteOrder(input.Byte() switch { 1 => "MSF", 2 => "LSF", var other => other.ToString() }, input);
        input.Skip(2);
        var variables = input.UInt16();
        var rows = input.UInt32();
        CheckCount(variables, input);
        input.Skip(81 + 18);
        var types = new int[variables];
        for (var j = 0; j < variables; j++)
        {
            var code = input.Byte();
            types[j] = code switch { 251 => 65530, 252 => 65529, 253 => 65528, 254 => 65527, 255 => 65526, _ => code };
        }
        var names = Names(input, variables, 33, Encoding.Latin1);
        input.Skip(2L * (variables + 1));
        input.Skip((format == 113 ? 12L : 49L) * variables);
        input.Skip(33L * variables);
        input.Skip(81L * variables);
        // Expansion fields: a type, a length, that many bytes; a zero type ends them.
        while (true)
        {
            var kind = input.Byte();
            var length = input.UInt32();
            if (kind == 0)
                break;
            input.Skip(length);
        }
        return ReadRows(input, names, types, rows, Encoding.Latin1);
    }

    private static Table ReadTagged(StataInput input)
    {
        input.Expect("stata_dta><header><release>");
        var release = input.AsciiText(3);
        if (release is not ("117" or "118"))
            throw input.Error($"its release is '{release}'; 117 and 118 are read");
        var modern = release == "118";
        var encoding = modern ? Encoding.UTF8 : Encoding.Latin1;
        input.Expect("</release><byteorder>");
        input.LittleEndian = ByteOrder(input.AsciiText(3), input);
        input.Expect("</byteorder><K>");
        var variables = input.UInt16();
        CheckCount(variables, input);
        input.Expect("</K><N>");
        var rows = modern ? input.UInt64() : input.UInt32();
        input.Expect("</N><label>");
        input.Skip(modern ? input.UInt16() : input.Byte());
        input.Expect("</label><timestamp>");
        input.Skip(input.Byte());
        input.Expect("</timestamp></header><map>");
        input.Skip(14 * 8);
        input.Expect("</map><variable_types>");
        var types = new int[variables];
        for (var j = 0; j < variables; j++)
            types[j] = input.UInt16();
        input.Expect("</variable_types><varnames>");
        var names = Names(input, variables, modern ? 129 : 33, encoding);
        input.Expect("</varnames><sortlist>");
        input.Skip(2L * (variables + 1));
        input.Expect("</sortlist><formats>");
        input.Skip((modern ? 57L : 49L) * variables);
        input.Expect("</formats><value_label_names>");
        input.Skip((modern ? 129L : 33L) * variables);
        input.Expect("</value_label_names><variable_labels>");
        input.Skip((modern ? 321L : 81L) * variables);
        input.Expect("</variable_labels><characteristics>");
        while (true)
        {
            var tag = input.AsciiText(4);
            if (tag == "<ch>")
            {
                input.Skip(input.UInt32());
                input.Expect("</ch>");
            }
            else if (tag == "</ch")
            {
                input.Expect("aracteristics>");
                break;
            }
            else
                throw input.Error($"'{tag}' stands where a characteristic should start or end");
        }
        input.Expect("<data>");
        var table = ReadRows(input, names, types, rows, encoding);
        input.Expect("</data>");
        return table;
    }

    private static Table ReadRows(StataInput input, string[] names, int[] types, ulong rows, Encoding encoding)
    {
        if (rows > int.MaxValue)
            throw input.Error($"its header claims {rows} observations, more than a table holds ({int.MaxValue})");
        var width = 0;
        foreach (var (type, name) in types.Zip(names))
            width += Width(type) ?? throw input.Error($"variable '{name}' has storage type {type}, which is not read{(type == 32768 ? " (strL: convert it with Stata's recast to str#)" : "")}");
        // Lists grow with the bytes that are really there, so that a lying header cannot ask for memory.
        var numbers = types.Select(type => type > 65525 ? new List<double>() : null).ToArray();
        var texts = types.Select(type => type > 65525 ? null : new List<string?>()).ToArray();
        var record = new byte[width];
        for (var row = 0UL; row < rows; row++)
        {
            input.Fill(record);
            var at = 0;
            for (var j = 0; j < types.Length; j++)
            {
                var field = record.AsSpan(at, Width(types[j])!.Value);
                at += field.Length;
                if (numbers[j] is { } list)
                    list.Add(Number(field, types[j], input.LittleEndian));
                else
                    texts[j]!.Add(Terminated(field, encoding));
            }
        }
        try
        {
            return new Table(names.Select((name, j) => numbers[j] is not { } list
                ? Column.OfTexts(name, [.. texts[j]!])
                : types[j] >= 65528 ? Column.OfIntegers(name, [.. list]) : Column.OfNumbers(name, [.. list])));
        }
        catch (ArgumentException error)
        {
            throw new TableFormatException($"{input.Source}: {error.Message}", error);
        }
    }

    private static int? Width(int type) => type switch
    {
        65526 => 8,
        65527 => 4,
        65528 => 4,
        65529 => 2,
        65530 => 1,
        > 0 and <= 2045 => type,
        _ => null,
    };

    private static double Number(ReadOnlySpan<byte> field, int type, bool little)
    {
        switch (type)
        {
            case 65530:
                var tiny = (sbyte)field[0];
                return tiny > 100 ? double.NaN : tiny;
            case 65529:
                var small = little ? BinaryPrimitives.ReadInt16LittleEndian(field) : BinaryPrimitives.ReadInt16BigEndian(field);
                return small > 32_740 ? double.NaN : small;
            case 65528:
                var whole = little ? BinaryPrimitives.ReadInt32LittleEndian(field) : BinaryPrimitives.ReadInt32BigEndian(field);
                return whole > 2_147_483_620 ? double.NaN : whole;
            case 65527:
                // Missing floats start at 2^127, missing doubles at 2^1023.
                var single = little ? BinaryPrimitives.ReadSingleLittleEndian(field) : BinaryPrimitives.ReadSingleBigEndian(field);
                return float.IsFinite(single) && single < 1.7014118e38f ? single : double.NaN;
            default:
                var number = little ? BinaryPrimitives.ReadDoubleLittleEndian(field) : BinaryPrimitives.ReadDoubleBigEndian(field);
                return double.IsFinite(number) && number < 8.98846567431158e307 ? number : double.NaN;
        }
    }

    private static string[] Names(StataInput input, int count, int width, Encoding encoding)
    {
        var names = new string[count];
        var buffer = new byte[width];
        for (var j = 0; j < count; j++)
        {
            input.Fill(buffer);
            names[j] = Terminated(buffer, encoding);
            if (string.IsNullOrWhiteSpace(names[j]))
                throw input.Error($"variable {j + 1} has no name");
        }
        return names;
    }

    private static string Terminated(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        var end = bytes.IndexOf((byte)0);
        return encoding.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static bool ByteOrder(string order, StataInput input) => order switch
    {
        "LSF" => true,
        "MSF" => false,
        _ => throw input.Error($"the byte order is '{order}'; MSF (1) or LSF (2) was expected"),
    };

    private static void CheckCount(int variables, StataInput input)
    {
        if (variables is 0 or > MostVariables)
            throw input.Error($"its header claims {variables} variables; 1 to {MostVariables} are possible");
    }
}
