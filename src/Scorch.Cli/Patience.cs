namespace Scorch.Cli;

/// <summary>Waits for work that was asked to stop, but not for ever.</summary>
internal static class Patience
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The work's result. Once the token is cancelled the work has ten seconds to notice; then it is left behind: files are
    /// renamed into place whole, so ending the process cannot leave half of one.
    /// </summary>
    public static async Task<T> AwaitAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }
}
