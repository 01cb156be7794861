using System.Buffers;

namespace Scorch.Media;

/// <summary>Reads JPEG (ITU-T T.81): baseline, extended sequential and progressive Huffman coding of 8-bit grey, YCbCr and RGB pictures.</summary>
/// <remarks>The transform is libjpeg's accurate integer one and chroma is upsampled by its triangle filter, so that pixels agree with it.</remarks>
internal sealed class JpegDecoder
{
    private readonly ByteReader reader;
    private readonly MediaLimits limits;
    private readonly int[]?[] quantisation = new int[]?[4];
    private readonly JpegHuffmanTable?[] dc = new JpegHuffmanTable?[4];
    private readonly JpegHuffmanTable?[] ac = new JpegHuffmanTable?[4];
    private JpegFrame? frame;
    private int restartInterval;
    private int adobeTransform = -1;
    private bool hasJfif;

    private JpegDecoder(ByteReader reader, MediaLimits limits) => (this.reader, this.limits) = (reader, limits);

    public static Image Decode(ByteReader reader, MediaLimits limits)
    {
        var decoder = new JpegDecoder(reader, limits);
        try
        {
            return decoder.Run();
        }
        finally
        {
            foreach (var component in decoder.frame?.Components ?? [])
                if (component.Plane.Length > 0) ArrayPool<byte>.Shared.Return(component.Plane);
        }
    }

    private Image Run()
    {
        reader.Position = 2;
        var scans = 0;
        while (true)
        {
            var marker = NextMarker();
            if (marker == 0xD9) break;
            if (marker is >= 0xD0 and <= 0xD7 or 0x01) continue;
            var start = reader.Position;
            var length = reader.UInt16Big() - 2;
            if (length < 0 || length > reader.Remaining)
                throw reader.Error($"a segment says it has {length + 2} bytes and {reader.Remaining + 2} are left; the file is truncated or damaged, get a complete copy.");
            var end = reader.Position + length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2: ReadFrame(marker == 0xC2, end); break;
                case 0xC4: ReadHuffman(end); break;
                case 0xDB: ReadQuantisation(end); break;
                case 0xDD: restartInterval = reader.UInt16Big(); break;
                case 0xDA:
                    // Every scan costs a pass over the picture: a file of endless empty scans is refused.
                    if (++scans > 1000) throw reader.Error("there are more than 1000 scans; the file is hostile or damaged.");
                    ReadScan(end);
                    continue;
                case 0xE0: hasJfif |= length >= 5 && reader.Take(4).SequenceEqual("JFIF"u8); break;
                case 0xEE: if (length >= 12 && reader.Take(5).SequenceEqual("Adobe"u8)) adobeTransform = reader.Bytes[reader.Position + 6]; break;
                case 0xC3 or >= 0xC5 and <= 0xC7: throw new MediaFormatException(reader.Name, start, "lossless and hierarchical JPEG are not read; convert the file to baseline or progressive JPEG.");
                case >= 0xC9 and <= 0xCF: throw new MediaFormatException(reader.Name, start, "arithmetic coding of JPEG is not read; convert the file to baseline or progressive JPEG.");
            }
            reader.Position = end;
        }
        if (frame is null) throw reader.Error("there is no picture in the file (no frame header); get another copy.");
        foreach (var component in frame.Components)
            if (component.Steps.Length == 0) throw reader.Error($"component {component.Id} was never coded; the file is truncated or damaged.");
        if (frame.Progressive)
            foreach (var component in frame.Components) Transform(component);
        return JpegColour.ToImage(frame, IsRgb(frame));
    }

    private int NextMarker()
    {
        if (reader.Byte() != 0xFF)
        {
            reader.Position--;
            throw reader.Error("a marker was expected here; the file is damaged, get another copy.");
        }
        int marker;
        do marker = reader.Byte();
        while (marker == 0xFF);
        return marker;
    }

    private void ReadFrame(bool progressive, int end)
    {
        if (frame is not null) throw reader.Error("there is a second frame header; only single pictures are read.");
        var precision = reader.Byte();
        if (precision != 8) throw reader.Error($"samples have {precision} bits; only 8 are read, convert the file to 8-bit JPEG.");
        var (height, width) = (reader.UInt16Big(), reader.UInt16Big());
        int count = reader.Byte();
        if (count == 4) throw reader.Error("the picture has four components (CMYK or YCCK), which is not read; convert it to RGB.");
        if (count is not (1 or 3)) throw reader.Error($"the picture has {count} components; grey (1) and colour (3) are read.");
        if (reader.Position + (3 * count) > end) throw reader.Error("the frame header is shorter than its components; the file is damaged.");
        if (height == 0) throw reader.Error("the height is given after the picture (DNL), which is not read; write the file anew with another program.");
        reader.CheckSize(width, height, 3 * count, 1, limits);
        var components = new JpegComponent[count];
        for (var i = 0; i < count; i++)
        {
            var (id, sampling, table) = (reader.Byte(), reader.Byte(), reader.Byte());
            var (horizontal, vertical) = (sampling >> 4, sampling & 15);
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4 || table > 3)
                throw reader.Error($"component {id} has sampling {horizontal}x{vertical} and table {table}; 1 to 4 and 0 to 3 can be, the file is damaged.");
            components[i] = new(id, count == 1 ? 1 : horizontal, count == 1 ? 1 : vertical, table);
        }
        if (components.Select(component => component.Id).Distinct().Count() != count) throw reader.Error("two components have one number; the file is damaged.");
        frame = new(width, height, progressive, components);
        foreach (var component in components)
        {
            if (frame.MaximumHorizontal % component.Horizontal != 0 || frame.MaximumVertical % component.Vertical != 0)
                throw reader.Error($"component {component.Id} is sampled {component.Horizontal}x{component.Vertical} of {frame.MaximumHorizontal}x{frame.MaximumVertical}, not a whole ratio; convert the file to 4:4:4 or 4:2:0.");
            component.Width = ((width * component.Horizontal) + frame.MaximumHorizontal - 1) / frame.MaximumHorizontal;
            component.Height = ((height * component.Vertical) + frame.MaximumVertical - 1) / frame.MaximumVertical;
            component.StoredAcross = frame.UnitsAcross * component.Horizontal;
            component.StoredDown = frame.UnitsDown * component.Vertical;
        }
        // A block takes at least two bits in a sequential scan, and one in the DC scan of a progressive picture.
        var blocks = components.Sum(component => (long)component.StoredAcross * component.StoredDown);
        if (blocks / (progressive ? 8 : 4) > reader.Remaining)
            throw reader.Error($"the header asks for {width} x {height} pixels, which the {reader.Remaining} bytes that follow cannot hold; the file is truncated or damaged.");
        foreach (var component in components)
        {
            var size = 64 * component.StoredAcross * component.StoredDown;
            if (progressive) component.Coefficients = new short[size];
            component.Plane = ArrayPool<byte>.Shared.Rent(size);
            component.Blocks = new(component.Plane, component.Stride);
        }
    }

    private void ReadQuantisation(int end)
    {
        while (reader.Position < end)
        {
            var kind = reader.Byte();
            if ((kind & 15) > 3 || kind >> 4 > 1) throw reader.Error($"quantisation table {kind & 15} of precision {kind >> 4} cannot be; the file is damaged.");
            var table = new int[64];
            for (var k = 0; k < 64; k++) table[k] = kind >> 4 == 0 ? reader.Byte() : reader.UInt16Big();
            quantisation[kind & 15] = table;
        }
    }

    private void ReadHuffman(int end)
    {
        while (reader.Position < end)
        {
            var kind = reader.Byte();
            if ((kind & 15) > 3 || kind >> 4 > 1) throw reader.Error($"Huffman table {kind & 15} of class {kind >> 4} cannot be; the file is damaged.");
            var counts = reader.Take(16);
            var total = 0;
            foreach (var count in counts) total += count;
            if (total > 256) throw reader.Error($"a Huffman table has {total} codes; 256 can be, the file is damaged.");
            (kind >> 4 == 0 ? dc : ac)[kind & 15] = new(counts, reader.Take(total).ToArray(), reader.Error);
        }
    }

    private void ReadScan(int end)
    {
        if (frame is null) throw reader.Error("a scan comes before the frame header; the file is damaged.");
        int count = reader.Byte();
        if (count < 1 || count > frame.Components.Length) throw reader.Error($"a scan has {count} components of {frame.Components.Length}; the file is damaged.");
        var components = new JpegComponent[count];
        var tables = new int[count];
        for (var i = 0; i < count; i++)
        {
            var id = reader.Byte();
            tables[i] = reader.Byte();
            components[i] = frame.Components.FirstOrDefault(component => component.Id == id) ?? throw reader.Error($"a scan names component {id}, which the frame does not have; the file is damaged.");
        }
        int first = reader.Byte(), last = reader.Byte(), approximation = reader.Byte();
        var (high, low) = (approximation >> 4, approximation & 15);
        if (!frame.Progressive) (first, last, high, low) = (0, 63, 0, 0);
        if (last > 63 || first > last || low > 13 || (high != 0 && high != low + 1) || (frame.Progressive && (first == 0) != (last == 0)) || (first > 0 && count > 1))
            throw reader.Error($"a scan covers coefficients {first} to {last}, bits {high} to {low}, of {count} components, which cannot be; the file is damaged.");
        for (var i = 0; i < count; i++)
        {
            var component = components[i];
            if (component.Steps.Length == 0) component.Steps = quantisation[component.QuantisationTable] ?? throw reader.Error($"quantisation table {component.QuantisationTable} is missing; the file is damaged.");
            component.Prediction = 0;
            var (dcTable, acTable) = (tables[i] >> 4, tables[i] & 15);
            if (dcTable > 3 || acTable > 3) throw reader.Error($"a scan names Huffman tables {dcTable} and {acTable}; 0 to 3 can be, the file is damaged.");
            (component.Dc, component.Ac) = (dc[dcTable], ac[acTable]);
            if (first == 0 && high == 0 && component.Dc is null) throw reader.Error($"DC Huffman table {dcTable} is missing; the file is damaged.");
            if (last > 0 && component.Ac is null) throw reader.Error($"AC Huffman table {acTable} is missing; the file is damaged.");
        }
        reader.Position = end;
        new JpegScan(reader, frame, components, restartInterval, first, last, high, low).Decode();
    }

    /// <summary>The samples of a progressive picture's component, once all its scans are read.</summary>
    private static void Transform(JpegComponent component)
    {
        var blocks = component.Blocks!;
        for (var y = 0; y < component.BlocksDown; y++)
            for (var x = 0; x < component.BlocksAcross; x++)
            {
                var block = component.Coefficients.AsSpan(64 * ((y * component.StoredAcross) + x), 64);
                var lane = blocks.Next(x, y);
                for (var k = 0; k < 64; k++)
                {
                    var place = JpegTransform.NaturalOrder[k];
                    blocks.Work[(place * JpegBlocks.Lanes) + lane] = block[place] * component.Steps[k];
                }
            }
        blocks.Flush();
    }

    /// <summary>Three components are YCbCr unless an Adobe marker, or the components' names without a JFIF marker, say RGB.</summary>
    private bool IsRgb(JpegFrame picture) => picture.Components.Length == 3 && !hasJfif && (adobeTransform >= 0
        ? adobeTransform == 0
        : picture.Components[0].Id == 'R' && picture.Components[1].Id == 'G' && picture.Components[2].Id == 'B');
}
