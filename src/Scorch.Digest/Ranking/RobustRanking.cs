using System.Numerics;

namespace Scorch.Digest;

/// <summary>A ranking that one account's fame does not decide: multiplying all counts of any one account by 100 (or by any other number above 0) moves no paper more than two places.</summary>
/// <remarks>
/// <para>
/// Every account that speaks of papers has one voice for each, and how strong that voice is, is measured against the account's
/// own average. If account a has <c>c(a, p)</c> points with paper p and speaks of <c>m(a)</c> papers with <c>t(a)</c> points in
/// all, then <c>r = c m / t</c> tells how many times its average this paper got, and the voice is <c>2 r / (1 + r)</c>: 0 for
/// no reaction, 1 for the average (and for an account with one paper, or without any reaction), never more than 2. A paper's
/// score is the sum of its voices.
/// </para>
/// <para>
/// Multiplying an account's counts multiplies c and t alike, so that no score changes at all. (The fraction is reduced before it
/// is rounded, so not even its last bit does.) The order by score, ties by number of accounts and then by identifier, therefore
/// stays as it was. Only then do the counts themselves speak: the papers stand in groups of three by their place in that order,
/// and within its group each goes by score times <c>log2(2 + points)</c>. The groups never change, and within three no paper can
/// move more than two places. For the proof nothing is assumed of the counts, of how many papers an account speaks of, or of
/// how many accounts there are.
/// </para>
/// <para>
/// The price: who speaks counts for more than how loudly. This cannot be otherwise. Between one reaction and a million lie
/// three factors of 100, so that under any ranking with this property the counts of one account alone move a paper six
/// places at most. Nor does it help against many accounts in one hand: each of them has a voice. There is no least number of
/// points either, since famous accounts would then decide which papers enter; <see cref="RankingOptions.LeastAccounts"/> and
/// <see cref="RankingOptions.MostPapers"/> bound the list.
/// </para>
/// </remarks>
/// <param name="options">Which papers and mentions are shown; null for the defaults.</param>
public sealed class RobustRanking(RankingOptions? options = null) : IPaperRanking
{
    private const int GroupSize = 3;

    private readonly RankingOptions _options = options ?? new RankingOptions();

    /// <inheritdoc/>
    public IReadOnlyList<RankedPaper> Rank(IEnumerable<PaperMention> mentions)
    {
        _options.Check();
        var papers = PaperVoices.Of(mentions);
        var accounts = papers
            .SelectMany(paper => PointsByAccount(paper).Values)
            .GroupBy(entry => entry.Account)
            .ToDictionary(entries => entries.Key, entries => (Papers: entries.Count(), Points: entries.Aggregate((Int128)0, (sum, entry) => sum + entry.Points)));
        return [.. papers
            .Select(paper =>
            {
                var voices = PointsByAccount(paper);
                return (Paper: paper, Accounts: voices.Count, Score: voices.Values.Sum(voice => Voice(voice.Points, accounts[voice.Account])));
            })
            .Where(paper => paper.Accounts >= _options.LeastAccounts)
            .OrderByDescending(paper => paper.Score)
            .ThenByDescending(paper => paper.Accounts)
            .ThenBy(paper => paper.Paper.ArxivId, StringComparer.Ordinal)
            .Chunk(GroupSize)
            .SelectMany(group => group.OrderByDescending(paper => paper.Score * Math.Log2(2.0 + paper.Paper.Points)))
            .Take(_options.MostPapers)
            .Select(paper => new RankedPaper(paper.Paper.ArxivId, paper.Paper.Reposts, paper.Paper.Likes, paper.Score, paper.Paper.Shown(_options)))];
    }

    // Accounts in a fixed order, so that sums round alike; names of accounts differ by more than capitals.
    private static SortedDictionary<string, (string Account, Int128 Points)> PointsByAccount(PaperVoices paper)
    {
        var points = new SortedDictionary<string, (string Account, Int128 Points)>(StringComparer.Ordinal);
        foreach (var mention in paper.Mentions)
        {
            var account = $"{mention.Source}\n{mention.AuthorHandle.ToLowerInvariant()}";
            points[account] = (account, (points.TryGetValue(account, out var known) ? known.Points : 0) + mention.Points);
        }

        return points;
    }

    // 2 r / (1 + r) with r = points papers / total, as a reduced fraction: the same for every multiple of points and total.
    private static double Voice(Int128 points, (int Papers, Int128 Points) account)
    {
        if (account.Points == 0)
        {
            return 1;
        }

        var divisor = BigInteger.GreatestCommonDivisor((BigInteger)points, (BigInteger)account.Points);
        var weighted = (double)((BigInteger)points / divisor) * account.Papers;
        return 2 * weighted / ((double)((BigInteger)account.Points / divisor) + weighted);
    }
}
