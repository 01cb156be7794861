using System.Text.Json.Serialization;

namespace Scorch.Statistics.DoubleML;

/// <summary>The layout of a saved fit.</summary>
internal sealed record FitDocument
{
    public required string Format { get; init; }

    public required int Version { get; init; }

    public required DmlModelKind Model { get; init; }

    public required Partialling Partialling { get; init; }

    public required string Score { get; init; }

    public required bool IsCustomScore { get; init; }

    public required DmlProcedure Procedure { get; init; }

    public required double TrimAt { get; init; }

    public required long Seed { get; init; }

    public required SortedDictionary<string, string> Learners { get; init; }

    public required string DataSha256 { get; init; }

    public required NamedValues Outcome { get; init; }

    public required IReadOnlyList<string> Controls { get; init; }

    public required bool OtherTreatmentsAreControls { get; init; }

    public required IReadOnlyList<NamedValues> Instruments { get; init; }

    public required IReadOnlyList<NamedCodes> Clusters { get; init; }

    public required IReadOnlyList<IReadOnlyList<FoldDocument>> Splits { get; init; }

    public required IReadOnlyList<TreatmentDocument> Treatments { get; init; }
}

internal sealed record NamedValues(string Name, double[] Values);

internal sealed record NamedCodes(string Name, int[] Codes);

internal sealed record FoldDocument(int[] Train, int[] Test, IReadOnlyList<int[]>? TestClusters = null);

internal sealed record TreatmentDocument(string Name, double[] Values, double Theta, double StandardError, IReadOnlyList<RepetitionDocument> Repetitions);

internal sealed record RepetitionDocument(double Theta, double StandardError, int TrimmedRows, SortedDictionary<string, double[]> Predictions, double[]? PsiA = null, double[]? PsiB = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FitDocument))]
internal sealed partial class FitJson : JsonSerializerContext;
