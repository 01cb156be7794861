namespace Scorch.Reproductions;

/// <summary>One paper, made to run: its claims, its settings, and the code that measures method and baseline.</summary>
/// <remarks>
/// A room derives one class a paper and the catalogue lists it. The reproduction records measurements; the frame alone
/// turns them into intervals and verdicts. Creating one must be cheap: work belongs in <see cref="RunAsync"/>.
/// </remarks>
public abstract class Reproduction
{
    /// <summary>The paper's slug, as in the catalogue, e.g. <c>pinn-poisson</c>.</summary>
    public abstract string PaperSlug { get; }

    /// <summary>The claims, thresholds fixed, identifiers unique.</summary>
    public abstract IReadOnlyList<Claim> Claims { get; }

    /// <summary>The settings and their defaults at a scale.</summary>
    public abstract IReadOnlyList<Setting> Settings(Scale scale);

    /// <summary>How many paired seeds a run uses unless the user says otherwise. Fewer than three give no verdict on random claims.</summary>
    public virtual int DefaultSeedCount(Scale scale) => 3;

    /// <summary>The names of the data sets that a run at this scale reads; none at <see cref="Scale.Smoke"/>.</summary>
    public virtual IReadOnlyList<string> DataSets(Scale scale) => [];

    /// <summary>Further commands, offered as <c>scorch &lt;slug&gt; &lt;command&gt;</c>, for the user's own files.</summary>
    public virtual IReadOnlyList<PaperCommand> Commands => [];

    /// <summary>Runs method and baseline for every seed of the context and records the measurements there.</summary>
    /// <exception cref="MissingDataException">A data set is not on this machine.</exception>
    /// <exception cref="OperationCanceledException">The context's token was cancelled.</exception>
    public abstract Task RunAsync(RunContext context);

    /// <summary>Builds the configuration of the context's scale in full (at paper scale: the paper's own), takes one step, and says in a few lines what was built.</summary>
    public abstract Task<string> DryRunAsync(RunContext context);
}
