namespace Scorch.Digest;

/// <summary>Takes problems as they are found: throws the first where reading must be exact, else collects them.</summary>
internal sealed class PostProblems(bool isExact)
{
    private readonly List<PostProblem> _found = [];

    /// <summary>The problems found so far, in order of line.</summary>
    public IReadOnlyList<PostProblem> Found => [.. _found.OrderBy(problem => problem.Line)];

    /// <summary>Tells a problem after which reading goes on.</summary>
    /// <exception cref="PostFormatException">Reading must be exact.</exception>
    public void Add(int line, string reason)
    {
        if (isExact)
        {
            throw new PostFormatException(line, reason);
        }

        _found.Add(new PostProblem(line, reason));
    }

    /// <summary>Tells a problem that ended the reading of a part.</summary>
    /// <exception cref="PostFormatException">Reading must be exact.</exception>
    public void Add(PostFormatException problem) => Add(problem.Line, problem.Reason);
}
