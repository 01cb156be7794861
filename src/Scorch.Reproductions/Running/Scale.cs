namespace Scorch.Reproductions;

/// <summary>How large a run is.</summary>
public enum Scale
{
    /// <summary>Seconds; needs no data folder; for tests and a first look.</summary>
    Smoke,

    /// <summary>Minutes on two cores; the default.</summary>
    Laptop,

    /// <summary>The paper's own configuration and data.</summary>
    Paper,
}
