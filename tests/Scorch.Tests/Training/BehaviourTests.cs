using System.Diagnostics;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tests.Training;

/// <summary>What a long-running program relies on: memory, threads and handles.</summary>
public class BehaviourTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void A_long_training_run_holds_a_flat_footprint_without_a_Dispose()
    {
        var (network, optimizer, x, y) = Small();
        void Train(TimeSpan time, ref long steps)
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < time; steps++) Step(network, optimizer, x, y);
        }
        long steps = 0;
        Train(TimeSpan.FromSeconds(4), ref steps);
        var (managed, native, resident) = Footprint();
        Train(TimeSpan.FromSeconds(10), ref steps);
        var (managedLater, nativeLater, residentLater) = Footprint();
        output.WriteLine($"{steps} steps: managed {managed} to {managedLater}, native {native} to {nativeLater}, resident {resident} to {residentLater} bytes");
        Assert.InRange(steps, 1000, long.MaxValue);
        // Other tests run beside this one; a leak of one small tensor (about 1 KiB) a step would show as tens of MiB.
        Assert.InRange(managedLater - managed, long.MinValue, Math.Max(16L << 20, steps * 128));
        Assert.InRange(nativeLater - native, long.MinValue, 256L << 20);
    }

    [Fact]
    public void Large_activations_come_back_to_the_pool_without_a_Dispose()
    {
        var random = new RandomSource(3);
        var network = new Sequential(new Linear(512, 512, random), new Function(x => x.Tanh()), new Linear(512, 1, random));
        var optimizer = new Sgd(network.Parameters(), new(1e-3));
        var (x, y) = (random.Normal([512, 512]), random.Normal([512, 1]));
        long most = 0;
        // 300 steps make several MiB of activations each: more than a GiB in all.
        for (var step = 0; step < 300; step++)
        {
            Step(network, optimizer, x, y);
            most = Math.Max(most, MemoryPool.LiveBytes);
        }
        output.WriteLine($"most live at once: {most} bytes");
        Assert.InRange(most, 1, 1L << 30);
    }

    [Fact]
    public void Handles_and_views_kept_across_a_thousand_steps_keep_their_bits()
    {
        var (network, optimizer, x, y) = Small();
        var kept = new List<(Tensor Tensor, byte[] Bits)>();
        for (var step = 0; step < 1000; step++)
        {
            if (step % 50 == 0)
            {
                // Results of every kind: with history, detached, views, gradients, and one large enough for native memory.
                var hidden = network.Forward(x);
                var large = x.Tile(1, 600);
                foreach (var tensor in new[] { hidden, hidden.Detach(), hidden.T[..1], large[3..5], large.T, network.State()["0.weight"].Clone(), x[2] })
                    kept.Add((tensor, TensorAssert.Bytes(tensor)));
            }
            Step(network, optimizer, x, y);
            if (step % 50 == 1)
            {
                var gradient = network.Parameters().First().Gradient!;
                kept.Add((gradient, TensorAssert.Bytes(gradient)));
            }
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(160, kept.Count);
        foreach (var (tensor, bits) in kept) Assert.Equal(bits, TensorAssert.Bytes(tensor));
    }

    [Fact]
    public void Inference_on_one_module_from_many_threads_gives_the_same_bits()
    {
        var random = new RandomSource(6);
        var network = new Sequential(
            Convolution.Image(3, 16, 3, random, padding: 1), new BatchNorm(16), new Function(x => x.Relu().MaxPool([2]).Values.Flatten(1)), new Dropout(0.5, random), new Linear(16 * 8 * 8, 10, random));
        network.Evaluate();
        var images = Enumerable.Range(0, 8).Select(i => random.Fork(i).Normal([8, 3, 16, 16])).ToArray();
        byte[][] expected;
        using (Scorch.Autograd.GradientMode.Disable()) expected = [.. images.Select(image => TensorAssert.Bytes(network.Forward(image)))];
        var errors = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            try
            {
                for (var round = 0; round < 20; round++)
                {
                    var i = (t + round) % images.Length;
                    // Half of the callers record, as a gradient by the input does.
                    using var mode = t % 2 == 0 ? Scorch.Autograd.GradientMode.Disable() : Scorch.Autograd.GradientMode.Enable();
                    Assert.Equal(expected[i], TensorAssert.Bytes(network.Forward(images[i])));
                }
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(errors);
    }

    private static (Sequential Network, Adam Optimizer, Tensor X, Tensor Y) Small()
    {
        var random = new RandomSource(1);
        var network = new Sequential(new Linear(2, 16, random), new Function(x => x.Tanh()), new Linear(16, 1, random));
        return (network, new Adam(network.Parameters()), random.Normal([16, 2]), random.Normal([16, 1]));
    }

    private static void Step(Sequential network, Optimizer optimizer, Tensor x, Tensor y)
    {
        optimizer.ClearGradients();
        Loss.MeanSquaredError(network.Forward(x), y).Backward();
        optimizer.Step();
    }

    private static (long Managed, long Native, long Resident) Footprint()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return (GC.GetTotalMemory(true), MemoryPool.LiveBytes, Environment.WorkingSet);
    }
}
