namespace Scorch.Models.Generation;

/// <summary>A model that gives the logits of the next token, one step after the other.</summary>
public interface IAutoregressiveModel
{
    /// <summary>Tokens known; logits have as many columns.</summary>
    int VocabularySize { get; }

    /// <summary>The longest sequence, of the prompt and the text that continues it, or of either; <see cref="int.MaxValue"/> where there is none.</summary>
    int MaximumLength { get; }

    /// <summary>Whether the text continues the prompt (a language model), else the prompt is encoded and the text starts anew (a translator).</summary>
    bool ContinuesPrompt { get; }

    /// <summary>Starts from prompts, which may differ in length.</summary>
    /// <param name="prompts">Token ids of each row; none is empty.</param>
    /// <param name="useCache">Keep keys and values of earlier steps where the model can, else compute every step from the start.</param>
    /// <exception cref="ArgumentException">A prompt is empty or too long, or a token lies outside the vocabulary.</exception>
    IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true);
}

/// <summary>A generation under way; rows grow by one token at a time.</summary>
public interface IDecodingSession
{
    /// <summary>Logits of the token that follows each row: [rows, vocabulary].</summary>
    Tensor Logits();

    /// <summary>Adds one token to each row.</summary>
    /// <param name="tokens">As many as rows.</param>
    void Append(IReadOnlyList<long> tokens);

    /// <summary>Goes on with these rows, in this order; a row may come several times or not at all.</summary>
    /// <param name="rows">Numbers of present rows.</param>
    void Keep(IReadOnlyList<int> rows);
}
