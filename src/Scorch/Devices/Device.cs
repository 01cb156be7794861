using Scorch.Kernels;

namespace Scorch.Devices;

/// <summary>Where a tensor's memory lies and its kernels run.</summary>
public sealed class Device
{
    /// <summary>The processor of this machine.</summary>
    public static readonly Device Cpu = new("cpu", new CpuKernels(), Storage.Allocate);

    private readonly Func<long, Device, Storage> allocate;

    internal Device(string name, KernelTable kernels, Func<long, Device, Storage> allocate)
    {
        Name = name;
        Kernels = kernels;
        this.allocate = allocate;
    }

    /// <summary>The name, such as <c>cpu</c>.</summary>
    public string Name { get; }

    internal KernelTable Kernels { get; }

    internal Storage Allocate(long byteCount) => allocate(byteCount, this);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
