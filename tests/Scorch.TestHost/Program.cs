using System.Runtime.Intrinsics;
using Scorch;
using Scorch.TestHost;

// A process of its own, so that run-time switches take effect: `vectors` holds every vector kernel to plain loops,
// `bits THREADS` prints the bits of a short training run.
switch (args)
{
    case ["vectors"]:
        Console.WriteLine(Vector512.IsHardwareAccelerated ? "width 512" : Vector256.IsHardwareAccelerated ? "width 256" : Vector128.IsHardwareAccelerated ? "width 128" : "no vectors");
        VectorChecks.Run();
        Console.WriteLine("all kernels agree");
        return 0;
    case ["bits", var threads]:
        Parallelism.ThreadCount = int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture);
        Console.WriteLine(TrainingBits.Run());
        return 0;
    default:
        Console.Error.WriteLine("Usage: vectors | bits THREADS");
        return 2;
}
