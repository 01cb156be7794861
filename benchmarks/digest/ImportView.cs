using System.Diagnostics;
using Scorch.Digest;

namespace Scorch.Benchmarks.Digest;

/// <summary>Shows how far an import is, and the memory so far.</summary>
internal sealed class ImportView : IProgress<ImportProgress>
{
    private const int Every = 50_000;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Report(ImportProgress value)
    {
        if (value.Records > 0 && value.Records % Every == 0)
        {
            Console.Error.WriteLine($"{value.Records} papers, {_watch.Elapsed.TotalSeconds:0} s, peak {ProcessMemory.PeakMebibytes():0} MiB");
        }
    }
}
