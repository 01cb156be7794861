namespace Scorch.Text;

/// <summary>Unicode 14's canonical decompositions, combining classes and lower case (made by <c>tools/unicode_tables.py</c>).</summary>
/// <remarks>Kept here because ids must not depend on a machine's ICU, and because programs in invariant mode have none.</remarks>
internal static class UnicodeTables
{
    static UnicodeTables()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("unicode-14.bin")!;
        using var reader = new BinaryReader(stream);
        for (var left = reader.ReadUInt32(); left > 0; left--) Decompositions.Add(reader.ReadInt32(), ReadCodes(reader));
        for (var left = reader.ReadUInt32(); left > 0; left--) CombiningClasses.Add(reader.ReadInt32(), reader.ReadByte());
        for (var left = reader.ReadUInt32(); left > 0; left--) Lower.Add(reader.ReadInt32(), ReadCodes(reader));
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            var (first, last, bits) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadByte());
            for (var code = first; code <= last; code++) ((bits & 1) != 0 ? Cased : CaseIgnorable).Add(code);
        }
    }

    public static Dictionary<int, int[]> Decompositions { get; } = [];

    public static Dictionary<int, byte> CombiningClasses { get; } = [];

    public static Dictionary<int, int[]> Lower { get; } = [];

    public static HashSet<int> Cased { get; } = [];

    public static HashSet<int> CaseIgnorable { get; } = [];

    private static int[] ReadCodes(BinaryReader reader)
    {
        var codes = new int[reader.ReadByte()];
        for (var i = 0; i < codes.Length; i++) codes[i] = reader.ReadInt32();
        return codes;
    }
}
