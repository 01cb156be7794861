using Scorch.Autograd;
using Scorch.Media;
using Scorch.Reproductions;

namespace Scorch.Vision.RepVgg;

/// <summary>Commands on the user's own checkpoints and pictures.</summary>
internal static class RepVggCommands
{
    internal static readonly CommandOption Variant = new("variant", "The variant of the checkpoint, e.g. A0 or B1g4; by default it follows from the shapes.", Choices: [.. RepVggConfig.Named.Select(config => config.Name)]);

    internal static readonly CommandOption StemStride = new("stem-stride", "Stride of the first layer, which weights do not tell: 2 in the paper, 1 where pictures of 32x32 were trained.", ValueKind.Integer, "2", Choices: ["1", "2"]);

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "reparameterize",
            Description = "Turn a trained network with branches into a plain stack of 3x3 convolutions, and certify that both compute the same.",
            Arguments =
            [
                new("input", $"The checkpoint of the trained network ({RepVggFile.Readable}), with the authors' parameter names.", ValueKind.Path),
                new("output", $"The checkpoint to write ({RepVggFile.Writable}).", ValueKind.Path),
            ],
            Options = [Variant, StemStride, new("samples", "Random pictures for the certificate.", ValueKind.Integer, "8"), new("size", "Their height and width.", ValueKind.Integer, "64")],
            Handler = context => Task.Run(() => Convert(context), context.CancellationToken),
        },
        new()
        {
            Name = "verify",
            Description = "Compare a trained network with a deployed one, layer by layer, against a-priori rounding bounds.",
            Arguments =
            [
                new("trained", "The checkpoint of the trained network.", ValueKind.Path),
                new("deployed", "The checkpoint of the deployed network.", ValueKind.Path),
            ],
            Options = [Variant, StemStride, new("samples", "Random pictures.", ValueKind.Integer, "16"), new("size", "Their height and width.", ValueKind.Integer, "64")],
            Handler = context => Task.Run(() => Verify(context), context.CancellationToken),
        },
        new()
        {
            Name = "range",
            Description = "Show which fused layers would lose most as 8-bit whole numbers.",
            Arguments = [new("input", "A checkpoint in either form.", ValueKind.Path)],
            Options = [Variant, StemStride, new("decibels", "Layers with a lower signal-to-noise ratio are at risk.", ValueKind.Number, "30")],
            Handler = context => Task.Run(
                () => context.Output.WriteLine(Reparameterize.DynamicRange(Open(context, "input"), context.Number("decibels"))), context.CancellationToken),
        },
        new()
        {
            Name = "classify",
            Description = "Name the most probable classes of a picture (PNG, JPEG, BMP, PNM).",
            Arguments = [new("model", "A checkpoint in either form.", ValueKind.Path), new("image", "The picture.", ValueKind.Path)],
            Options =
            [
                Variant,
                StemStride,
                new("size", "Side of the centre crop. The shorter side is first resized to 256 for 224, else to the size itself, as the authors test.", ValueKind.Integer, "224"),
                new("classes", "A text file with one class name a line.", ValueKind.Path),
                new("top", "How many classes.", ValueKind.Integer, "5"),
            ],
            Handler = context => Task.Run(() => Classify(context), context.CancellationToken),
        },
        RepVggEvaluateCommand.Descriptor,
        RepVggTrainCommand.Descriptor,
    ];

    private static void Convert(CommandContext context)
    {
        RepVggFile.CheckWritable(context.Text("output"));
        var trained = Open(context, "input");
        if (trained.Form == RepVggForm.Deployed)
            throw new ArgumentException($"{context.Text("input")} is in deployed form already; there is nothing to fuse.");
        var deployed = trained.ToDeployed();
        var report = Reparameterize.Verify(trained, deployed, Positive(context, "samples"), Positive(context, "size"));
        RepVggFile.Write(context.Text("output"), deployed.State());
        context.Output.WriteLine(report);
        context.Output.WriteLine(FormattableString.Invariant($"{trained.Config.Name}: {trained.ParameterCount:N0} parameters became {deployed.ParameterCount:N0}; written to {context.Text("output")}"));
        var risks = Reparameterize.DynamicRange(deployed).AtRisk;
        if (risks.Count > 0) context.Error.WriteLine($"{risks.Count} layers will lose much as 8-bit whole numbers: {string.Join(", ", risks.Select(layer => layer.Name))}; see scorch repvgg range.");
    }

    private static void Verify(CommandContext context)
    {
        var (trained, deployed) = (Open(context, "trained"), Open(context, "deployed"));
        var report = Reparameterize.Verify(trained, deployed, Positive(context, "samples"), Positive(context, "size"));
        context.Output.WriteLine(report);
        if (!report.IsWithinBounds)
            throw new InvalidOperationException("The networks do not compute the same function: a layer differs by more than rounding can explain. Was the deployed checkpoint made from this one, in evaluation mode?");
    }

    private static void Classify(CommandContext context)
    {
        var network = Open(context, "model");
        var size = Positive(context, "size");
        string[]? names = context.TextOrNull("classes") is { } file ? File.ReadAllLines(file) : null;
        if (names is not null && names.Length != network.Config.NumClasses)
            throw new ArgumentException($"--classes: {context.Text("classes")} has {names.Length} lines, the network {network.Config.NumClasses} classes.");
        using var mode = GradientMode.Disable();
        var probabilities = network.Forward(Prepare(Image.Load(context.Text("image")), size)).Softmax(1);
        var (values, indices) = probabilities.TopK(Math.Min(Positive(context, "top"), network.Config.NumClasses), 1);
        foreach (var (value, index) in values.To(DataType.Float32).ToArray<float>().Zip(indices.ToArray<long>()))
            context.Output.WriteLine(FormattableString.Invariant($"{value:F4}  {names?[index] ?? $"class {index}"}"));
    }

    /// <summary>A test picture as the authors prepare it, [1, 3, size, size].</summary>
    internal static Tensor Prepare(Image image, int size) =>
        new ImagePipeline(new OnePicture(image.To8Bit().ToRgb()), [RepVggRecipe.TestCrop(size)], ImageNormalisation.ImageNet).Batch(0, [0]).Images;

    internal static RepVgg Open(CommandContext context, string argument)
    {
        var state = RepVggFile.Read(context.Text(argument));
        var config = context.TextOrNull("variant") is { } name ? RepVggConfig.Find(name) : RepVggCheckpoint.ConfigOf(state);
        return RepVggCheckpoint.Open(state, config with { StemStride = context.Integer("stem-stride") });
    }

    internal static int Positive(CommandContext context, string name) => context.Integer(name) is > 0 and var value
        ? value
        : throw new UsageException($"--{name}: {context.Integer(name)} was given; expected a number of at least 1.");

    private sealed class OnePicture(Image image) : IImageCollection
    {
        public int Count => 1;

        public IReadOnlyList<string> Classes => ["unknown"];

        public (int Height, int Width)? Size => null;

        public LabelledImage this[int index] => new(image, 0, "picture");

        public int Label(int index) => 0;
    }
}
