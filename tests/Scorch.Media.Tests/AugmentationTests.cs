using System.Globalization;
using Scorch.Checkpoints;

namespace Scorch.Media.Tests;

/// <summary>Augmentations against PIL (oracles/autoaugment.py).</summary>
public class AugmentationTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, Tensor>> Arrays = new(() => Npz.Load(Oracle.PathOf("augmentation.npz")));

    [Fact]
    public void Every_operation_of_AutoAugment_gives_the_samples_of_PIL()
    {
        var seen = new HashSet<AutoAugmentOperation>();
        foreach (var name in Arrays.Value.Keys.Where(name => name.Split('/').Length == 4 && !name.StartsWith("centre", StringComparison.Ordinal)))
        {
            var parts = name.Split('/');
            var operation = Enum.Parse<AutoAugmentOperation>(parts[1]);
            seen.Add(operation);
            AssertSame(name, AutoAugment.Apply(Picture("picture" + parts[0]), operation, int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3] == "-1"));
        }
        Assert.Equal(Enum.GetValues<AutoAugmentOperation>().Order(), seen.Order());
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    [InlineData(360)]
    [InlineData(33.5)]
    [InlineData(-100)]
    public void Rotation_is_that_of_PIL(double degrees) =>
        AssertSame(FormattableString.Invariant($"rotate/{degrees}"), Picture("picture1").Rotate(degrees, 128));

    [Theory]
    [InlineData(32, 28)]
    [InlineData(28, 28)]
    [InlineData(52, 45)]
    public void Test_pictures_are_those_of_PIL(int resize, int crop)
    {
        foreach (var number in new[] { 0, 1 })
            AssertSame($"centre/{number}/{resize}/{crop}", new ResizedCentreCrop(resize, crop).Apply(Picture($"photo{number}"), new(0)));
    }

    [Theory]
    [InlineData(AutoAugmentPolicy.ImageNet)]
    [InlineData(AutoAugmentPolicy.Cifar)]
    public void A_policy_draws_each_of_its_25_pairs_and_a_seed_fixes_the_picture(AutoAugmentPolicy policy)
    {
        var augment = new AutoAugment(policy);
        Assert.Equal(25, augment.Pairs.Count);
        var picture = Picture("picture0");
        Image[] Draw() => [.. Enumerable.Range(0, 60).Select(seed => augment.Apply(picture, new RandomSource(seed)))];
        var (first, second) = (Draw(), Draw());
        Assert.All(first.Zip(second), pair => Assert.True(pair.First.Bytes.SequenceEqual(pair.Second.Bytes)));
        Assert.InRange(first.Select(image => Convert.ToHexString(image.Bytes)).Distinct().Count(), 15, 60);
    }

    [Fact]
    public void Resized_crops_keep_to_area_and_aspect()
    {
        var crop = new RandomResizedCrop(224);
        var random = new RandomSource(3);
        var shares = new List<double>();
        for (var i = 0; i < 2000; i++)
        {
            var (left, top, width, height) = crop.Choose(500, 375, random);
            Assert.True(left >= 0 && top >= 0 && left + width <= 500 && top + height <= 375);
            Assert.InRange((double)width / height, 0.74, 1.35);
            shares.Add((double)width * height / (500 * 375));
        }
        Assert.InRange(shares.Min(), 0.079, 0.1);
        // Large parts often stick out and are drawn again: 0.433 is the mean of 200,000 draws of the same rule in Python.
        Assert.InRange(shares.Average(), 0.41, 0.455);
        // No part of the wanted area fits into a strip, so that its centre is taken.
        Assert.Equal((198, 0, 4, 3), crop.Choose(400, 3, random));
        Assert.Equal((0, 198, 3, 4), crop.Choose(3, 400, random));
        var image = new RandomResizedCrop(32).Apply(Picture("photo0"), random);
        Assert.Equal((32, 32), (image.Width, image.Height));
    }

    [Fact]
    public void A_shift_brings_in_black_and_a_cutout_paints_a_square()
    {
        var white = new Image(8, 8, 1, [.. Enumerable.Repeat((byte)255, 64)]);
        for (var seed = 0; seed < 20; seed++)
        {
            var black = new RandomShift(2).Apply(white, new RandomSource(seed)).Bytes.ToArray().Count(sample => sample == 0);
            Assert.Contains(black, (int[])[0, 8, 16, 15, 22, 28]);
        }
        Assert.Equal(4, white.Cutout(0, 0, 4).Bytes.ToArray().Count(sample => sample == 0));
        Assert.Equal(16, white.Cutout(4, 4, 4).Bytes.ToArray().Count(sample => sample == 0));
    }

    [Fact]
    public void Pictures_with_alpha_are_refused_with_the_remedy() =>
        Assert.Contains("ToRgb()", Assert.Throws<InvalidOperationException>(() => new Image(1, 1, 4, new byte[4]).Equalize()).Message, StringComparison.Ordinal);

    private static Image Picture(string name) => new(Arrays.Value[name].Shape[1], Arrays.Value[name].Shape[0], 3, Arrays.Value[name].ToArray<byte>());

    private static void AssertSame(string name, Image image)
    {
        var expected = Arrays.Value[name].ToArray<byte>();
        var different = expected.Zip(image.Bytes.ToArray()).Count(pair => pair.First != pair.Second);
        Assert.True(different == 0 && expected.Length == image.Bytes.Length, $"{name}: {different} of {expected.Length} samples differ");
    }
}
