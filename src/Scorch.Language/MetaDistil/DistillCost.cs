namespace Scorch.Language.MetaDistil;

/// <summary>What training has cost, in passes through the networks and in memory.</summary>
public sealed class DistillCost
{
    /// <summary>Forward passes of the student.</summary>
    public long StudentForward { get; internal set; }

    /// <summary>First-order backward passes through the student.</summary>
    public long StudentBackward { get; internal set; }

    /// <summary>Forward passes of the teacher.</summary>
    public long TeacherForward { get; internal set; }

    /// <summary>Backward passes through the teacher.</summary>
    public long TeacherBackward { get; internal set; }

    /// <summary>Backward passes through a student's backward pass.</summary>
    public long SecondOrderBackward { get; internal set; }

    /// <summary>Batches from which the student has learnt.</summary>
    public long Steps { get; internal set; }

    /// <summary>Bytes that the largest recorded graph kept, parameters not counted (<see cref="Autograd.Differentiation.RecordedBytes"/>).</summary>
    public long PeakGraphBytes { get; internal set; }

    /// <summary>The clock's seconds, without evaluations.</summary>
    public double Seconds { get; internal set; }

    /// <summary>All passes together for each batch from which the student has learnt; a second-order pass counts as one.</summary>
    public double PassesPerStep => Steps == 0 ? 0 : (double)(StudentForward + StudentBackward + TeacherForward + TeacherBackward + SecondOrderBackward) / Steps;

    internal void Hold(long bytes) => PeakGraphBytes = Math.Max(PeakGraphBytes, bytes);
}
