using System.Net;
using System.Text;

namespace Scorch.Cli.Tests;

public class DigestHarvestTests
{
    private const string Answer = """
        <?xml version="1.0" encoding="UTF-8"?>
        <OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2022-02-04T00:00:00Z</responseDate><request>x</request><ListRecords><record>
        <header><identifier>oai:arXiv.org:2202.01234</identifier><datestamp>2022-02-03</datestamp><setSpec>q-bio</setSpec></header>
        <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2202.01234</id><created>2022-02-02</created><authors><author><keyname>Müller</keyname><forenames>Ada</forenames></author></authors>
        <title>On "Pumpkins"</title><categories>q-bio.PE</categories><abstract>We grow.</abstract></arXiv></metadata></record></ListRecords></OAI-PMH>
        """;

    private const string Line = """{"arxivId":"2202.01234","title":"On \"Pumpkins\"","authors":["Ada Müller"],"categories":["q-bio.PE"],"abstract":"We grow.","submittedOn":"2022-02-02","updatedOn":"2022-02-03"}""";

    [Fact]
    public async Task Papers_come_as_json_lines_to_a_file_or_to_standard_output()
    {
        using var folder = new TemporaryFolder();
        using var server = new HttpListener();
        var address = Listen(server);
        var serving = ServeAsync(server, 2);
        string[] arguments = ["digest", "harvest", "--from", "2022-02-03", "--to", "2022-02-03", "--categories", "q-bio.*", "--delay", "0", "--address", address];
        var printed = await Cli.RunAsync(arguments);
        Assert.Equal((ExitCode.Success, Line + "\n"), (printed.Code, printed.Output));
        var written = await Cli.RunAsync([.. arguments, "--out", folder["papers.jsonl"]]);
        Assert.Equal(ExitCode.Success, written.Code);
        Assert.Equal(Line + "\n", File.ReadAllText(folder["papers.jsonl"]));
        Assert.Equal($"1 papers in {folder["papers.jsonl"]}\n", written.Output);
        Assert.All(await serving, query => Assert.Equal("?verb=ListRecords&metadataPrefix=arXiv&set=q-bio&from=2022-02-03&until=2022-02-03", query));
    }

    [Theory]
    [InlineData("--from", "yesterday", "--to", "2022-02-03")]
    [InlineData("--from", "2022-02-04", "--to", "2022-02-03")]
    [InlineData("--from", "2022-02-03", "--to", "2022-02-03", "--categories", "*")]
    [InlineData("--from", "2022-02-03", "--to", "2022-02-03", "--address", "file:///etc/passwd")]
    [InlineData("--from", "2022-02-03", "--to", "2022-02-03", "--delay", "-1")]
    [InlineData("--from", "2022-02-03")]
    public async Task What_makes_no_sense_is_a_usage_error(params string[] arguments) =>
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync(["digest", "harvest", .. arguments])).Code);

    // A free port may be taken between asking and listening.
    private static string Listen(HttpListener server)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            server.Prefixes.Clear();
            server.Prefixes.Add(address);
            try
            {
                server.Start();
                return address;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
            }
        }
    }

    private static async Task<List<string>> ServeAsync(HttpListener server, int requests)
    {
        var queries = new List<string>();
        while (queries.Count < requests)
        {
            var context = await server.GetContextAsync();
            queries.Add(context.Request.Url!.Query);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer));
            context.Response.Close();
        }

        return queries;
    }
}
