namespace Scorch.Reproductions.Tests;

public class RunContextTests
{
    private static readonly Claim One = new() { Id = "C1", Statement = "s", Metric = "m", Comparison = Comparison.Value, Threshold = Threshold.AtLeast(0) };

    private static RunContext Context(DataLocator? data = null) => new([One], Scale.Smoke, [1, 2], new RunSettings([]), ".", data);

    [Fact]
    public void A_value_is_recorded_once()
    {
        var context = Context();
        context.Measure("C1", 2, 5, 6);

        Assert.Equal([new Measurement("C1", 2, Arm.Method, 5), new Measurement("C1", 2, Arm.Baseline, 6)], context.Measurements);
        Assert.Contains("already measured", Assert.Throws<ArgumentException>(() => context.Measure("C1", 2, 7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_claims_and_seeds_are_refused()
    {
        Assert.Contains("C1", Assert.Throws<ArgumentException>(() => Context().Measure("C9", 1, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("1, 2", Assert.Throws<ArgumentException>(() => Context().Measure("C1", 3, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Context().MarkNotMeasurable("C9", "because"));
    }

    [Fact]
    public void Repeated_seeds_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RunContext([One], Scale.Smoke, [1, 1], new RunSettings([]), "."));
    }

    [Fact]
    public void Measurements_from_many_threads_arrive()
    {
        var context = new RunContext([One], Scale.Smoke, [.. Enumerable.Range(0, 1000)], new RunSettings([]), ".");
        Parallel.For(0, 1000, seed => context.Measure("C1", seed, seed));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (double)i), context.Measurements.Select(m => m.Value));
    }

    [Fact]
    public void Data_that_was_read_is_recorded_with_its_checksum()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["set"]);
        File.WriteAllText(folder["set/file.txt"], "abc");
        var context = Context(new DataLocator(folder.Path));
        context.Data.Find("set", "file.txt");
        context.UseData("sample", "inside.txt", () => new MemoryStream());

        // SHA-256 of the empty string and of "abc" (FIPS 180-4).
        Assert.Equal(
            [
                new DataUse("sample", "inside.txt", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                new DataUse("set", "file.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ],
            context.DataUsed);
    }

    [Fact]
    public void Missing_data_names_the_command_that_brings_it()
    {
        var error = Assert.Throws<MissingDataException>(() => new DataLocator("/nowhere").Find("dml", "penn_jae.dat"));

        Assert.Equal("dml", error.DataSet);
        Assert.Contains("scorch data get dml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_are_searched_in_order()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        Directory.CreateDirectory(first["set"]);
        Directory.CreateDirectory(second["set"]);
        File.WriteAllText(second["set/a"], "");
        var locator = new DataLocator(first.Path, second.Path);
        Assert.Equal(Path.Combine(second["set"], "a"), locator.Find("set", "a"));

        File.WriteAllText(first["set/a"], "");
        Assert.Equal(Path.Combine(first["set"], "a"), locator.Find("set", "a"));
    }
}
