namespace Scorch.Kernels;

/// <summary>Where a convolution's weights stand for one direction: element (row, channel, tap) of a group.</summary>
internal unsafe readonly struct WindowWeights<T>(T* weights, long group, long row, long channel)
    where T : unmanaged
{
    /// <summary>The weights of a group.</summary>
    public T* Group(int index) => weights + (index * group);

    public long Row => row;

    public long Channel => channel;
}
