using Scorch.Training;

namespace Scorch.Reproductions.Tests;

public class TrainingViewTests
{
    private sealed class Heard : List<RunProgress>, IProgress<RunProgress>
    {
        public void Report(RunProgress value) => Add(value);
    }

    [Fact]
    public void A_trainer_s_report_becomes_a_line_and_a_share_of_the_whole()
    {
        var heard = new Heard();
        var view = new TrainingView(heard, "seed 1", from: 0.5, to: 1);

        view.Report(new TrainingProgress(1, 100, 0, 0.75, 0.01, new Dictionary<string, double>(), TimeSpan.FromSeconds(2)));
        view.Report(new TrainingProgress(50, 100, 1, 0.25, 0.01, new Dictionary<string, double> { ["loss"] = 0.5, ["accuracy"] = 0.875 }, TimeSpan.FromSeconds(100)));
        view.Report(new TrainingProgress(100, 100, 3, 0.125, 0.001, new Dictionary<string, double>(), TimeSpan.FromSeconds(200)));

        Assert.Equal([0.505, 0.75, 1], heard.Select(progress => progress.Fraction!.Value));
        Assert.Equal("seed 1: step 50 of 100, epoch 2, loss 0.25, accuracy 0.875, loss 0.5, rate 0.01, 0:01:40 left", heard[1].Message);
        Assert.Equal("seed 1: step 100 of 100, epoch 4, loss 0.125, rate 0.001", heard[2].Message);
    }

    [Fact]
    public void A_resumed_run_reckons_with_the_steps_of_this_call()
    {
        var heard = new Heard();
        var view = new TrainingView(heard, "x");

        view.Report(new TrainingProgress(901, 1000, 0, 1, 1, new Dictionary<string, double>(), TimeSpan.FromSeconds(1)));
        view.Report(new TrainingProgress(902, 1000, 0, 1, 1, new Dictionary<string, double>(), TimeSpan.FromSeconds(2)));

        Assert.DoesNotContain("left", heard[0].Message, StringComparison.Ordinal);
        Assert.EndsWith(", 0:01:38 left", heard[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_come_at_most_once_a_second_and_the_end_always()
    {
        using var writer = new StringWriter();
        var lines = new ProgressLines(writer);
        for (var i = 0; i <= 1000; i++)
        {
            lines.Report(new RunProgress($"step {i}", i / 1000.0));
        }

        var written = writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("[  0%] step 0", written[0]);
        Assert.Equal("[100%] step 1000", written[^1]);
        Assert.InRange(written.Length, 2, 20);
    }
}
