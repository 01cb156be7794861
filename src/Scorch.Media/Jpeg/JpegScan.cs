namespace Scorch.Media;

/// <summary>Decodes the entropy-coded data of one scan: sequential blocks go on to the transform, the four kinds of progressive scans gather coefficients (T.81, annexes F and G).</summary>
internal sealed class JpegScan(ByteReader reader, JpegFrame frame, JpegComponent[] components, int restartInterval, int first, int last, int high, int low)
{
    private int blocksToSkip;

    public void Decode()
    {
        var bits = new JpegBits(reader.Bytes, reader.Position);
        var alone = components.Length == 1;
        var (across, down) = alone ? (components[0].BlocksAcross, components[0].BlocksDown) : (frame.UnitsAcross, frame.UnitsDown);
        var number = 0;
        var untilRestart = restartInterval;
        for (var y = 0; y < down; y++)
            for (var x = 0; x < across; x++)
            {
                if (restartInterval > 0 && untilRestart-- == 0)
                {
                    Restart(ref bits, number++ % 8);
                    untilRestart = restartInterval - 1;
                }
                if (alone) Block(ref bits, components[0], x, y);
                else Unit(ref bits, x, y);
                if (bits.IsExhausted) throw Error(ref bits, "");
            }
        foreach (var component in components) component.Blocks?.Flush();
        var isWhole = bits.Align();
        reader.Position = bits.Position;
        if (!isWhole) throw reader.Error("a marker was expected here; the file is damaged, get another copy.");
    }

    private void Unit(ref JpegBits bits, int x, int y)
    {
        foreach (var component in components)
            for (var v = 0; v < component.Vertical; v++)
                for (var h = 0; h < component.Horizontal; h++)
                    Block(ref bits, component, (x * component.Horizontal) + h, (y * component.Vertical) + v);
    }

    private void Restart(ref JpegBits bits, int number)
    {
        if (!bits.Align() || !bits.Restart(number)) throw Error(ref bits, $"restart marker {number} is missing; the file is damaged, get another copy.");
        foreach (var component in components) component.Prediction = 0;
        blocksToSkip = 0;
    }

    private void Block(ref JpegBits bits, JpegComponent component, int x, int y)
    {
        if (!frame.Progressive)
        {
            Sequential(ref bits, component, x, y);
            return;
        }
        var block = component.Coefficients.AsSpan(64 * ((y * component.StoredAcross) + x), 64);
        if (first == 0 && high == 0) block[0] = (short)(Difference(ref bits, component) << low);
        else if (first == 0) block[0] |= (short)(bits.Read(1) << low);
        else if (high == 0) FirstAc(ref bits, component, block);
        else RefineAc(ref bits, component, block);
    }

    private int Difference(ref JpegBits bits, JpegComponent component)
    {
        var size = Symbol(ref bits, component.Dc!);
        if (size > 15) throw Error(ref bits, $"a DC difference has {size} bits; at most 15 can be, the file is damaged.");
        return component.Prediction += JpegHuffmanTable.Signed(bits.Read(size), size);
    }

    private int Symbol(ref JpegBits bits, JpegHuffmanTable table)
    {
        var symbol = bits.Symbol(table);
        return symbol >= 0 ? symbol : throw Error(ref bits, "a Huffman code is not in its table; the file is damaged, get another copy.");
    }

    private void Sequential(ref JpegBits bits, JpegComponent component, int x, int y)
    {
        var blocks = component.Blocks!;
        var lane = blocks.Next(x, y);
        var work = blocks.Work.AsSpan();
        var steps = component.Steps.AsSpan();
        var places = JpegTransform.NaturalOrder;
        work[lane] = (short)Difference(ref bits, component) * steps[0];
        var table = component.Ac!;
        var lookup = table.Lookup;
        for (var k = 1; k < 64; k++)
        {
            bits.Fill();
            var entry = lookup[(int)(bits.Buffer >> (64 - JpegHuffmanTable.LookupBits))];
            var (together, symbol) = (entry & 15, (entry >> 8) & 0xFF);
            int value;
            if (together != 0)
            {
                bits.Skip(together);
                value = entry >> 16;
            }
            else
            {
                symbol = Symbol(ref bits, table);
                value = JpegHuffmanTable.Signed(bits.Read(symbol & 15), symbol & 15);
            }
            if ((symbol & 15) == 0)
            {
                // The end of the block, or sixteen zeros.
                if (symbol != 0xF0) return;
                k += 15;
                continue;
            }
            k += symbol >> 4;
            if (k > 63) throw Overrun(ref bits);
            work[(places[k] * JpegBlocks.Lanes) + lane] = value * steps[k];
        }
    }

    private void FirstAc(ref JpegBits bits, JpegComponent component, Span<short> block)
    {
        if (blocksToSkip > 0)
        {
            blocksToSkip--;
            return;
        }
        for (var k = first; k <= last; k++)
        {
            var symbol = Symbol(ref bits, component.Ac!);
            var (run, size) = (symbol >> 4, symbol & 15);
            if (size == 0 && run < 15)
            {
                blocksToSkip = (1 << run) + bits.Read(run) - 1;
                return;
            }
            k += run;
            if (size == 0) continue;
            if (k > last) throw Overrun(ref bits);
            block[JpegTransform.NaturalOrder[k]] = (short)(JpegHuffmanTable.Signed(bits.Read(size), size) << low);
        }
    }

    private void RefineAc(ref JpegBits bits, JpegComponent component, Span<short> block)
    {
        var k = first;
        var unit = (short)(1 << low);
        if (blocksToSkip == 0)
        {
            for (; k <= last; k++)
            {
                var symbol = Symbol(ref bits, component.Ac!);
                var (run, size) = (symbol >> 4, symbol & 15);
                short value = 0;
                if (size == 0 && run < 15)
                {
                    blocksToSkip = (1 << run) + bits.Read(run);
                    break;
                }
                if (size > 1) throw Error(ref bits, $"a refinement adds {size} bits; only one can be, the file is damaged.");
                if (size == 1) value = bits.Read(1) == 1 ? unit : (short)-unit;
                // Pass over `run` coefficients that are still zero; those on the way that are not get their next bit.
                for (; k <= last; k++)
                {
                    ref var coefficient = ref block[JpegTransform.NaturalOrder[k]];
                    if (coefficient != 0) Refine(ref bits, ref coefficient, unit);
                    else if (run-- == 0) break;
                }
                if (value == 0) continue;
                if (k > last) throw Overrun(ref bits);
                block[JpegTransform.NaturalOrder[k]] = value;
            }
        }
        if (blocksToSkip == 0) return;
        for (; k <= last; k++)
        {
            ref var coefficient = ref block[JpegTransform.NaturalOrder[k]];
            if (coefficient != 0) Refine(ref bits, ref coefficient, unit);
        }
        blocksToSkip--;
    }

    private static void Refine(ref JpegBits bits, ref short coefficient, short unit)
    {
        if (bits.Read(1) == 1 && (coefficient & unit) == 0) coefficient += coefficient > 0 ? unit : (short)-unit;
    }

    private MediaFormatException Overrun(ref JpegBits bits) => Error(ref bits, "a block has more than 64 coefficients; the file is damaged, get another copy.");

    /// <summary>What went wrong here; whatever it is, data that ended before is the cause.</summary>
    private MediaFormatException Error(ref JpegBits bits, string problem)
    {
        reader.Position = bits.Position;
        return reader.Error(bits.IsExhausted ? "the coded pixels end too early: the file is truncated or damaged, get a complete copy." : problem);
    }
}
