using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Scorch.Gallery;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch serve</c>: the gallery in a browser.</summary>
internal static class ServeCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var port = new Option<int>("--port") { Description = "The port; 0 for any free one.", DefaultValueFactory = _ => 5170, HelpName = "port" };
        var host = new Option<string>("--host") { Description = "localhost, or an IP address to listen at; 0.0.0.0 for all of this machine's.", DefaultValueFactory = _ => "localhost", HelpName = "host" };
        var inputs = new GalleryInputs();
        var allowRuns = new Option<bool>("--allow-runs") { Description = "Let who has the printed token start runs from the pages; they are kept in the --evidence folder, else in scorch-runs." };
        var noOpen = new Option<bool>("--no-open") { Description = "Do not open a browser." };
        var command = new Command("serve", "Show the gallery: the days' hot papers, their evidence and sources.") { port, host, allowRuns, noOpen };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var number = parsed.GetValue(port);
            if (number is < 0 or > 65535)
            {
                throw new UsageException($"--port {number}: expected 0 to 65535.");
            }

            var options = await inputs.OpenAsync(parsed, surroundings, cancellationToken).ConfigureAwait(false);
            await using var store = options.Store;
            options = options with { Host = parsed.GetRequiredValue(host), Port = number };
            if (parsed.GetValue(allowRuns))
            {
                options = options with { AllowRuns = true, EvidenceFolder = options.EvidenceFolder ?? Path.GetFullPath("scorch-runs"), Data = surroundings.Data };
            }

            await using var server = await GalleryServer.CreateAsync(options, cancellationToken).ConfigureAwait(false);
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            surroundings.Output.WriteLine($"The gallery is at {server.Address}. Stop it with Ctrl-C.");
            if (server.SignInAddress is { } signIn)
            {
                surroundings.Output.WriteLine($"Runs can be started by who opens {signIn}");
            }

            await surroundings.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (!parsed.GetValue(noOpen) && ReferenceEquals(surroundings.Output, Console.Out) && !Console.IsOutputRedirected)
            {
                Open(server.SignInAddress ?? server.Address, surroundings.Error);
            }

            await WaitAsync(cancellationToken).ConfigureAwait(false);
            await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task.ConfigureAwait(false);
    }

    private static void Open(Uri address, TextWriter error)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.ToString()) { UseShellExecute = true });
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            error.WriteLine($"No browser could be opened ({problem.Message}); open the address yourself.");
        }
    }
}
