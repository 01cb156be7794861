namespace Scorch.Media.Tests;

public class SoundTests
{
    public static TheoryData<string> Files => [.. Oracle.Names(".wav")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Files_give_the_expected_samples(string file)
    {
        var sound = Sound.Load(Oracle.PathOf(file));
        var expected = Oracle.Expected(file);
        Assert.Equal([expected.Shape[0], expected.Shape[1]], [sound.Frames, sound.Channels]);
        Assert.Equal(file == "pcm16.wav" ? 8000 : 44100, sound.SampleRate);
        Assert.Equal(expected.ToArray<float>(), sound.Samples.ToArray());
    }

    [Theory]
    [InlineData("pcm8.wav", WavEncoding.Pcm8)]
    [InlineData("pcm16.wav", WavEncoding.Pcm16)]
    [InlineData("pcm24.wav", WavEncoding.Pcm24)]
    [InlineData("float32.wav", WavEncoding.Float32)]
    public void Writing_in_the_same_encoding_loses_nothing(string file, WavEncoding encoding)
    {
        var sound = Sound.Load(Oracle.PathOf(file));
        Assert.Equal(sound.Samples.ToArray(), Sound.Decode(sound.Encode(encoding)).Samples.ToArray());
    }

    [Fact]
    public void Whole_numbers_cut_off_what_is_too_loud() =>
        Assert.Equal([-1f, 2147483520f / 2147483648f], Sound.Decode(new Sound(8000, 1, [-2, 0.99999994f]).Encode(WavEncoding.Pcm32)).Samples.ToArray(), (a, b) => Math.Abs(a - b) < 1e-7);

    [Fact]
    public void Tensors_hold_channels_first()
    {
        var sound = new Sound(8000, 2, [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f]);
        Assert.Equal([0.1f, 0.3f, 0.5f, 0.2f, 0.4f, 0.6f], sound.ToTensor().ToArray<float>());
        Assert.Equal(sound.Samples.ToArray(), Sound.FromTensor(sound.ToTensor(), 8000).Samples.ToArray());
    }

    [Fact]
    public void Truncated_files_are_refused()
    {
        var bytes = Oracle.Bytes("pcm16.wav");
        for (var length = 0; length < bytes.Length; length += 7)
            Assert.Throws<MediaFormatException>(() => Sound.Decode(bytes[..length]));
    }
}
