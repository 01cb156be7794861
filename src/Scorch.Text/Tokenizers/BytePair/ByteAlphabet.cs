using System.Text;

namespace Scorch.Text;

/// <summary>GPT-2's one printable character for every byte, so that tokens of bytes can be written as text.</summary>
/// <remarks>Printable bytes (! … ~, ¡ … ¬, ® … ÿ) stand for themselves and come first; the others follow as U+0100, U+0101, …</remarks>
internal static class ByteAlphabet
{
    private static readonly byte[] ByteOfCharacter = new byte[512];
    private static readonly bool[] IsCharacter = new bool[512];

    static ByteAlphabet()
    {
        bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        Bytes = [.. Enumerable.Range(0, 256).OrderBy(value => IsPrintable(value) ? 0 : 1).Select(value => (byte)value)];
        Characters = new char[256];
        var next = (char)256;
        foreach (var value in Bytes)
        {
            Characters[value] = IsPrintable(value) ? (char)value : next++;
            ByteOfCharacter[Characters[value]] = value;
            IsCharacter[Characters[value]] = true;
        }
    }

    /// <summary>The bytes in the order of GPT-2's first 256 ids.</summary>
    public static byte[] Bytes { get; }

    /// <summary>The character of each byte.</summary>
    public static char[] Characters { get; }

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var result = new StringBuilder(bytes.Length);
        foreach (var value in bytes) result.Append(Characters[value]);
        return result.ToString();
    }

    /// <summary>The bytes that a token writes, or null when a character stands for none.</summary>
    public static byte[]? Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (token[i] >= IsCharacter.Length || !IsCharacter[token[i]]) return null;
            bytes[i] = ByteOfCharacter[token[i]];
        }
        return bytes;
    }
}
