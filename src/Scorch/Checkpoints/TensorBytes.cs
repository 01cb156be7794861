namespace Scorch.Checkpoints;

/// <summary>The bytes of contiguous tensors, moved in pieces so that no copy as large as the tensor is made.</summary>
internal static class TensorBytes
{
    private const int PieceBytes = 1 << 22;

    public static byte[] Of(Tensor tensor)
    {
        var bytes = new byte[tensor.ElementCount * tensor.DataType.Size()];
        tensor.Kernels.Read(tensor.Operand, bytes);
        return bytes;
    }

    /// <summary>Writes the elements, row-major.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        var values = tensor.Detach().Contiguous();
        var buffer = new byte[Math.Min(PieceBytes, values.ElementCount * values.DataType.Size())];
        foreach (var piece in Pieces(values))
        {
            var bytes = buffer.AsSpan(0, checked((int)piece.ElementCount * piece.DataType.Size()));
            piece.Kernels.Read(piece.Operand, bytes);
            stream.Write(bytes);
        }
    }

    /// <summary>Fills a contiguous tensor that nothing else sees yet.</summary>
    /// <exception cref="CheckpointException">The stream ends early, or a truth value is neither 0 nor 1.</exception>
    public static void Fill(Stream stream, Tensor tensor, string name)
    {
        var buffer = new byte[Math.Min(PieceBytes, tensor.ElementCount * tensor.DataType.Size())];
        foreach (var piece in Pieces(tensor))
        {
            var bytes = buffer.AsSpan(0, checked((int)piece.ElementCount * piece.DataType.Size()));
            FillSpan(stream, bytes, name);
            if (piece.DataType == DataType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
                throw new CheckpointException($"{name}: a truth value is stored as a byte other than 0 and 1; the file is damaged, write it again.");
            piece.Kernels.Write(piece.Operand, bytes);
        }
    }

    /// <summary>Fills a span or says that the file ends early.</summary>
    public static void FillSpan(Stream stream, Span<byte> target, string name)
    {
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
            throw new CheckpointException($"{name}: the file ends early; copy or download it again.");
    }

    private static IEnumerable<Tensor> Pieces(Tensor tensor)
    {
        var count = tensor.ElementCount;
        long most = PieceBytes / tensor.DataType.Size();
        for (long start = 0; start < count; start += most)
            yield return new(tensor.Storage, tensor.Offset + start, [(int)Math.Min(most, count - start)], [1], tensor.DataType);
    }
}
