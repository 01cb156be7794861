namespace Scorch;

/// <summary>How many threads kernels may use. Results do not depend on it.</summary>
public static class Parallelism
{
    /// <summary>Threads that share a kernel's work, the calling one among them; by default the processors of this machine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static int ThreadCount
    {
        get => Kernels.WorkPool.Threads;
        set => Kernels.WorkPool.Threads = value;
    }
}
