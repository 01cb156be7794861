using Scorch.Media;

namespace Scorch.Vision.Tests;

/// <summary>A tiny data set in ImageNet's layout: three classes of coloured, noisy pictures.</summary>
internal static class SmallPictures
{
    public static void Write(string folder, int size, int training = 4, int test = 2)
    {
        var random = new RandomSource(1);
        foreach (var (part, count) in new[] { ("train", training), ("val", test) })
            for (var label = 0; label < 3; label++)
            {
                var path = Directory.CreateDirectory(Path.Combine(folder, part, $"n0{label}")).FullName;
                for (var i = 0; i < count; i++)
                {
                    // One colour stands out in each class; every other picture is wide.
                    var width = size + (i % 2 * 7);
                    var samples = new byte[width * size * 3];
                    for (var at = 0; at < samples.Length; at++) samples[at] = (byte)((at % 3 == label ? 180 : 40) + random.NextInt64(60));
                    new Image(width, size, 3, samples).Save(Path.Combine(path, $"{i}.{(i % 3 == 0 ? "png" : "jpg")}"));
                }
            }
    }
}
