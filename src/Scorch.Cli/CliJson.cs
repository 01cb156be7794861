using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>A recorded run in the output of <c>list --json</c> and <c>show --json</c>.</summary>
internal sealed record EvidenceOutput(Scale Scale, DateTimeOffset StartedAt, int Seeds, int Confirmed, int NotConfirmed, int NotMeasurable)
{
    public static EvidenceOutput Of(EvidenceRecord run)
    {
        return new EvidenceOutput(run.Scale, run.StartedAt, run.Seeds.Count, Count(Verdict.Confirmed), Count(Verdict.NotConfirmed), Count(Verdict.NotMeasurable));

        int Count(Verdict verdict) => run.Claims.Count(claim => claim.Verdict == verdict);
    }
}

/// <summary>A claim in the output of <c>list --json</c> and <c>show --json</c>.</summary>
internal sealed record ClaimOutput(string Id, string Statement, string Metric, string Unit, double? PaperFigure, string Threshold, Scale MinimumScale);

/// <summary>A paper in the output of <c>list --json</c> and <c>show --json</c>.</summary>
internal sealed record PaperOutput
{
    public required string Slug { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyList<string> Authors { get; init; }

    public required string ArxivId { get; init; }

    public required DateOnly DigestDay { get; init; }

    public required int Rank { get; init; }

    public required int Retweets { get; init; }

    public required int Favorites { get; init; }

    public required string Room { get; init; }

    public required string Summary { get; init; }

    public required string Overview { get; init; }

    public required bool Runs { get; init; }

    public required ReadinessLevel Readiness { get; init; }

    public required IReadOnlyList<string> Commands { get; init; }

    public required IReadOnlyList<ClaimOutput> Claims { get; init; }

    public required IReadOnlyList<EvidenceOutput> Evidence { get; init; }

    public static PaperOutput Of(Paper paper, Catalog catalog)
    {
        var reproduction = catalog.TryFindReproduction(paper.Slug);
        return new PaperOutput
        {
            Slug = paper.Slug,
            Title = paper.Title,
            Authors = paper.Authors,
            ArxivId = paper.ArxivId,
            DigestDay = paper.DigestDay,
            Rank = paper.Rank,
            Retweets = paper.Retweets,
            Favorites = paper.Favorites,
            Room = paper.Room,
            Summary = paper.Summary,
            Overview = paper.Overview,
            Runs = reproduction is not null,
            Readiness = catalog.ReadinessOf(paper.Slug),
            Commands = [.. reproduction?.Commands.Select(command => command.Name) ?? []],
            Claims = [.. reproduction?.Claims.Select(claim => new ClaimOutput(
                claim.Id, claim.Statement, claim.Metric, claim.Unit, claim.PaperFigure, claim.Threshold.ToString(), claim.MinimumScale)) ?? []],
            Evidence = [.. catalog.EvidenceOf(paper.Slug).Select(EvidenceOutput.Of)],
        };
    }
}

/// <summary>A data set in the output of <c>data list --json</c>.</summary>
internal sealed record DataSetOutput(string Name, string Description, string Licence, string Source, long Bytes, bool Present, IReadOnlyList<DataFile> Files);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true)]
[JsonSerializable(typeof(PaperOutput[]))]
[JsonSerializable(typeof(DataSetOutput[]))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static string Serialize(PaperOutput[] papers) => JsonSerializer.Serialize(papers, Default.PaperOutputArray);

    public static string Serialize(PaperOutput paper) => JsonSerializer.Serialize(paper, Default.PaperOutput);

    public static string Serialize(DataSetOutput[] sets) => JsonSerializer.Serialize(sets, Default.DataSetOutputArray);
}
