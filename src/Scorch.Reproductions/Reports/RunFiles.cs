using Scorch.Checkpoints;
using Scorch.Training;

namespace Scorch.Reproductions;

/// <summary>Writes what is kept of a run into its folder.</summary>
public static class RunFiles
{
    /// <summary>Name of the evidence file.</summary>
    public const string Evidence = "evidence.json";

    /// <summary>Name of the report.</summary>
    public const string Report = "report.html";

    /// <summary>Name of the TensorBoard event file.</summary>
    public const string Events = "events.out.tfevents.scorch";

    /// <summary>Writes the evidence, the report and, where curves were logged, the event file; each appears whole or not at all.</summary>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Write(string directory, Paper paper, ReproductionResult result)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(result);
        Directory.CreateDirectory(directory);
        var written = new List<string>();
        if (result.Curves.Count > 0)
        {
            EventFile.Write(Add(Events), result.Curves.Select(point => (point.Series, point.Step, point.Value)), result.Evidence.StartedAt);
        }

        else
        {
            // The folder may hold an earlier run's curves, which are not this run's.
            File.Delete(Path.Combine(directory, Events));
        }

        AtomicFile.WriteText(Add(Report), RunReport.Render(paper, result.Evidence, result.Curves));
        EvidenceFile.Write(Add(Evidence), result.Evidence);
        return written;

        string Add(string name)
        {
            var path = Path.Combine(directory, name);
            written.Add(path);
            return path;
        }
    }
}
