namespace Scorch.Language.ZeroShotDst;

/// <summary>The states of a dialog.</summary>
/// <param name="States">After each user's turn, in order.</param>
/// <param name="TruncatedTurns">User's turns whose history was cut.</param>
public sealed record TrackedDialog(IReadOnlyList<DialogState> States, int TruncatedTurns);

/// <summary>Follows what a user wants of a service.</summary>
public interface IDialogTracker
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    /// <summary>Services that training dialogs were about: what is not among them is unseen.</summary>
    IReadOnlyList<string> TrainedOn { get; }

    /// <summary>Whether a copy head was on; none where the tracker has no such thing.</summary>
    bool? UsesCopyHead { get; }

    /// <summary>The states after each user's turn, each from what was said up to there. Annotated states are not read.</summary>
    /// <param name="dialog">The dialog.</param>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default);
}
