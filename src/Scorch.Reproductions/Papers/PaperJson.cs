using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Paper[]))]
internal sealed partial class PaperJson : JsonSerializerContext;
