namespace Scorch.Kernels;

/// <content>
/// Recurrent layers. Operands are contiguous and of one type (float32 or float64). States are [time + 1, batch, hidden]: the first state lies
/// before the first step that is taken, so in slot 0, or in the last slot for a layer that reads backwards; step t fills the slot on its other side.
/// </content>
internal abstract partial class KernelTable
{
    /// <summary>All steps of one layer in one direction.</summary>
    /// <param name="cell">What a step computes.</param>
    /// <param name="backwards">Whether the last step comes first.</param>
    /// <param name="states">[time + 1, batch, hidden]; holds the first state, receives all others.</param>
    /// <param name="carry">LSTM: cells like <paramref name="states"/>. GRU: [time, batch, hidden], receives the hidden share of the new gate.</param>
    /// <param name="gates">[time, batch, gates * hidden]; holds the products of the inputs, receives the activated gates.</param>
    /// <param name="weight">[gates * hidden, hidden].</param>
    /// <param name="inputBias">[gates * hidden].</param>
    /// <param name="hiddenBias">[gates * hidden].</param>
    public abstract void Recur(
        RecurrentCell cell, bool backwards, in Operand states, in Operand? carry, in Operand gates, in Operand weight, in Operand? inputBias, in Operand? hiddenBias);

    /// <summary>The gradients of that, going back through time.</summary>
    /// <param name="cell">What a step computes.</param>
    /// <param name="backwards">Whether the last step came first.</param>
    /// <param name="gateGradients">[time, batch, gates * hidden], receives the gradients by the gates before activation.</param>
    /// <param name="hiddenGradients">GRU: the same by the gates' hidden shares.</param>
    /// <param name="stateGradient">[batch, hidden]; holds the gradient by the last state, receives that by the first.</param>
    /// <param name="cellGradient">LSTM: the same for the cell.</param>
    /// <param name="outputGradient">[time, batch, hidden], by the states at all steps; zero where absent.</param>
    /// <param name="states">As <see cref="Recur"/> left them.</param>
    /// <param name="carry">As <see cref="Recur"/> left it.</param>
    /// <param name="gates">As <see cref="Recur"/> left them.</param>
    /// <param name="weight">[gates * hidden, hidden].</param>
    public abstract void RecurGradient(
        RecurrentCell cell,
        bool backwards,
        in Operand gateGradients,
        in Operand? hiddenGradients,
        in Operand stateGradient,
        in Operand? cellGradient,
        in Operand? outputGradient,
        in Operand states,
        in Operand? carry,
        in Operand gates,
        in Operand weight);

    /// <summary>c_t = f_t c_{t-1} + x_t along the middle dimension of [batch, time, features], from c = 0.</summary>
    /// <param name="backwards">Whether the last step comes first.</param>
    /// <param name="output">Receives c.</param>
    /// <param name="input">x.</param>
    /// <param name="forget">f.</param>
    public abstract void LinearRecurrence(bool backwards, in Operand output, in Operand input, in Operand forget);
}

/// <summary>What one step of a recurrent network computes.</summary>
internal enum RecurrentCell
{
    /// <summary>tanh of the sum.</summary>
    Tanh,

    /// <summary>The sum where positive, else 0.</summary>
    Rectifier,

    /// <summary>Gates reset, update, new.</summary>
    Gru,

    /// <summary>Gates input, forget, cell, output.</summary>
    Lstm,
}
