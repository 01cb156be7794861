namespace Scorch.Losses;

/// <summary>How a loss over elements becomes the loss.</summary>
public enum Reduction
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum.</summary>
    Sum,

    /// <summary>Every element's own.</summary>
    None,
}

/// <summary>Losses in PyTorch's definitions.</summary>
public static class Loss
{
    /// <summary>(x - y)^2.</summary>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce((SameShape(prediction, target, nameof(MeanSquaredError)) - target).Square(), reduction);

    /// <summary>|x - y|.</summary>
    public static Tensor MeanAbsoluteError(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce((SameShape(prediction, target, nameof(MeanAbsoluteError)) - target).Abs(), reduction);

    /// <summary>Half the square below <paramref name="delta"/>, delta (|x - y| - delta / 2) above.</summary>
    public static Tensor Huber(Tensor prediction, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
    {
        if (!(delta > 0)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "Huber: delta must be above 0.");
        var distance = (SameShape(prediction, target, nameof(Huber)) - target).Abs();
        return Reduce(Tensor.Where(distance.LessThan(delta), distance.Square() * 0.5, (distance - (0.5 * delta)) * delta), reduction);
    }

    /// <summary>-log softmax(logits) at the target class, or the mean over target probabilities.</summary>
    /// <param name="logits">[batch, classes, ...].</param>
    /// <param name="target">Int64 classes [batch, ...], or probabilities of the logits' shape.</param>
    /// <param name="weight">[classes] weights, or none.</param>
    /// <param name="ignoreIndex">Targets of this class do not count.</param>
    /// <param name="labelSmoothing">Share of the target that is spread over all classes.</param>
    /// <param name="reduction">Mean (weighted), sum or none.</param>
    public static Tensor CrossEntropy(
        Tensor logits, Tensor target, Tensor? weight = null, long ignoreIndex = -100, double labelSmoothing = 0, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (labelSmoothing is < 0 or > 1) throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "CrossEntropy: label smoothing lies in [0, 1].");
        var axis = logits.Rank == 1 ? 0 : 1;
        if (logits.Rank == 0) throw new ArgumentException("CrossEntropy: logits have no class dimension.", nameof(logits));
        var classes = logits.Shape[axis];
        if (weight is not null && weight.Shape != [classes]) throw new ArgumentException($"CrossEntropy: weight {weight.Shape} for {classes} classes.", nameof(weight));
        var weights = weight?.Reshape([classes, .. Enumerable.Repeat(1, logits.Rank - axis - 1)]);
        if (target.DataType.IsFloating())
        {
            if (target.Shape != logits.Shape) throw new ArgumentException($"CrossEntropy: target probabilities {target.Shape} for logits {logits.Shape}.", nameof(target));
            var logarithms = logits.LogSoftmax(axis);
            var soft = labelSmoothing > 0 ? (target * (1 - labelSmoothing)) + (labelSmoothing / classes) : target;
            var all = weights is null ? soft * logarithms : soft * logarithms * weights;
            var each = -all.Sum(axis);
            return reduction == Reduction.Mean ? each.Sum() / Math.Max(1, each.ElementCount) : Reduce(each, reduction);
        }
        if (target.DataType != DataType.Int64 || target.Shape != Drop(logits.Shape, axis))
            throw new ArgumentException($"CrossEntropy: targets are {target.DataType} {target.Shape}; logits {logits.Shape} need Int64 {Drop(logits.Shape, axis)}.", nameof(target));
        var counted = target.NotEqual(ignoreIndex);
        var safe = Tensor.Where(counted, target, Tensor.ZerosLike(target));
        if (target.ElementCount > 0 && (safe.Minimum().ItemInt64() < 0 || safe.Maximum().ItemInt64() >= classes))
            throw new ArgumentOutOfRangeException(nameof(target), $"CrossEntropy: a target lies outside 0 to {classes - 1}.");
        if (weight is null && labelSmoothing == 0 && logits.Rank == 2 && (logits.DataType is DataType.Float32 or DataType.Float64))
        {
            var losses = logits.RowCrossEntropy(target, ignoreIndex);
            return reduction == Reduction.Mean ? losses.Sum() / counted.To(losses.DataType).Sum() : Reduce(losses, reduction);
        }
        return CrossEntropyDefinition(logits, safe, counted, weight, labelSmoothing, reduction);
    }

    private static Tensor CrossEntropyDefinition(Tensor logits, Tensor safe, Tensor counted, Tensor? weight, double labelSmoothing, Reduction reduction)
    {
        var axis = logits.Rank == 1 ? 0 : 1;
        var classes = logits.Shape[axis];
        var logarithms = logits.LogSoftmax(axis);
        var weights = weight?.Reshape([classes, .. Enumerable.Repeat(1, logits.Rank - axis - 1)]);
        var share = counted.To(logits.DataType);
        var classWeights = weight is null ? share : share * weight.IndexSelect(0, safe.Reshape(-1)).Reshape(safe.Shape);
        var loss = -logarithms.Gather(axis, safe.Unsqueeze(axis)).Squeeze(axis) * classWeights;
        if (labelSmoothing > 0)
        {
            var spread = -(weights is null ? logarithms : logarithms * weights).Sum(axis) * share;
            loss = (loss * (1 - labelSmoothing)) + (spread * (labelSmoothing / classes));
        }
        return reduction == Reduction.Mean ? loss.Sum() / classWeights.Sum() : Reduce(loss, reduction);
    }

    /// <summary>-log_probabilities at the target class: cross-entropy after a log-softmax.</summary>
    public static Tensor NegativeLogLikelihood(Tensor logProbabilities, Tensor target, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        ArgumentNullException.ThrowIfNull(target);
        if (logProbabilities.Rank < 2 || target.DataType != DataType.Int64 || target.Shape != Drop(logProbabilities.Shape, 1))
            throw new ArgumentException($"NegativeLogLikelihood: targets are {target.DataType} {target.Shape} for {logProbabilities.Shape}.", nameof(target));
        return Reduce(-logProbabilities.Gather(1, target.Unsqueeze(1)).Squeeze(1), reduction);
    }

    /// <summary>-y log p - (1 - y) log(1 - p) for probabilities; logarithms are held above -100 as in PyTorch.</summary>
    public static Tensor BinaryCrossEntropy(Tensor probability, Tensor target, Reduction reduction = Reduction.Mean)
    {
        SameShape(probability, target, nameof(BinaryCrossEntropy));
        var positive = probability.Log().Clamp(minimum: -100.0);
        var negative = (1 - probability).Log().Clamp(minimum: -100.0);
        return Reduce(-((target * positive) + ((1 - target) * negative)), reduction);
    }

    /// <summary>Binary cross-entropy of logits, without overflow.</summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="target">Of the same shape, in [0, 1].</param>
    /// <param name="positiveWeight">Weight of positive targets, broadcast, or none.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor target, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
    {
        SameShape(logits, target, nameof(BinaryCrossEntropyWithLogits));
        // (1 - y) x + w log(1 + e^-x), w = 1 + (p - 1) y
        var soft = (-logits).Softplus();
        var loss = positiveWeight is null ? ((1 - target) * logits) + soft : ((1 - target) * logits) + ((1 + ((positiveWeight - 1) * target)) * soft);
        return Reduce(loss, reduction);
    }

    /// <summary>target (log target - input), input in logarithms; the mean is over all elements as in PyTorch.</summary>
    public static Tensor KullbackLeibler(Tensor logInput, Tensor target, Reduction reduction = Reduction.Mean)
    {
        SameShape(logInput, target, nameof(KullbackLeibler));
        var positive = target.GreaterThan(0);
        var safe = Tensor.Where(positive, target, Tensor.OnesLike(target));
        return Reduce(Tensor.Where(positive, target * (safe.Log() - logInput), Tensor.ZerosLike(target) * logInput), reduction);
    }

    /// <summary>1 - cos(x1, x2) for y = 1, max(0, cos - margin) for y = -1.</summary>
    public static Tensor CosineEmbedding(Tensor first, Tensor second, Tensor label, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        var cosine = CosineSimilarity(first, second, -1);
        return Reduce(Tensor.Where(label.GreaterThan(0), 1 - cosine, (cosine - margin).Relu()), reduction);
    }

    /// <summary>x1 x2 / (|x1| |x2|) along a dimension.</summary>
    public static Tensor CosineSimilarity(Tensor first, Tensor second, int dimension, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(first);
        var norms = first.Norm([dimension]).Clamp(minimum: epsilon) * second.Norm([dimension]).Clamp(minimum: epsilon);
        return (first * second).Sum(dimension) / norms;
    }

    /// <summary>max(0, |a - p| - |a - n| + margin).</summary>
    public static Tensor TripletMargin(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        var near = (anchor - positive + 1e-6).Norm([-1]);
        var far = (anchor - negative + 1e-6).Norm([-1]);
        return Reduce((near - far + margin).Relu(), reduction);
    }

    private static Tensor SameShape(Tensor prediction, Tensor target, string loss)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        if (prediction.Shape != target.Shape)
            throw new ArgumentException($"{loss}: prediction {prediction.Shape} and target {target.Shape} differ; reshape one of them.", nameof(target));
        return prediction;
    }

    private static Shape Drop(Shape shape, int axis) => Shape.Create([.. shape.Where((_, i) => i != axis)]);

    private static Tensor Reduce(Tensor loss, Reduction reduction) => reduction switch
    {
        Reduction.Mean => loss.Mean(),
        Reduction.Sum => loss.Sum(),
        _ => loss,
    };
}
