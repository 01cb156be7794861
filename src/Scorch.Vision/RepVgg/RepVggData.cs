using System.Globalization;
using System.Text;
using Scorch.Media;
using Scorch.Reproductions;
using Scorch.Vision.Data;

namespace Scorch.Vision.RepVgg;

/// <summary>The data sets of the reproduction.</summary>
internal static class RepVggData
{
    public const string CifarJpeg = "cifar10-jpeg", Cifar10 = "cifar10", Cifar100 = "cifar100", ImageNet = "imagenet";

    private const string JpegArchive = "cifar10-12k.zip";

    /// <summary>Where the chosen data set lies.</summary>
    /// <exception cref="MissingDataException">It is not on this machine.</exception>
    public static string Find(RunContext context) => context.Settings.Text("data") switch
    {
        CifarJpeg => context.Data.Find(CifarJpeg, JpegArchive),
        var name => context.Data.FindFolder(name),
    };

    /// <summary>The first pictures of each class.</summary>
    /// <param name="context">The run.</param>
    /// <param name="place">What <see cref="Find"/> gave.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    /// <param name="perClass">Pictures of each class.</param>
    public static LabelledImages Subset(RunContext context, string place, string part, int perClass) => context.Settings.Text("data") == CifarJpeg
        ? CifarJpegArchive.Load(place, part, perClass)
        : LabelledImages.First(Open(context, place, part), perClass);

    /// <summary>All pictures of a part.</summary>
    /// <param name="context">The run.</param>
    /// <param name="folder">What <see cref="Find"/> gave.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    public static IImageCollection Open(RunContext context, string folder, string part)
    {
        var name = context.Settings.Text("data");
        if (name != ImageNet)
        {
            try
            {
                Record(context, name, folder);
                return CifarFiles.Load(folder, name == Cifar10 ? CifarKind.Cifar10 : CifarKind.Cifar100, part);
            }
            catch (FileNotFoundException problem)
            {
                throw new MissingDataException(name, $"{problem.Message} Or run: scorch data get {name}");
            }
        }
        var place = Path.Combine(folder, part == "train" ? "train" : "val");
        Record(context, $"{name}/{Path.GetFileName(place)}", place);
        return ImageFolder.Open(place);
    }

    /// <summary>Records names and sizes of the files: a checksum over 150 gigabytes would take longer than it is worth.</summary>
    private static void Record(RunContext context, string name, string folder) => context.UseData(name, "(names and sizes of the files)", () =>
    {
        var list = new StringBuilder();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
            list.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(folder, file.FullName).Replace('\\', '/')} {file.Length}\n");
        return new MemoryStream(Encoding.UTF8.GetBytes(list.ToString()), writable: false);
    });
}
