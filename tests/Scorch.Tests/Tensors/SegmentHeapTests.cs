namespace Scorch.Tests.Tensors;

/// <summary>Large blocks are pieces of segments: they must never overlap, and what one size has left must serve another.</summary>
public unsafe class SegmentHeapTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public void A_block_that_came_back_last_is_handed_out_first()
    {
        var heap = new SegmentHeap();
        var blocks = Enumerable.Range(0, 3).Select(_ => heap.Rent(5 * Mebibyte)).ToArray();
        foreach (var block in blocks) block.Return();
        Assert.Same(blocks[2], heap.Rent(5 * Mebibyte));
        Assert.Same(blocks[1], heap.Rent(5 * Mebibyte));
        Assert.Equal(1, heap.Made);
    }

    [Fact]
    public void Neighbours_that_came_back_serve_a_larger_size()
    {
        var heap = new SegmentHeap();
        var blocks = Enumerable.Range(0, 3).Select(_ => heap.Rent(20 * Mebibyte)).ToArray();
        var start = blocks.Min(block => (nint)block.Pointer);
        foreach (var i in new[] { 1, 0, 2 }) blocks[i].Return();
        var whole = heap.Rent(60 * Mebibyte);
        Assert.Equal(start, (nint)whole.Pointer);
        Assert.Equal(1, heap.Made);
    }

    [Fact]
    public void The_smallest_hole_that_is_large_enough_is_taken()
    {
        var heap = new SegmentHeap();
        var (large, _, small, _) = (heap.Rent(12 * Mebibyte), heap.Rent(2 * Mebibyte), heap.Rent(6 * Mebibyte), heap.Rent(2 * Mebibyte));
        var place = (nint)small.Pointer;
        large.Return();
        small.Return();
        Assert.Equal(place, (nint)heap.Rent(5 * Mebibyte).Pointer);
    }

    [Fact]
    public void Blocks_never_overlap_and_every_byte_comes_back()
    {
        var (heap, random) = (new SegmentHeap(), new Random(1));
        var live = new List<MemoryBlock>();
        for (var turn = 0; turn < 5000; turn++)
        {
            if (live.Count < 40 && random.Next(5) < 3)
            {
                var bytes = random.NextInt64(Mebibyte, 30 * Mebibyte);
                var block = heap.Rent(bytes);
                Assert.True(block.Size >= bytes);
                Assert.Equal(0, (nint)block.Pointer % 64);
                foreach (var other in live) Assert.True(block.Pointer + block.Size <= other.Pointer || other.Pointer + other.Size <= block.Pointer);
                // The ends of the block are its own to write.
                (block.Pointer[0], block.Pointer[block.Size - 1]) = (1, 1);
                live.Add(block);
            }
            else if (live.Count > 0)
            {
                var place = random.Next(live.Count);
                live[place].Return();
                live.RemoveAt(place);
            }
        }
        foreach (var block in live) block.Return();
        heap.Trim(0);
        Assert.Equal(0, heap.IdleBytes);
    }

    [Fact]
    public void Segments_in_use_stay_when_idle_ones_are_released()
    {
        var heap = new SegmentHeap();
        var (kept, gone) = (heap.Rent(64 * Mebibyte), heap.Rent(64 * Mebibyte));
        kept.Pointer[0] = 7;
        gone.Return();
        heap.Trim(0);
        Assert.Equal(0, heap.IdleBytes);
        Assert.Equal(7, kept.Pointer[0]);
        Assert.False(heap.Fits(0));
        kept.Return();
        Assert.True(heap.Fits(64 * Mebibyte));
    }
}
