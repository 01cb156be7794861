using System.CommandLine;
using Scorch.Benchmarks;
using Scorch.Benchmarks.Comparison;
using Scorch.Benchmarks.Workloads;

var threads = new Option<int>("--threads") { Description = "Threads of this worker.", DefaultValueFactory = _ => 1 };
var firstStep = new Option<bool>("--first-step") { Description = "Do one training step of the small network and end." };
var worker = new Command("worker", "Runs rows that come as JSON lines.") { threads, firstStep };
worker.SetAction(result =>
{
    Scorch.Parallelism.ThreadCount = result.GetValue(threads);
    if (result.GetValue(firstStep)) Console.WriteLine(SmallSteps.TanhNetwork().Step()[0].Item());
    else Worker.Serve();
});

var folder = new Option<string>("--folder") { Description = "The folder benchmarks.", Required = true };
var only = new Option<string?>("--only") { Description = "Run rows whose family or name matches this regular expression." };
var counts = new Option<int[]>("--threads") { Description = "Thread counts to measure.", DefaultValueFactory = _ => [1, 2], AllowMultipleArgumentsPerToken = true };
var pairs = new Option<int>("--pairs") { Description = "Interleaved pairs of samples a row.", DefaultValueFactory = _ => 15 };
var noOnnx = new Option<bool>("--no-onnx") { Description = "Leave out ONNX Runtime." };
var output = new Option<string?>("--out") { Description = "Folder for the results (default: benchmarks/results for a full run, none for a part)." };
var width = new Option<int?>("--width") { Description = "256: matrix products only, both sides held to vectors of 256 bits; recorded nowhere without --out." };
width.Validators.Add(result =>
{
    if (result.GetValue(width) is not (null or 256)) result.AddError("--width takes 256, the width below the widest for which OpenBLAS has a kernel of its own.");
});
var compare = new Command("compare", "Measures Scorch against PyTorch.") { folder, only, counts, pairs, noOnnx, output, width };
compare.SetAction((result, cancellation) => new Comparer(new(
    result.GetValue(folder)!,
    result.GetValue(only),
    result.GetValue(counts)!,
    result.GetValue(pairs),
    !result.GetValue(noOnnx),
    result.GetValue(output),
    result.GetValue(width))).RunAsync(cancellation));

var table = new Command("readme", "Writes the newest results into the README's table.") { folder };
table.SetAction(result => ReadmeTable.Update(result.GetValue(folder)!));

return await new RootCommand("Scorch against PyTorch and ONNX Runtime on this machine.") { worker, compare, table }.Parse(args).InvokeAsync();
