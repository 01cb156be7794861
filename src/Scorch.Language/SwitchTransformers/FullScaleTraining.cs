using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.SwitchTransformers;

/// <summary>Long training on a text that is read again and again, batch by batch, without holding it.</summary>
internal static class FullScaleTraining
{
    /// <summary>Takes the run's steps with one seed, logging each one's loss.</summary>
    /// <param name="context">The run; its setting <c>steps</c> counts.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="batches">The batches of a pass over the text.</param>
    /// <param name="step">Takes a step, gives its loss.</param>
    /// <param name="tooShort">The error where a pass has no batch.</param>
    /// <exception cref="UsageException">A pass has no batch.</exception>
    public static void Run<TBatch>(RunContext context, int seed, Func<IEnumerable<TBatch>> batches, Func<TBatch, double> step, string tooShort)
    {
        var steps = context.Settings.Integer("steps");
        for (var taken = 0; taken < steps;)
        {
            var before = taken;
            foreach (var batch in batches())
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var loss = step(batch);
                context.LogScalar($"training loss/seed {seed}", ++taken, loss);
                context.Report(
                    string.Create(CultureInfo.InvariantCulture, $"seed {seed}: step {taken} of {steps}, loss {loss:F3}, peak memory {RunContext.PeakMemoryGibibytes:F2} GiB"), (double)taken / steps);
                if (taken == steps) break;
            }
            if (taken == before) throw new UsageException(tooShort);
        }
    }
}
