using System.IO.Compression;
using Scorch.Data;

namespace Scorch.Media.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-folder").FullName;

    public ImageFolderTests()
    {
        // Made in another order than they are to be read in; B before a by code points.
        foreach (var (name, file, sample) in new[] { ("n2", "b.png", 40), ("n10", "x.JPEG", 10), ("n2", "a.bmp", 30), ("B", "deep/c.ppm", 0) })
        {
            var path = Path.Combine(folder, name, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Grey(sample).Encode(Path.GetExtension(file) switch { ".png" => ImageFormat.Png, ".bmp" => ImageFormat.Bmp, ".ppm" => ImageFormat.Pnm, _ => ImageFormat.Jpeg }));
        }
        File.WriteAllText(Path.Combine(folder, "n2", "notes.txt"), "no picture");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Classes_and_pictures_come_in_the_order_of_their_names()
    {
        using var images = ImageFolder.Open(folder);
        Assert.Equal(["B", "n10", "n2"], images.Classes);
        Assert.Equal([0, 1, 2, 2], Enumerable.Range(0, images.Count).Select(images.Label));
        int[] expected = [0, 10, 30, 40];
        Assert.All(Enumerable.Range(0, 4), i => Assert.InRange(images[i].Image[0, 0, 0], expected[i] - 2, expected[i] + 2));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(3, images[i].Image.Channels));
    }

    [Fact]
    public void A_damaged_picture_is_named_when_it_is_read()
    {
        var path = Path.Combine(folder, "n2", "b.png");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..40]);
        using var images = ImageFolder.Open(folder);
        Assert.Contains("b.png", Assert.Throws<MediaFormatException>(() => images[3]).Message, StringComparison.Ordinal);
        var loader = new ImagePipeline(images, [new ResizedCentreCrop(8, 8)], ImageNormalisation.ImageNet).Loader(new(2, Shuffle: false, Workers: 2));
        Assert.Contains("b.png", Assert.Throws<MediaFormatException>(() => loader.Epoch().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_pictures_and_a_folder_without_classes_are_refused()
    {
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        Assert.Contains("empty: this class has no pictures", Assert.Throws<InvalidDataException>(() => ImageFolder.Open(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("one sub-folder a class", Assert.Throws<InvalidDataException>(() => ImageFolder.Open(Path.Combine(folder, "B", "deep"))).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Open(Path.Combine(folder, "none")));
    }

    [Fact]
    public void An_archive_gives_what_the_folder_gives()
    {
        var zip = folder + ".zip";
        try
        {
            Directory.Delete(Path.Combine(folder, "B"), recursive: true);
            ZipFile.CreateFromDirectory(folder, zip);
            using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
            {
                foreach (var entry in archive.Entries.ToArray())
                {
                    using var from = entry.Open();
                    using var to = archive.CreateEntry("train/" + entry.FullName).Open();
                    from.CopyTo(to);
                }
            }
            using var packed = ImageFolder.OpenArchive(zip, "train");
            using var plain = ImageFolder.Open(folder);
            Assert.Equal(plain.Classes, packed.Classes);
            Assert.Equal(plain.Count, packed.Count);
            for (var i = 0; i < plain.Count; i++) Assert.True(plain[i].Image.Bytes.SequenceEqual(packed[i].Image.Bytes));
            Assert.Throws<InvalidDataException>(() => ImageFolder.OpenArchive(zip, "test"));
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Fact]
    public void Augmented_batches_are_the_same_whatever_the_number_of_workers()
    {
        using var images = ImageFolder.Open(folder);
        var pipeline = new ImagePipeline(images, [new RandomResizedCrop(8), new RandomFlip(), new AutoAugment(AutoAugmentPolicy.ImageNet)], ImageNormalisation.ImageNet, seed: 4);
        float[][] Read(int workers)
        {
            var loader = pipeline.Loader(new DataLoaderConfig(3, Seed: 4, Workers: workers));
            return [.. loader.Epoch().Concat(loader.Epoch()).Select(batch => batch.Images.ToArray<float>())];
        }
        var (alone, many) = (Read(0), Read(3));
        Assert.Equal(4, alone.Length);
        Assert.All(alone.Zip(many), pair => Assert.Equal(pair.First, pair.Second));
        Assert.NotEqual(pipeline.Batch(0, [3]).Images.ToArray<float>(), pipeline.Batch(1, [3]).Images.ToArray<float>());
    }

    [Fact]
    public void Pictures_of_different_sizes_in_a_batch_are_refused_by_name()
    {
        File.WriteAllBytes(Path.Combine(folder, "n2", "z.png"), new Image(5, 4, 1, new byte[20]).Encode(ImageFormat.Png));
        using var images = ImageFolder.Open(folder);
        Assert.Contains("z.png became 5 x 4", Assert.Throws<InvalidDataException>(() => new ImagePipeline(images, [], ImageNormalisation.ImageNet).Batch(0, [3, 4])).Message, StringComparison.Ordinal);
    }

    private static Image Grey(int sample) => new(12, 10, 3, [.. Enumerable.Range(0, 360).Select(i => (byte)(sample + (i % 36 / 12)))]);
}
