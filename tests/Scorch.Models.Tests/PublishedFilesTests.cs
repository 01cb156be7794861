using Scorch.Checkpoints;
using Scorch.Models.Transformers;

namespace Scorch.Models.Tests;

public sealed class PublishedFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-models").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    private void Write(string config, IEnumerable<KeyValuePair<string, Tensor>> weights)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        SafeTensors.Save(Path.Combine(folder, "model.safetensors"), weights);
    }

    private const string Gpt2Json = """
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 19, "n_positions": 12, "n_ctx": 12, "n_embd": 8, "n_layer": 2,
         "n_head": 2, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05}
        """;

    private static Dictionary<string, Tensor> Gpt2Weights() => new Golden("transformers/gpt2.npz").Below("param.").ToDictionary(entry => entry.Key, entry => entry.Value.To(DataType.Float32));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gpt2_folder_loads_with_or_without_the_prefix_and_gives_the_reference_logits(bool prefixed)
    {
        var weights = Gpt2Weights().ToDictionary(entry => prefixed ? entry.Key : entry.Key["transformer.".Length..], entry => entry.Value);
        // Old files carry the causal mask of every block.
        weights[(prefixed ? "transformer." : "") + "h.0.attn.bias"] = Tensor.Ones([1, 1, 12, 12]);
        Write(Gpt2Json, weights);
        var model = Gpt2LanguageModel.Load(folder);
        Assert.False(model.IsTraining);
        // What the file does not say keeps its default.
        Assert.Equal((0.1, 0.02, 12, (int?)null), (model.Config.ResidualDropout, model.Config.InitialDeviation, model.Config.Positions, model.Config.Inner));
        var golden = new Golden("transformers/gpt2.npz");
        var real = golden["in.mask"].To(DataType.Float32).Unsqueeze(2);
        // Single precision through two blocks.
        Golden.AssertClose(golden["out.logits"].To(DataType.Float32) * real, model.Forward(golden["in.ids"], golden["in.mask"]).Detach() * real, 1e-4);
    }

    [Fact]
    public void A_file_of_PyTorchs_own_loads_where_there_are_no_safetensors()
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), Gpt2Json);
        File.Copy(Golden.PathOf("transformers/gpt2_pytorch_model.bin"), Path.Combine(folder, "pytorch_model.bin"));
        var state = Gpt2LanguageModel.Load(folder).State();
        foreach (var (name, tensor) in Gpt2Weights()) Assert.Equal(tensor.ToArray<float>(), state[name].ToArray<float>());
    }

    [Fact]
    public void Missing_unknown_and_misshapen_tensors_are_named()
    {
        string Refused(Action<Dictionary<string, Tensor>> change)
        {
            var weights = Gpt2Weights();
            change(weights);
            Write(Gpt2Json, weights);
            return Assert.Throws<CheckpointException>(() => Gpt2LanguageModel.Load(folder)).Message;
        }
        Assert.Contains("missing transformer.h.1.mlp.c_fc.weight", Refused(weights => weights.Remove("transformer.h.1.mlp.c_fc.weight")));
        Assert.Contains("unexpected transformer.h.2.ln_1.weight", Refused(weights => weights["transformer.h.2.ln_1.weight"] = Tensor.Ones([8])));
        Assert.Contains("transformer.h.0.attn.c_attn.weight has shape [24, 8]", Refused(weights => weights["transformer.h.0.attn.c_attn.weight"] = Tensor.Ones([24, 8])));
        Assert.Contains("lm_head.weight differs", Refused(weights => weights["lm_head.weight"] = Tensor.Ones([19, 8])));
    }

    [Fact]
    public void Impossible_configurations_are_named()
    {
        Write(Gpt2Json.Replace("\"n_head\": 2", "\"n_head\": 3", StringComparison.Ordinal), Gpt2Weights());
        Assert.Contains("3 heads do not divide 8", Assert.Throws<CheckpointException>(() => Gpt2LanguageModel.Load(folder)).Message);
        Write(Gpt2Json.Replace("gelu_new", "swoosh", StringComparison.Ordinal), Gpt2Weights());
        Assert.Contains("config.json", Assert.Throws<CheckpointException>(() => Gpt2LanguageModel.Load(folder)).Message);
        Directory.Delete(folder, true);
        Directory.CreateDirectory(folder);
        Assert.Contains("config.json", Assert.Throws<CheckpointException>(() => Gpt2LanguageModel.Load(folder)).Message);
    }

    [Fact]
    public void T5_folder_loads_by_published_names()
    {
        var golden = new Golden("transformers/t5_11.npz");
        Write(
            """
            {"model_type": "t5", "vocab_size": 21, "d_model": 10, "d_kv": 3, "d_ff": 14, "num_layers": 2, "num_decoder_layers": 3, "num_heads": 4,
             "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false, "dropout_rate": 0.1, "is_encoder_decoder": true}
            """,
            golden.Below("param.").ToDictionary(entry => entry.Key, entry => entry.Value.To(DataType.Float32)));
        var model = T5Model.Load(folder);
        Golden.AssertClose(golden["out.logits"].To(DataType.Float32), model.Forward(golden["in.ids"], golden["in.decoder_ids"], golden["in.mask"]).Detach(), 1e-4);
    }

    [Fact]
    public void Bert_folder_loads_pretrained_and_fine_tuned()
    {
        var golden = new Golden("transformers/bert.npz");
        const string Config = """
            {"vocab_size": 23, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20, "hidden_act": "gelu", "max_position_embeddings": 11}
            """;
        var weights = golden.Below("param.").ToDictionary(entry => entry.Key, entry => entry.Value.To(DataType.Float32));
        Write(Config, weights);
        var classes = BertClassifier.Load(folder).Forward(golden["in.ids"], golden["in.mask"], golden["in.segments"]).Detach();
        Golden.AssertClose(golden["out.classes"].To(DataType.Float32), classes, 1e-4);
        Assert.Equal(9, BertClassifier.LoadPretrained(folder, 4, new(1)).Bert.Config.Inner - 11);
        Write(Config, weights.Where(entry => !entry.Key.StartsWith("classifier.", StringComparison.Ordinal)));
        Assert.Equal([3, 9], BertClassifier.LoadPretrained(folder, 9, new(1)).Forward(golden["in.ids"]).Shape.ToArray());
        var real = golden["in.mask"].To(DataType.Float32).Unsqueeze(2);
        var words = BertMaskedLanguageModel.Load(folder).Forward(golden["in.ids"], golden["in.mask"], golden["in.segments"]).Detach();
        Golden.AssertClose(golden["out.masked"].To(DataType.Float32) * real, words * real, 1e-4);
        Assert.Contains("LoadPretrained", Assert.Throws<CheckpointException>(() => BertClassifier.Load(folder)).Message);
    }

    [Fact]
    public void What_is_saved_loads_again()
    {
        var config = new T5Config { VocabularySize = 9, Features = 4, HeadFeatures = 2, Heads = 2, Inner = 6, Layers = 1, Projection = T5Projection.GatedSilu };
        var model = new T5Model(config, new(3));
        model.Save(folder);
        Assert.Contains("\"feed_forward_proj\": \"gated-silu\"", File.ReadAllText(Path.Combine(folder, "config.json")));
        var again = T5Model.Load(folder);
        Assert.Equal(config, again.Config);
        foreach (var (name, tensor) in model.State()) Assert.Equal(tensor.ToArray<float>(), again.State()[name].ToArray<float>());
    }
}
