namespace Scorch.Media.Tests;

public class PictureTests
{
    public static TheoryData<string> Files => [.. Oracle.Names(".png"), .. Oracle.Names(".jpg"), .. Oracle.Names(".bmp"), .. Oracle.Names("m")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Files_give_the_reference_decoders_samples(string file)
    {
        var image = Image.Load(Oracle.PathOf(file));
        var expected = Oracle.Expected(file);
        Assert.Equal([expected.Shape[0], expected.Shape[1], expected.Shape[2]], [image.Height, image.Width, image.Channels]);
        Assert.Equal(Oracle.Numbers(expected), Oracle.Samples(image));
    }

    [Theory]
    [InlineData(ImageFormat.Png, 8, 1)]
    [InlineData(ImageFormat.Png, 8, 2)]
    [InlineData(ImageFormat.Png, 8, 3)]
    [InlineData(ImageFormat.Png, 8, 4)]
    [InlineData(ImageFormat.Png, 16, 1)]
    [InlineData(ImageFormat.Png, 16, 3)]
    [InlineData(ImageFormat.Png, 16, 4)]
    [InlineData(ImageFormat.Pnm, 8, 1)]
    [InlineData(ImageFormat.Pnm, 8, 3)]
    [InlineData(ImageFormat.Pnm, 16, 3)]
    [InlineData(ImageFormat.Bmp, 8, 3)]
    [InlineData(ImageFormat.Bmp, 8, 4)]
    public void Lossless_formats_give_back_what_was_written(ImageFormat format, int depth, int channels)
    {
        var random = new Random(3);
        var count = 13 * 7 * channels;
        var image = depth == 8
            ? new Image(13, 7, channels, [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))])
            : new Image(13, 7, channels, [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(65536))]);
        var again = Image.Decode(image.Encode(format));
        Assert.Equal((image.Width, image.Height, image.Channels, image.BitDepth), (again.Width, again.Height, again.Channels, again.BitDepth));
        Assert.Equal(Oracle.Samples(image), Oracle.Samples(again));
    }

    [Fact]
    public void A_grey_bitmap_is_read_as_equal_colours()
    {
        var image = new Image(3, 2, 1, [1, 2, 3, 4, 5, 250]);
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 250, 250, 250], Oracle.Samples(Image.Decode(image.Encode(ImageFormat.Bmp))));
    }

    [Theory]
    [InlineData(50, 12)]
    [InlineData(90, 6)]
    [InlineData(100, 4.5)]
    public void Written_jpeg_files_stay_near_the_picture(int quality, double error)
    {
        // Smooth chroma, so that halving it loses little: what remains is the quantisation.
        var (width, height) = (45, 37);
        var samples = new byte[width * height * 3];
        for (var i = 0; i < samples.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            samples[i] = (byte)(127 + (80 * Math.Sin((x / 9.0) + (c * y / 15.0))));
        }
        var image = new Image(width, height, 3, samples);
        var again = Image.Decode(image.Encode(ImageFormat.Jpeg, quality));
        var meanSquare = Oracle.Samples(image).Zip(Oracle.Samples(again), (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.InRange(Math.Sqrt(meanSquare), 0, error);
        var grey = image.ToGrey();
        meanSquare = Oracle.Samples(grey).Zip(Oracle.Samples(Image.Decode(grey.Encode(ImageFormat.Jpeg, quality))), (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.InRange(Math.Sqrt(meanSquare), 0, quality == 100 ? 0.6 : error);
    }

    [Fact]
    public void The_jpeg_encoder_writes_libjpegs_coefficients() =>
        Assert.Equal(Oracle.Numbers(Oracle.Expected("baseline-420.jpg")), Oracle.Samples(Image.Decode(Oracle.Picture("encoder-source").Encode(ImageFormat.Jpeg, 85))));

    [Theory]
    [InlineData("nearest", Resampling.Nearest)]
    [InlineData("bilinear", Resampling.Bilinear)]
    [InlineData("bicubic", Resampling.Bicubic)]
    public void Resizing_gives_the_samples_of_Pillow(string name, Resampling resampling)
    {
        var image = Oracle.Picture("resize-source");
        foreach (var (width, height) in new[] { (20, 11), (90, 74), (45, 60), (31, 37), (7, 5) })
            Assert.Equal(Oracle.Numbers(Oracle.Expected($"resize-{name}-{width}x{height}")), Oracle.Samples(image.Resize(width, height, resampling)));
        Assert.Equal(Oracle.Numbers(Oracle.Expected($"resize-rgba-{name}-20x50")), Oracle.Samples(Oracle.Picture("resize-source-rgba").Resize(20, 50, resampling)));
    }

    [Fact]
    public void Grey_is_Pillows_luma() =>
        Assert.Equal(Oracle.Numbers(Oracle.Expected("grey-of-source")), Oracle.Samples(Oracle.Picture("resize-source").ToGrey()));

    [Fact]
    public void Resizing_a_constant_of_16_bits_keeps_it()
    {
        var image = new Image(5, 4, 3, [.. Enumerable.Repeat((ushort)40_001, 60)]);
        Assert.All(Oracle.Samples(image.Resize(9, 2, Resampling.Bicubic)), sample => Assert.Equal(40_001, sample));
    }

    [Fact]
    public void Tensors_hold_channels_first_in_0_to_1_and_lead_back()
    {
        var image = Oracle.Picture("resize-source");
        var tensor = image.ToTensor();
        Assert.Equal([3, 37, 45], tensor.Shape);
        Assert.Equal(image[7, 5, 2] / 255.0, tensor[2, 5, 7].Item(), 1e-7);
        Assert.Equal(Oracle.Samples(image), Oracle.Samples(Image.FromTensor(tensor)));
    }

    [Fact]
    public void Crops_and_flips_move_pixels()
    {
        var image = Oracle.Picture("resize-source");
        Assert.Equal(image[12, 9, 1], image.Crop(10, 8, 6, 5)[2, 1, 1]);
        Assert.Equal(image[44, 3, 0], image.FlipHorizontal()[0, 3, 0]);
        Assert.Equal(image[2, 36, 0], image.FlipVertical()[2, 0, 0]);
        Assert.Equal(image[10, 6, 0], image.CenterCrop(25, 25)[0, 0, 0]);
        Assert.Throws<ArgumentException>(() => image.Crop(40, 0, 6, 1));
    }
}
