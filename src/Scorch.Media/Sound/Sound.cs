using System.Buffers.Binary;
using Scorch.Checkpoints;

namespace Scorch.Media;

/// <summary>How samples lie in a WAV file.</summary>
public enum WavEncoding
{
    /// <summary>Whole numbers of 8 bits, unsigned.</summary>
    Pcm8,

    /// <summary>Whole numbers of 16 bits.</summary>
    Pcm16,

    /// <summary>Whole numbers of 24 bits.</summary>
    Pcm24,

    /// <summary>Whole numbers of 32 bits.</summary>
    Pcm32,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,
}

/// <summary>Sound in memory: samples in -1 … 1, channels interleaved.</summary>
/// <remarks>Whole numbers of b bits are divided by 2^(b-1); samples are float32, so 32-bit ones keep their upper 24 bits.</remarks>
public sealed class Sound
{
    private readonly float[] samples;

    /// <summary>A sound; takes the array over.</summary>
    /// <param name="sampleRate">Samples a second and channel, Hz.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="samples">Frame after frame, channels interleaved.</param>
    /// <exception cref="ArgumentException">The samples are not a whole number of frames.</exception>
    public Sound(int sampleRate, int channels, float[] samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Length % channels != 0) throw new ArgumentException($"Sound: {samples.Length} samples are no whole number of frames of {channels} channels.", nameof(samples));
        (SampleRate, Channels, this.samples) = (sampleRate, channels, samples);
    }

    /// <summary>Samples a second and channel, Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Samples of one channel.</summary>
    public int Frames => samples.Length / Channels;

    /// <summary>Length in time.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Frames / SampleRate);

    /// <summary>Frame after frame, channels interleaved.</summary>
    public ReadOnlySpan<float> Samples => samples;

    /// <summary>Float32 [channels, frames].</summary>
    public Tensor ToTensor() => Tensor.From(samples, [Frames, Channels]).Transpose(0, 1).Contiguous();

    /// <summary>A sound from [channels, frames].</summary>
    /// <exception cref="ArgumentException">The tensor has another rank.</exception>
    public static Sound FromTensor(Tensor tensor, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Rank != 2) throw new ArgumentException($"Sound.FromTensor: the tensor has shape {tensor.Shape}; [channels, frames] is needed.", nameof(tensor));
        return new(sampleRate, tensor.Shape[0], tensor.To(DataType.Float32).Transpose(0, 1).ToArray<float>());
    }

    /// <summary>Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or float of 32 or 64 bits.</summary>
    /// <exception cref="MediaFormatException">The file is damaged, truncated, too large or of another kind.</exception>
    public static Sound Load(string path, MediaLimits? limits = null) => Decode(ByteReader.Open(path, limits ?? MediaLimits.Default));

    /// <summary>Reads a WAV file that lies in memory.</summary>
    /// <exception cref="MediaFormatException">The file is damaged, truncated or of another kind.</exception>
    public static Sound Decode(byte[] file, string name = "sound")
    {
        ArgumentNullException.ThrowIfNull(file);
        return Decode(new ByteReader(file, name));
    }

    /// <summary>Writes a WAV file; an older one is replaced at once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Whole numbers are rounded to nearest; samples beyond their range are cut off.</param>
    public void Save(string path, WavEncoding encoding = WavEncoding.Pcm16) => AtomicFile.Write(path, stream => stream.Write(Encode(encoding)));

    /// <summary>The bytes of a WAV file.</summary>
    /// <param name="encoding">Whole numbers are rounded to nearest; samples beyond their range are cut off.</param>
    /// <exception cref="ArgumentException">A sample is NaN and the encoding holds whole numbers.</exception>
    public byte[] Encode(WavEncoding encoding = WavEncoding.Pcm16)
    {
        var width = encoding switch { WavEncoding.Pcm8 => 1, WavEncoding.Pcm16 => 2, WavEncoding.Pcm24 => 3, _ => 4 };
        var length = checked(samples.Length * width);
        var file = new byte[checked(44 + length + (length % 2))];
        var span = file.AsSpan();
        void Write32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        void Write16(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), (short)value);
        "RIFF"u8.CopyTo(span);
        Write32(4, file.Length - 8);
        "WAVEfmt "u8.CopyTo(span[8..]);
        Write32(16, 16);
        Write16(20, encoding == WavEncoding.Float32 ? 3 : 1);
        Write16(22, Channels);
        Write32(24, SampleRate);
        Write32(28, SampleRate * Channels * width);
        Write16(32, Channels * width);
        Write16(34, 8 * width);
        "data"u8.CopyTo(span[36..]);
        Write32(40, length);
        for (var i = 0; i < samples.Length; i++)
        {
            var at = 44 + (i * width);
            if (encoding == WavEncoding.Float32)
            {
                BinaryPrimitives.WriteSingleLittleEndian(span[at..], samples[i]);
                continue;
            }
            if (float.IsNaN(samples[i])) throw new ArgumentException($"Sound: sample {i} is NaN; whole numbers cannot hold it.", nameof(encoding));
            var scale = Math.ScaleB(1, (8 * width) - 1);
            var value = (int)Math.Clamp(Math.Round(samples[i] * scale), -scale, scale - 1);
            if (width == 1) value += 128;
            for (var b = 0; b < width; b++) file[at + b] = (byte)(value >> (8 * b));
        }
        return file;
    }

    private static Sound Decode(ByteReader reader)
    {
        if (reader.Remaining < 12 || !reader.Take(4).SequenceEqual("RIFF"u8)) throw reader.Error("this is not a WAV file (no RIFF header).");
        reader.UInt32();
        if (!reader.Take(4).SequenceEqual("WAVE"u8)) throw reader.Error("this RIFF file holds no sound (no WAVE header).");
        var (kind, channels, rate, bits) = (0, 0, 0, 0);
        while (true)
        {
            if (reader.Remaining < 8) throw reader.Error("there is no data chunk; the file is truncated, get a complete copy.");
            var name = reader.Take(4);
            var isFormat = name.SequenceEqual("fmt "u8);
            var isData = name.SequenceEqual("data"u8);
            var length = reader.UInt32();
            if (length > reader.Remaining) throw reader.Error($"a chunk says it has {length} bytes and {reader.Remaining} are left; the file is truncated, get a complete copy.");
            var start = reader.Position;
            if (isFormat)
            {
                if (length < 16) throw reader.Error($"the format chunk has {length} bytes; at least 16 are needed.");
                (kind, channels, rate) = (reader.UInt16(), reader.UInt16(), reader.Int32());
                reader.Take(6);
                bits = reader.UInt16();
                if (kind == 0xFFFE && length >= 40)
                {
                    reader.Take(8);
                    kind = reader.UInt16();
                }
            }
            else if (isData)
            {
                if (channels == 0) throw reader.Error("the data come before the format, or have no channel; the file is damaged.");
                return new(rate < 1 ? throw reader.Error($"the sample rate is {rate} Hz; it must be at least 1.") : rate, channels, ReadSamples(reader, (int)length, kind, channels, bits));
            }
            reader.Position = (int)Math.Min(reader.Bytes.Length, start + (long)length + (length % 2));
        }
    }

    private static float[] ReadSamples(ByteReader reader, int length, int kind, int channels, int bits)
    {
        if (!((kind == 1 && bits is 8 or 16 or 24 or 32) || (kind == 3 && bits is 32 or 64)))
            throw reader.Error($"format {kind} with {bits} bits is not read; convert the file to 16-bit PCM.");
        var width = bits / 8;
        if (length % (width * channels) != 0) throw reader.Error($"{length} bytes are no whole number of frames of {channels} channels of {bits} bits; the file is truncated or damaged.");
        var bytes = reader.Take(length);
        var samples = new float[length / width];
        for (var i = 0; i < samples.Length; i++)
        {
            var at = bytes[(i * width)..];
            samples[i] = (kind, bits) switch
            {
                (3, 32) => BinaryPrimitives.ReadSingleLittleEndian(at),
                (3, _) => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
                (_, 8) => (at[0] - 128) / 128f,
                (_, 16) => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768f,
                (_, 24) => ((at[0] << 8 | at[1] << 16 | at[2] << 24) >> 8) / 8388608f,
                _ => (float)(BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648.0),
            };
        }
        return samples;
    }
}
