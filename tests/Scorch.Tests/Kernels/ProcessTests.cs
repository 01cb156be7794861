using System.Diagnostics;

namespace Scorch.Tests.Kernels;

/// <summary>What only a process of its own can show: run-time switches and thread counts.</summary>
public class ProcessTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512=1", null)]
    [InlineData("DOTNET_EnableAVX512=0", "width 256")]
    [InlineData("DOTNET_EnableAVX=0", "width 128")]
    [InlineData("DOTNET_EnableHWIntrinsic=0", "no vectors")]
    public void Every_vector_width_agrees_with_plain_loops(string setting, string? width)
    {
        var output = Run(setting, "vectors");
        Assert.EndsWith("all kernels agree", output.Trim());
        // The switches name x64 instruction sets; elsewhere the portable widths are what they are.
        if (width is not null && System.Runtime.Intrinsics.X86.Avx2.IsSupported) Assert.StartsWith(width, output);
    }

    [Fact]
    public void A_seed_fixes_the_bits_of_training_at_one_two_and_seven_threads()
    {
        var one = Run("DOTNET_TieredPGO=1", "bits", "1");
        Assert.Equal(64, one.Trim().Length);
        Assert.Equal(one, Run("DOTNET_TieredPGO=1", "bits", "2"));
        Assert.Equal(one, Run("DOTNET_TieredPGO=0", "bits", "7"));
    }

    [Fact]
    public void Twenty_thousand_training_steps_without_a_Dispose_hold_a_flat_footprint() =>
        Assert.Contains("flat: ", Run("DOTNET_TieredPGO=1", "footprint", "20000"));

    [Fact]
    public void Steady_training_steps_use_tensor_memory_again_and_few_managed_bytes_an_operation() =>
        Assert.Contains("physics-informed", Run("DOTNET_TieredPGO=1", "steady"));

    [Fact]
    public void Blocks_of_sizes_gone_by_do_not_add_up() => Assert.StartsWith("right elements", Run("DOTNET_TieredPGO=1", "idle"));

    [Fact]
    public void Dead_results_come_back_with_the_next_collection() => Assert.EndsWith("of 200 results held at once", Run("DOTNET_TieredPGO=1", "reuse").Trim());

    [Fact]
    public void Code_that_the_runtime_compiles_anew_gives_the_same_bits() => Assert.Contains("the same bits", Run("DOTNET_TieredPGO=1", "recompiled"));

    private static string Run(string setting, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Scorch.TestHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);
        start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {error.Result}");
        return output;
    }
}
