namespace Scorch.Models.Generation;

/// <summary>How text is generated; defaults are greedy.</summary>
public sealed record GenerationConfig
{
    /// <summary>The most tokens generated, a stop token included.</summary>
    public int MaximumNewTokens { get; init; } = 20;

    /// <summary>No stop token before so many other tokens.</summary>
    public int MinimumNewTokens { get; init; }

    /// <summary>Tokens that end a text; the one that did is its last.</summary>
    public IReadOnlyList<long> StopTokens { get; init; } = [];

    /// <summary>Texts followed at once; 1 for none but the best.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>A beam's score is its log-probability over its number of tokens to this power: above 0 favours long texts, below 0 short ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Beam search ends with as many finished texts as beams, else when no running one can do better.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>Draw tokens by their probability, else take the likeliest.</summary>
    public bool IsSampling { get; init; }

    /// <summary>Divides logits before drawing; above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw among so many likeliest tokens only; 0 for all. Of equally likely ones those with lower numbers stay.</summary>
    public int TopK { get; init; }

    /// <summary>Draw among the fewest likeliest tokens that together have this probability (Holtzman et al. 2020, arXiv 1904.09751); in (0, 1].</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Logits of tokens that came before are divided by it where positive, else multiplied (Keskar et al. 2019, arXiv 1909.05858); 1 for none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Keep keys and values of earlier steps where the model can.</summary>
    public bool UsesCache { get; init; } = true;

    internal void Validate(int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumNewTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MinimumNewTokens);
        if (MinimumNewTokens > MaximumNewTokens)
            throw new ArgumentException($"GenerationConfig: at least {MinimumNewTokens} tokens and at most {MaximumNewTokens} contradict each other.", nameof(MinimumNewTokens));
        ArgumentNullException.ThrowIfNull(StopTokens);
        foreach (var token in StopTokens)
            if (token < 0 || token >= vocabulary)
                throw new ArgumentOutOfRangeException(nameof(StopTokens), token, $"GenerationConfig: the stop token {token} lies outside the vocabulary of {vocabulary}.");
        if (Beams < 1) throw new ArgumentOutOfRangeException(nameof(Beams), Beams, "GenerationConfig: at least 1 beam.");
        if (Beams > 1 && IsSampling) throw new ArgumentException("GenerationConfig: beams are searched without drawing; give one beam or switch sampling off.", nameof(Beams));
        if (!double.IsFinite(LengthPenalty)) throw new ArgumentOutOfRangeException(nameof(LengthPenalty), LengthPenalty, "GenerationConfig: the length penalty is a finite number.");
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "GenerationConfig: the temperature is above 0; for the likeliest token switch sampling off.");
        ArgumentOutOfRangeException.ThrowIfNegative(TopK);
        if (!(TopP is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "GenerationConfig: TopP lies in (0, 1].");
        if (!(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty)))
            throw new ArgumentOutOfRangeException(nameof(RepetitionPenalty), RepetitionPenalty, "GenerationConfig: the repetition penalty is above 0; 1 for none.");
        if (!IsSampling && (Temperature != 1 || TopK != 0 || TopP != 1))
            throw new ArgumentException("GenerationConfig: temperature, TopK and TopP are for drawing; set IsSampling.", nameof(IsSampling));
    }
}

/// <summary>A generated text.</summary>
/// <param name="Tokens">The new tokens, without the prompt; a stop token that ended it is the last.</param>
/// <param name="LogProbability">Sum of the tokens' log-probabilities in the model, after the repetition penalty but before temperature and cuts.</param>
/// <param name="IsStopped">Whether a stop token ended it, else its greatest length.</param>
public sealed record GeneratedText(IReadOnlyList<long> Tokens, double LogProbability, bool IsStopped);
