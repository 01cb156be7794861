using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>How large a run is.</summary>
public enum Scale
{
    /// <summary>Seconds; needs no data folder; for tests and a first look.</summary>
    [JsonStringEnumMemberName("smoke")]
    Smoke,

    /// <summary>Minutes on two cores; the default.</summary>
    [JsonStringEnumMemberName("laptop")]
    Laptop,

    /// <summary>The paper's own configuration and data.</summary>
    [JsonStringEnumMemberName("paper")]
    Paper,
}

/// <summary>The names of the scales on the command line and in files.</summary>
public static class ScaleNames
{
    /// <summary><c>smoke</c>, <c>laptop</c> or <c>paper</c>.</summary>
    public static string Name(this Scale scale) => scale switch
    {
        Scale.Smoke => "smoke",
        Scale.Laptop => "laptop",
        Scale.Paper => "paper",
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "There is no such scale."),
    };

    /// <summary>The scale with a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static Scale Parse(string name) => name switch
    {
        "smoke" => Scale.Smoke,
        "laptop" => Scale.Laptop,
        "paper" => Scale.Paper,
        _ => throw new UsageException($"--scale '{name}': expected smoke, laptop or paper."),
    };
}
