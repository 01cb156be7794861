using Scorch.Modules;

namespace Scorch.Models;

/// <summary>Tells whether a module's parameters were written to: what was computed from them may be kept while they were not.</summary>
/// <param name="module">The module; its parameters are looked up once.</param>
/// <remarks>Not for several threads at once.</remarks>
public sealed class ParameterWatch(Module module)
{
    private readonly Parameter[] parameters = [.. module.Parameters()];
    private (Storage Storage, int Version)[] seen = [];

    /// <summary>Whether a parameter was written to, or moved to other memory, since the last <see cref="Mark"/>; true before the first.</summary>
    public bool HasChanged
    {
        get
        {
            if (seen.Length != parameters.Length) return true;
            for (var i = 0; i < seen.Length; i++)
                if (!ReferenceEquals(parameters[i].Storage, seen[i].Storage) || parameters[i].Storage.Version != seen[i].Version) return true;
            return false;
        }
    }

    /// <summary>Takes the parameters as they are now for unchanged.</summary>
    public void Mark() => seen = [.. parameters.Select(parameter => (parameter.Storage, parameter.Storage.Version))];
}
