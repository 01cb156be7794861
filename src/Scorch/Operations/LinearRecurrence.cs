using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The linear recurrence <c>c_t = f_t c_{t-1} + x_t</c> along time, <c>c</c> before the first step being 0: all steps in one operation.</summary>
    /// <param name="forget">f, of this tensor's shape and type [batch, time, features].</param>
    /// <param name="backwards">Whether the last step comes first: <c>c_t = f_t c_{t+1} + x_t</c>.</param>
    /// <returns>c at all steps, [batch, time, features].</returns>
    /// <exception cref="ArgumentException">The shapes or types differ, the rank is not 3, or the type is neither float32 nor float64.</exception>
    public Tensor LinearRecurrence(Tensor forget, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(forget);
        if (Rank != 3 || forget.Shape != Shape)
            throw new ArgumentException($"LinearRecurrence: inputs have shape {Shape}, forget factors {forget.Shape}; both must be [batch, time, features].", nameof(forget));
        if (DataType is not (DataType.Float32 or DataType.Float64) || forget.DataType != DataType)
            throw new ArgumentException($"LinearRecurrence: inputs are {DataType}, forget factors {forget.DataType}; both must be float32 or both float64.", nameof(forget));
        Tensor result;
        using (GradientMode.Disable())
        {
            result = Empty(Shape, DataType, Device);
            Kernels.LinearRecurrence(backwards, result.Operand, Contiguous().Operand, forget.Contiguous().Operand);
        }
        if (!Tape.Records(this, forget)) return result;
        return Tape.Record(result, "LinearRecurrence", [this, forget], [forget, result], g =>
        {
            // s_t = g_t + f_{t+1} s_{t+1} is the same recurrence the other way round; dx = s, df_t = s_t c_{t-1}. So every further derivative is one as well.
            var slope = g.LinearRecurrence(forget.FromNextStep(!backwards), !backwards);
            return [slope, Tape.Wants(1) ? slope * result.FromNextStep(backwards) : null];
        });
    }

    /// <summary>[batch, time, features] moved by one step along time, so that step t holds what t + 1 held (or t - 1, with <paramref name="forwards"/> false); 0 at the end.</summary>
    private Tensor FromNextStep(bool forwards)
    {
        if (Shape[1] == 0) return this;
        var end = Zeros(Shape.With(1, 1), DataType, Device);
        var kept = Narrow(1, forwards ? 1 : 0, Shape[1] - 1);
        return Concatenate(forwards ? [kept, end] : [end, kept], 1);
    }
}
