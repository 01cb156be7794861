namespace Scorch.Language.Tests.ZeroShotDst;

/// <summary>Another number of threads while it lives.</summary>
internal sealed class Threads : IDisposable
{
    private readonly int usual = Parallelism.ThreadCount;

    public Threads(int count) => Parallelism.ThreadCount = count;

    public void Dispose() => Parallelism.ThreadCount = usual;
}
