using System.Buffers.Binary;
using System.Text;
using Scorch.Training;

namespace Scorch.Tests.Training;

public class EventFileTests
{
    [Fact]
    public void The_checksum_is_that_of_Castagnoli()
    {
        // The check value of CRC-32C, and the 32 zero bytes of RFC 3720, B.4.
        Assert.Equal(0xE3069283u, EventFile.Crc32C(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, EventFile.Crc32C(new byte[32]));
    }

    [Fact]
    public void Records_carry_their_lengths_checksums_and_points()
    {
        using var folder = new TemporaryFolder();
        EventFile.Write(folder["e"], [("loss", 300, 0.5)], DateTimeOffset.UnixEpoch.AddSeconds(2));
        var records = Records(File.ReadAllBytes(folder["e"])).ToList();

        // Field 1 (double 2.0), field 2 (varint 0), field 3 (the file's version).
        Assert.Equal([0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0, 0x1A, 13, .. "brain.Event:2"u8], records[0]);

        // Field 2 is 300 as a varint; field 5 holds the summary with tag and value 0.5 (0x3F000000).
        Assert.Equal([0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0xAC, 0x02, 0x2A, 13, 0x0A, 11, 0x0A, 4, .. "loss"u8, 0x15, 0, 0, 0, 0x3F], records[1]);
        Assert.Equal(2, records.Count);
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> bytes) => uint.RotateRight(EventFile.Crc32C(bytes), 15) + 0xA282EAD8u;
}
