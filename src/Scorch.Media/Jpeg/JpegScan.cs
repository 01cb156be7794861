namespace Scorch.Media;

/// <summary>Decodes the entropy-coded data of one scan into coefficients: sequential, or one of the four kinds of progressive scans (T.81, annexes F and G).</summary>
internal sealed class JpegScan(ByteReader reader, JpegFrame frame, JpegComponent[] components, int restartInterval, int first, int last, int high, int low)
{
    private readonly JpegBits bits = new(reader);
    private int blocksToSkip;

    public void Decode()
    {
        var alone = components.Length == 1;
        var (across, down) = alone ? (components[0].BlocksAcross, components[0].BlocksDown) : (frame.UnitsAcross, frame.UnitsDown);
        var units = across * down;
        for (var unit = 0; unit < units; unit++)
        {
            if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0) Restart(unit / restartInterval - 1);
            if (alone)
            {
                Block(components[0], unit % across, unit / across);
                continue;
            }
            foreach (var component in components)
                for (var y = 0; y < component.Vertical; y++)
                    for (var x = 0; x < component.Horizontal; x++)
                        Block(component, (unit % across * component.Horizontal) + x, (unit / across * component.Vertical) + y);
        }
        bits.Align();
    }

    private void Restart(int number)
    {
        bits.Align();
        while (reader.Remaining > 1 && reader.Bytes[reader.Position] == 0xFF && reader.Bytes[reader.Position + 1] == 0xFF) reader.Position++;
        if (reader.Byte() != 0xFF || reader.Byte() != 0xD0 + (number % 8))
        {
            reader.Position -= 2;
            throw reader.Error($"restart marker {number % 8} is missing; the file is damaged, get another copy.");
        }
        foreach (var component in components) component.Prediction = 0;
        blocksToSkip = 0;
    }

    private void Block(JpegComponent component, int x, int y)
    {
        var block = component.Coefficients.AsSpan(64 * ((y * component.StoredAcross) + x), 64);
        if (!frame.Progressive) Sequential(component, block);
        else if (first == 0 && high == 0) block[0] = (short)(Difference(component) << low);
        else if (first == 0) block[0] |= (short)(bits.Read(1) << low);
        else if (high == 0) FirstAc(component, block);
        else RefineAc(component, block);
    }

    private int Difference(JpegComponent component)
    {
        var size = component.Dc!.Decode(bits);
        if (size > 15) throw reader.Error($"a DC difference has {size} bits; at most 15 can be, the file is damaged.");
        return component.Prediction += bits.ReadSigned(size);
    }

    private void Sequential(JpegComponent component, Span<short> block)
    {
        block[0] = (short)Difference(component);
        for (var k = 1; k < 64; k++)
        {
            var symbol = component.Ac!.Decode(bits);
            var (run, size) = (symbol >> 4, symbol & 15);
            if (size == 0)
            {
                if (run != 15) return;
                k += 15;
                continue;
            }
            k += run;
            if (k > 63) throw Overrun();
            block[JpegTransform.NaturalOrder[k]] = (short)bits.ReadSigned(size);
        }
    }

    private void FirstAc(JpegComponent component, Span<short> block)
    {
        if (blocksToSkip > 0)
        {
            blocksToSkip--;
            return;
        }
        for (var k = first; k <= last; k++)
        {
            var symbol = component.Ac!.Decode(bits);
            var (run, size) = (symbol >> 4, symbol & 15);
            if (size == 0 && run < 15)
            {
                blocksToSkip = (1 << run) + bits.Read(run) - 1;
                return;
            }
            k += run;
            if (size == 0) continue;
            if (k > last) throw Overrun();
            block[JpegTransform.NaturalOrder[k]] = (short)(bits.ReadSigned(size) << low);
        }
    }

    private void RefineAc(JpegComponent component, Span<short> block)
    {
        var k = first;
        var unit = (short)(1 << low);
        if (blocksToSkip == 0)
        {
            for (; k <= last; k++)
            {
                var symbol = component.Ac!.Decode(bits);
                var (run, size) = (symbol >> 4, symbol & 15);
                short value = 0;
                if (size == 0 && run < 15)
                {
                    blocksToSkip = (1 << run) + bits.Read(run);
                    break;
                }
                if (size > 1) throw reader.Error($"a refinement adds {size} bits; only one can be, the file is damaged.");
                if (size == 1) value = bits.Read(1) == 1 ? unit : (short)-unit;
                // Pass over `run` coefficients that are still zero; those on the way that are not get their next bit.
                for (; k <= last; k++)
                {
                    ref var coefficient = ref block[JpegTransform.NaturalOrder[k]];
                    if (coefficient != 0) Refine(ref coefficient, unit);
                    else if (run-- == 0) break;
                }
                if (value == 0) continue;
                if (k > last) throw Overrun();
                block[JpegTransform.NaturalOrder[k]] = value;
            }
        }
        if (blocksToSkip == 0) return;
        for (; k <= last; k++)
        {
            ref var coefficient = ref block[JpegTransform.NaturalOrder[k]];
            if (coefficient != 0) Refine(ref coefficient, unit);
        }
        blocksToSkip--;
    }

    private void Refine(ref short coefficient, short unit)
    {
        if (bits.Read(1) == 1 && (coefficient & unit) == 0) coefficient += coefficient > 0 ? unit : (short)-unit;
    }

    private MediaFormatException Overrun() => reader.Error("a block has more than 64 coefficients; the file is damaged, get another copy.");
}
