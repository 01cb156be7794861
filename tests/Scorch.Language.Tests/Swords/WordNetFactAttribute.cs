using Scorch.Reproductions;

namespace Scorch.Language.Tests.Swords;

/// <summary>A test that needs the real WordNet, and perhaps the benchmark's files: skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WordNetFactAttribute : FactAttribute
{
    public WordNetFactAttribute(bool needsBenchmark = false)
    {
        if (DataLocator.Default.TryFind("wordnet", "index.noun") is null)
            Skip = "WordNet is not on this machine; on Debian: apt-get install wordnet-base.";
        else if (needsBenchmark && DataLocator.Default.TryFind("swords", "assets/parsed/swords-v1.1_test.json.gz") is null)
            Skip = "The benchmark is not there: run 'scorch data get swords', which names its folder, and set SCORCH_DATA to that.";
    }
}
