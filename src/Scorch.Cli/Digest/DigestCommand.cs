using System.CommandLine;

namespace Scorch.Cli;

/// <summary><c>scorch digest</c>: the digest of hot papers.</summary>
internal static class DigestCommand
{
    public static Command Create(Surroundings surroundings) => new("digest", "Harvest papers and what is said of them, rank, publish and keep them.")
    {
        DigestCheckCommand.Create(surroundings),
        DigestHarvestCommand.Create(surroundings),
        DigestPublishCommand.Create(surroundings),
        DigestImportCommand.Create(surroundings),
        DigestSearchCommand.Create(surroundings),
        DigestDailyCommand.Create(surroundings),
    };
}
