using System.Diagnostics;

namespace Scorch.Digest.Tests;

/// <summary>A private PostgreSQL cluster in a temporary folder, reached by a socket there; it ends with this process, however that ends.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Missing = "PostgreSQL is not installed: apt-get install postgresql, or set SCORCH_TEST_POSTGRES to a connection string.";

    private static readonly string? Tools = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).Where(folder => File.Exists(Path.Combine(folder, "initdb"))).Order().LastOrDefault()
        : null;

    private readonly string _folder;
    private readonly Process _server;

    private PostgresServer(string folder, Process server) => (_folder, _server) = (folder, server);

    /// <summary>A connection string that the caller names instead, or null.</summary>
    public static string? Named => Environment.GetEnvironmentVariable("SCORCH_TEST_POSTGRES") is { Length: > 0 } text ? text : null;

    /// <summary>Why tests on PostgreSQL cannot run here, or null.</summary>
    public static string? SkipReason => Named is null && Tools is null ? Missing : null;

    public string ConnectionString => $"Host={_folder};Username=postgres;Database=postgres";

    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"scorch-pg-{Guid.NewGuid():N}"[..22]);
        using (var initialize = Start($"{Tools}/initdb -D {folder} -U postgres -A trust -E UTF8 --locale=C --no-sync"))
        {
            var output = await initialize.StandardOutput.ReadToEndAsync();
            await initialize.WaitForExitAsync();
            Assert.True(initialize.ExitCode == 0, output);
        }

        // The shell waits for its standard input to close, which also happens when this process is killed.
        var server = Start($"{Tools}/postgres -D {folder} -k {folder} -c listen_addresses= -c fsync=off -c max_connections=50 & server=$!; read line; kill -INT $server; wait $server");
        for (var watch = Stopwatch.StartNew(); !File.Exists(Path.Combine(folder, "postmaster.pid")) || !(await Ready(folder));)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "PostgreSQL did not start within a minute.");
            await Task.Delay(50);
        }

        return new PostgresServer(folder, server);
    }

    public async ValueTask DisposeAsync()
    {
        _server.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        using var remove = Start($"rm -rf {_folder}");
        await remove.WaitForExitAsync();
    }

    private static async Task<bool> Ready(string folder)
    {
        using var ask = Start($"{Tools}/pg_isready -q -h {folder} -U postgres");
        await ask.WaitForExitAsync();
        return ask.ExitCode == 0;
    }

    // PostgreSQL refuses to run as root.
    private static Process Start(string script)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        string[] words = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", "sh", "-c"] : ["sh", "-c"];
        start.FileName = words[0];
        foreach (var word in words.Skip(1).Append(script + (script.Contains("& server") ? "" : " 2>&1")))
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
