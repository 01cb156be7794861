namespace Scorch.Media;

/// <summary>One colour component of a JPEG frame.</summary>
/// <param name="id">Its number in the file.</param>
/// <param name="horizontal">Horizontal sampling factor, 1 to 4.</param>
/// <param name="vertical">Vertical sampling factor, 1 to 4.</param>
/// <param name="table">Its quantisation table.</param>
internal sealed class JpegComponent(int id, int horizontal, int vertical, int table)
{
    public int Id { get; } = id;

    public int Horizontal { get; } = horizontal;

    public int Vertical { get; } = vertical;

    public int QuantisationTable { get; } = table;

    /// <summary>Samples a row and rows of the component itself.</summary>
    public int Width { get; set; }

    public int Height { get; set; }

    /// <summary>Blocks that hold samples; a scan of this component alone codes just these.</summary>
    public int BlocksAcross => (Width + 7) / 8;

    public int BlocksDown => (Height + 7) / 8;

    /// <summary>Blocks stored, rounded up to whole units of interleaved scans.</summary>
    public int StoredAcross { get; set; }

    public int StoredDown { get; set; }

    /// <summary>Quantised coefficients of a progressive picture, 64 a block in natural order.</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>Samples, <see cref="Stride"/> a row; those beyond the component's own size mean nothing.</summary>
    public byte[] Plane { get; set; } = [];

    public int Stride => 8 * StoredAcross;

    /// <summary>The way of decoded blocks to the plane.</summary>
    public JpegBlocks? Blocks { get; set; }

    public JpegHuffmanTable? Dc { get; set; }

    public JpegHuffmanTable? Ac { get; set; }

    public int Prediction { get; set; }

    /// <summary>Quantisation steps in zigzag order, as they stood when the component's first scan began; empty before.</summary>
    public int[] Steps { get; set; } = [];
}

/// <summary>Size and components of a JPEG picture.</summary>
internal sealed record JpegFrame(int Width, int Height, bool Progressive, JpegComponent[] Components)
{
    public int MaximumHorizontal { get; } = Components.Max(component => component.Horizontal);

    public int MaximumVertical { get; } = Components.Max(component => component.Vertical);

    public int UnitsAcross => (Width + (8 * MaximumHorizontal) - 1) / (8 * MaximumHorizontal);

    public int UnitsDown => (Height + (8 * MaximumVertical) - 1) / (8 * MaximumVertical);
}
