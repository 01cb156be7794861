namespace Scorch.Text;

/// <summary>Finds the dictionary form of a word. Safe to use from several threads.</summary>
public interface ILemmatizer
{
    /// <summary>The dictionary form of a word as a part of speech, or the word itself where none is known.</summary>
    /// <param name="word">The word as it stands; capitals matter.</param>
    /// <param name="part">The part of speech.</param>
    string Lemmatize(string word, WordNetPart part);
}
