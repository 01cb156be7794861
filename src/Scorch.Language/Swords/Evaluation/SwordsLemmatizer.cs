using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Finds WordNet where data sets are looked for and where operating systems put it.</summary>
public static class SwordsLemmatizer
{
    /// <summary>The data set's name.</summary>
    public const string DataSet = "wordnet";

    private static readonly Lazy<WordNetDictionary> Shared = new(() => LoadDictionary(DataLocator.Default));

    /// <summary>WordNet's lemmatiser, loaded once.</summary>
    /// <exception cref="MissingDataException">WordNet is not on this machine; the message names the package that brings it.</exception>
    public static WordNetLemmatizer Default => new(Shared.Value);

    /// <summary>WordNet's words and irregular forms.</summary>
    /// <param name="data">Where data sets are found.</param>
    /// <exception cref="MissingDataException">They are not on this machine; the message names the package that brings them.</exception>
    public static WordNetDictionary LoadDictionary(DataLocator data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return WordNetDictionary.Read(name => File.OpenRead(data.Find(DataSet, name)), DataSet);
    }

    /// <summary>WordNet's words: of a folder where one is named, else those of the data set.</summary>
    internal static WordNetDictionary LoadDictionary(DataLocator data, string? folder) => folder is null ? LoadDictionary(data) : WordNetDictionary.Load(folder);
}
