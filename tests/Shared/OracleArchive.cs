using Scorch.Checkpoints;

namespace Scorch.Testing;

/// <summary>Golden values from an .npz file below tests/oracles, as doubles.</summary>
internal sealed class OracleArchive
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays;

    public OracleArchive(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scorch.slnx")))
            folder = folder.Parent;
        arrays = Npz.Load(Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The tests run inside the repository."), "tests", "oracles", path));
    }

    public bool Contains(string name) => arrays.ContainsKey(name);

    public double[] Values(string name) => arrays[name].To(DataType.Float64).ToArray<double>();

    public (int[] Shape, double[] Values) Read(string name) => ([.. arrays[name].Shape], Values(name));

    public double[] Column(string name, int column) => arrays[name][.., column].To(DataType.Float64).ToArray<double>();
}
