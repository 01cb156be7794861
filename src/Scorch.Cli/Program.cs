using System.Runtime.InteropServices;
using System.Text;
using Scorch;
using Scorch.Cli;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var stop = new CancellationTokenSource();

// The first signal asks the run to stop, the second does not ask.
void Stop(PosixSignalContext signal)
{
    if (!stop.IsCancellationRequested)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ScorchCommand.InvokeAsync(args, Catalog.Default, Console.Out, Console.Error, cancellationToken: stop.Token);
