namespace Scorch.Reproductions;

/// <summary>A data set is not on this machine. The message names the command that brings it; the command line answers with exit code 3.</summary>
public sealed class MissingDataException : Exception
{
    /// <summary>Says which data set is missing, where it was looked for and what to run.</summary>
    public MissingDataException(string dataSet, string message)
        : base(message) => DataSet = dataSet;

    /// <summary>Name of the data set.</summary>
    public string DataSet { get; }
}
