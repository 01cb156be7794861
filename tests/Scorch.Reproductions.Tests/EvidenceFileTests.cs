using System.Text;
using System.Text.Json;

namespace Scorch.Reproductions.Tests;

public class EvidenceFileTests
{
    [Fact]
    public async Task A_run_reads_back_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        var evidence = (await SmallReproduction.RunAsync(folder.Path)).Evidence;
        EvidenceFile.Write(folder["evidence.json"], evidence);
        var read = EvidenceFile.Read(folder["evidence.json"]);

        Assert.Equal(EvidenceFile.ToJson([evidence]), EvidenceFile.ToJson([read]));
        Assert.Equal([folder["evidence.json"]], folder.Files);
    }

    [Fact]
    public async Task The_output_of_a_run_has_the_promised_shape()
    {
        using var folder = new TemporaryFolder();
        var result = await SmallReproduction.RunAsync(folder.Path);
        using var json = JsonDocument.Parse(result.Evidence.ToOutput().ToJson());
        var root = json.RootElement;
        var claims = root.GetProperty("claims").EnumerateArray().ToDictionary(claim => claim.GetProperty("id").GetString()!);

        Assert.Equal(["paper", "scale", "seeds", "durationSeconds", "claims"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("repvgg", "smoke"), (root.GetProperty("paper").GetString(), root.GetProperty("scale").GetString()));
        Assert.Equal([1, 2, 3], root.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
        Assert.Equal("confirmed", claims["C1"].GetProperty("verdict").GetString());
        Assert.Equal("not-confirmed", claims["C2"].GetProperty("verdict").GetString());
        Assert.Equal("not-measurable", claims["C3"].GetProperty("verdict").GetString());
        Assert.Equal(0.5, claims["C1"].GetProperty("threshold").GetDouble());
        Assert.Equal([0.0, 1.0], claims["C2"].GetProperty("threshold").EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Equal((2.0, 1.0, 3), Summary(claims["C1"].GetProperty("method")));
        Assert.Equal(2, claims["C1"].GetProperty("interval").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, claims["C3"].GetProperty("interval").ValueKind);
        Assert.Equal(JsonValueKind.Null, claims["C3"].GetProperty("method").GetProperty("mean").ValueKind);
        Assert.Equal(0, claims["C3"].GetProperty("baseline").GetProperty("n").GetInt32());
        Assert.Equal(JsonValueKind.Null, claims["C1"].GetProperty("paperFigure").ValueKind);

        static (double, double, int) Summary(JsonElement e) => (e.GetProperty("mean").GetDouble(), e.GetProperty("std").GetDouble(), e.GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("\"verdict\": \"not-confirmed\"", "\"verdict\": \"confirmed\"", "the file says confirmed, its measurements say not-confirmed")]
    [InlineData("\"arm\": \"baseline\",\n      \"value\": 0", "\"arm\": \"baseline\",\n      \"value\": -9", "does not follow from the measurements")]
    [InlineData("\"format\": 1", "\"format\": 2", "Format 2 is not known")]
    [InlineData("\"threshold\": 0.5", "\"threshold\": [0.5, 1]", "has 1 number(s), found 2")]
    [InlineData("\"claim\": \"C3\"", "\"claim\": \"C1\"", "measured twice")]
    [InlineData("\"claim\": \"C3\"", "\"claim\": \"C7\"", "unknown claim or seed")]
    [InlineData("\"notes\": []", "\"notes\": null", "may be null")]
    [InlineData("\"paper\": \"repvgg\",", "", "missing required properties")]
    [InlineData("\"smoke\"", "\"tiny\"", "not an evidence file")]
    public async Task A_file_that_was_touched_is_refused(string old, string changed, string expected)
    {
        using var folder = new TemporaryFolder();
        EvidenceFile.Write(folder["e.json"], (await SmallReproduction.RunAsync(folder.Path)).Evidence);
        var text = File.ReadAllText(folder["e.json"]);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the file does not hold {old}");
        File.WriteAllText(folder["e.json"], text[..at] + changed + text[(at + old.Length)..]);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => EvidenceFile.Read(folder["e.json"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    public void What_is_no_evidence_is_refused(string text)
    {
        Assert.Throws<InvalidDataException>(() => EvidenceFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x"));
    }

    [Fact]
    public void A_file_too_large_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder["big.json"]))
        {
            stream.SetLength(EvidenceFile.MaximumBytes + 1);
        }

        Assert.Contains("at most", Assert.Throws<InvalidDataException>(() => EvidenceFile.Read(folder["big.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_ends_with_the_cancellation()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReproductionRunner.RunAsync(new SmallReproduction(), new RunRequest { OutputDirectory = folder.Path }, stop.Token));
        Assert.Empty(folder.Files);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100_000, 1)]
    [InlineData(3, -1)]
    [InlineData(3, int.MaxValue)]
    public async Task Impossible_seeds_are_a_usage_error(int count, int first)
    {
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new SmallReproduction(), new RunRequest { OutputDirectory = ".", SeedCount = count, FirstSeed = first }));
    }
}
