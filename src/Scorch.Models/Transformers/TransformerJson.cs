using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Scorch.Models.Transformers;

[JsonSourceGenerationOptions(WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Gpt2Config))]
[JsonSerializable(typeof(BertConfig))]
[JsonSerializable(typeof(T5Config))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class TransformerJson : JsonSerializerContext;
