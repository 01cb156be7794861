using System.Runtime.Intrinsics;
using Scorch;
using Scorch.TestHost;

// A process of its own, so that run-time switches take effect: `vectors` holds every vector kernel to plain loops,
// `bits THREADS` prints the bits of a short training run, `train FOLDER STEPS` trains from and to checkpoints,
// `footprint STEPS` trains a small network and prints its memory (a million steps take some minutes),
// `steady` prints what training steps allocate, `idle` how much memory the pool keeps, `reuse` whether dead results come back, `recompiled` holds the bits of each operation's first call to those of its later ones.
switch (args)
{
    case ["vectors"]:
        Console.WriteLine(Vector512.IsHardwareAccelerated ? "width 512" : Vector256.IsHardwareAccelerated ? "width 256" : Vector128.IsHardwareAccelerated ? "width 128" : "no vectors");
        VectorChecks.Run();
        Console.WriteLine("all kernels agree");
        return 0;
    case ["bits", var threads]:
        Parallelism.ThreadCount = int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture);
        Console.WriteLine(TrainingBits.Run(threads == "1" ? 0 : 3));
        return 0;
    case ["train", var folder, var steps]:
        TrainingRun.Run(folder, long.Parse(steps, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["footprint", var steps]:
        return FootprintRun.Run(long.Parse(steps, System.Globalization.CultureInfo.InvariantCulture)) ? 0 : 1;
    case ["idle"]:
        return IdleMemory.Run() ? 0 : 1;
    case ["reuse"]:
        return IdleMemory.Reuse() ? 0 : 1;
    case ["steady"]:
        return SteadySteps.Run() ? 0 : 1;
    case ["recompiled"]:
        return RecompiledBits.Run() ? 0 : 1;
    default:
        Console.Error.WriteLine("Usage: vectors | bits THREADS | train FOLDER STEPS | footprint STEPS | steady | idle | reuse | recompiled");
        return 2;
}
