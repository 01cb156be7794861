using System.Buffers.Binary;

namespace Scorch.Media.Tests;

public class HostileFileTests
{
    public static TheoryData<string> Files =>
        ["baseline-420.jpg", "progressive-422.jpg", "restart-420.jpg", "grey.jpg", "type2-8.png", "type3-4-alpha-interlaced.png", "bits24.bmp", "bits8.bmp", "rle8.bmp", "p6.ppm", "p3.ppm"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_truncation_is_refused_with_file_and_offset(string file)
    {
        var bytes = Oracle.Bytes(file);
        // The very last bytes of text, and padding behind the last row, are not needed.
        for (var length = 0; length < bytes.Length - 4; length += Math.Max(1, bytes.Length / 97))
        {
            var problem = Assert.Throws<MediaFormatException>(() => Image.Decode(bytes[..length], "some.file"));
            Assert.StartsWith("some.file, byte ", problem.Message, StringComparison.Ordinal);
            Assert.InRange(problem.Offset, 0, length);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Random_damage_is_refused_or_read_but_nothing_else(string file)
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var bytes = Oracle.Bytes(file);
            for (var i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.True(Image.Decode(bytes, "some.file", new MediaLimits(MaximumPixels: 1 << 20)).Width > 0);
            }
            catch (MediaFormatException problem)
            {
                Assert.Equal("some.file", problem.File);
            }
        }
    }

    [Fact]
    public void A_png_byte_that_changed_is_noticed_by_its_checksum()
    {
        var bytes = Oracle.Bytes("type2-8.png");
        bytes[^30] ^= 1;
        Assert.Contains("checksum of chunk IDAT", Assert.Throws<MediaFormatException>(() => Image.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_that_ask_for_too_much_are_refused_before_allocation()
    {
        var jpeg = Oracle.Bytes("baseline-420.jpg");
        var header = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 5), 65535);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 7), 65535);
        var bitmap = Oracle.Bytes("bits24.bmp");
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(18), int.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(22), int.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var file in new[] { jpeg, bitmap, "P6 2147483647 2147483647 255\n"u8.ToArray(), "P5 16000 16000 255\n"u8.ToArray() })
            Assert.Throws<MediaFormatException>(() => Image.Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains("limit is 100 pixels", Assert.Throws<MediaFormatException>(() => Image.Load(Oracle.PathOf("type2-8.png"), new MediaLimits(MaximumPixels: 100))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_read_is_named()
    {
        Assert.Contains("CMYK", Assert.Throws<MediaFormatException>(() => Image.Load(Oracle.PathOf("cmyk.jpg"))).Message, StringComparison.Ordinal);
        Assert.Contains("beyond the picture", Assert.Throws<MediaFormatException>(() => Image.Load(Oracle.PathOf("rle-overflow.bmp"))).Message, StringComparison.Ordinal);
        Assert.Contains("not a PNG, JPEG, BMP or PNM", Assert.Throws<MediaFormatException>(() => Image.Decode("GIF89a"u8.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_a_format_cannot_hold_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Image(1, 1, 4, new byte[4]).Encode(ImageFormat.Jpeg));
        Assert.Throws<ArgumentException>(() => new Image(1, 1, 3, new ushort[3]).Encode(ImageFormat.Jpeg));
        Assert.Throws<ArgumentException>(() => new Image(1, 1, 2, new byte[2]).Encode(ImageFormat.Bmp));
        Assert.Throws<ArgumentException>(() => new Image(1, 1, 4, new byte[4]).Encode(ImageFormat.Pnm));
        Assert.Throws<ArgumentException>(() => new Image(2, 1, 3, new byte[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, 1, 3, new byte[3]).Encode(ImageFormat.Jpeg, 0));
    }
}
