using Scorch.Media;

namespace Scorch.Vision.Data;

/// <summary>Pictures of 32x32 drawn by a program, for runs without a data folder: ten kinds of stripes that differ in direction and width, in random colours, with noise.</summary>
internal static class GeneratedImages
{
    public static LabelledImages Make(int perClass, long seed)
    {
        const int side = 32, classes = 10;
        var random = new RandomSource(seed);
        var (pixels, labels) = (new byte[classes * perClass * 3 * side * side], new int[classes * perClass]);
        for (var n = 0; n < labels.Length; n++)
        {
            var label = labels[n] = n % classes;
            var (angle, period) = (Math.PI * (label % 5) / 5, label < 5 ? 5 : 9);
            var (phase, offset) = (2 * Math.PI * random.NextDouble(), n * 3 * side * side);
            for (var c = 0; c < 3; c++)
            {
                var strength = 30 + (60 * random.NextDouble());
                for (var i = 0; i < side * side; i++)
                {
                    var along = (i % side * Math.Cos(angle)) + (i / side * Math.Sin(angle));
                    var value = 128 + (strength * Math.Sin((2 * Math.PI * along / period) + phase)) + (20 * (random.NextDouble() - 0.5));
                    pixels[offset + (c * side * side) + i] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }
        return new(pixels, labels, 3, side, side, [.. Enumerable.Range(0, classes).Select(label => $"stripes {label}")]);
    }
}
