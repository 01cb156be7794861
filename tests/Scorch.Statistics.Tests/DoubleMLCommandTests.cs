using System.Text.Json;
using Scorch.Reproductions;
using Scorch.Statistics.DoubleML;
using Scorch.Tabular;

namespace Scorch.Statistics.Tests;

public sealed class DoubleMLCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-doubleml-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_fit_of_ones_own_table_prints_one_document_and_its_file_is_verified()
    {
        var table = Path.Combine(folder, "data.csv");
        TableFile.WriteCsv(DoubleMLSamples.Bonus(), table);
        var saved = Path.Combine(folder, "fit.json.gz");
        var printed = await Run("fit", new() { ["data"] = table, ["outcome"] = "log_duration", ["treatment"] = "tg", ["controls"] = "female,black,q2,q3,q4,q5,q6", ["model"] = "irm", ["learner"] = "linear", ["bootstrap"] = "normal", ["out"] = saved, ["json"] = "true" });
        using var document = JsonDocument.Parse(printed);
        Assert.InRange(document.RootElement.GetProperty("estimates")[0].GetProperty("estimate").GetDouble(), -0.12, -0.03);
        Assert.Contains("verified: 4 numbers", await Run("verify", new() { ["fit"] = saved, ["data"] = table }));

        TableFile.WriteCsv(DoubleMLSamples.Bonus().SelectRows([.. Enumerable.Range(0, 5_000)]), table);
        var error = await Assert.ThrowsAsync<FormatException>(() => Run("verify", new() { ["fit"] = saved, ["data"] = table }));
        Assert.Contains("other data", error.Message);
    }

    [Fact]
    public async Task Wrong_usage_says_what_would_be_right()
    {
        var table = Path.Combine(folder, "data.csv");
        File.WriteAllText(table, "y,d\n1,0\n2,1\n3,0\n4,1\n");
        Assert.Contains("atte", (await Assert.ThrowsAsync<UsageException>(() => Run("fit", new() { ["data"] = table, ["outcome"] = "y", ["treatment"] = "d", ["score"] = "atte" }))).Message);
        Assert.Contains("no file", (await Assert.ThrowsAsync<UsageException>(() => Run("fit", new() { ["data"] = table + "x", ["outcome"] = "y", ["treatment"] = "d" }))).Message);
    }

    private static async Task<string> Run(string name, Dictionary<string, string> values)
    {
        var command = new DoubleMLReproduction().Commands.Single(each => each.Name == name);
        var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
