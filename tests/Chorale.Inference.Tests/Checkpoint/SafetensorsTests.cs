using System.Text;
using System.Text.Json.Nodes;
using Chorale.Kernels;
using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>Reading folders of safetensors, good ones and all kinds of bad ones.</summary>
public sealed class SafetensorsTests
{
    const string Config = "config.json", Single = "model.safetensors";

    [Theory]
    [InlineData("pub-a.gguf", "pub-a-hf")]
    [InlineData("pub-a.gguf", "pub-a-original")]
    [InlineData("pub-b.gguf", "pub-b-hf")]
    [InlineData("pub-b.gguf", "pub-b-original")]
    public void The_same_model_has_the_same_weights_in_every_layout(string first, string second)
    {
        using Checkpoint one = Checkpoint.Open(TestData.PathOf($"model/{first}")), other = Checkpoint.Open(TestData.PathOf($"model/{second}"));
        ModelConfig config = one.ReadConfig(new());
        Assert.Equal(config, other.ReadConfig(new()));
        Assert.Equal(one.ParameterCount, other.ParameterCount);
        Assert.Equal(Numbers(one.ReadWeights(config)), Numbers(other.ReadWeights(config)));
    }

    [Theory]
    [InlineData("pub-a-hf")]
    [InlineData("pub-b-hf")]
    [InlineData("pub-b-original")]
    public void Matrices_read_in_any_pieces_are_the_same(string name)
    {
        using Checkpoint checkpoint = Checkpoint.Open(TestData.PathOf($"model/{name}"));
        CheckpointWeights weights = checkpoint.ReadWeights(checkpoint.ReadConfig(new()));
        foreach (MatrixSource matrix in (MatrixSource[])[weights.Layers[1].Experts[2].Gate, weights.Layers[1].Experts[2].Up, weights.Layers[0].Experts[1].Down, weights.Layers[1].Value])
        {
            byte[] whole = Rows(matrix, 0, matrix.Rows);
            for (int start = 0; start < matrix.Rows; start += 13)
            {
                int count = Math.Min(13, matrix.Rows - start);
                byte[] expected = whole[(int)(start * matrix.RowBytes)..(int)((start + count) * matrix.RowBytes)];
                Assert.Equal(expected, Rows(matrix, start, count));
                Assert.Equal(expected, Rows(matrix.Slice(start, count), 0, count));
                Assert.Equal(expected, Rows(matrix.Slice(start / 2, count + start - (start / 2)), start - (start / 2), count));
            }
            Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Slice(1, matrix.Rows));
            Assert.Throws<ArgumentException>(() => matrix.ReadRows(0, 1, new byte[matrix.RowBytes + 1]));
        }
    }

    [Fact]
    public void Mapped_and_read_matrices_are_the_same()
    {
        using Checkpoint checkpoint = Checkpoint.Open(TestData.PathOf("model/pub-a-original"));
        CheckpointWeights weights = checkpoint.ReadWeights(checkpoint.ReadConfig(new()));
        Assert.False(weights.Layers[0].Experts[0].Up.TryMap(out _));
        Assert.True(weights.Layers[0].Key.TryMap(out WeightMatrix mapped));
        float[] row = new float[mapped.Columns];
        mapped.CopyRow(5, row);
        Assert.Equal(Decode(Rows(weights.Layers[0].Key, 5, 1), weights.Layers[0].Key), row);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", null)]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}   """, null)]
    [InlineData("""{"__metadata__":{"any":"text"},"a":{"shape":[1,1],"data_offsets":[0,2],"dtype":"BF16"},"b":{"dtype":"F32","shape":[0,7],"data_offsets":[2,2]}}""", null)]
    [InlineData(""" {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "header: not a safetensors file: its header begins with 207B2261, expected 7B ('{').")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} {}""", "header: found more after the end of the JSON, at byte 54.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}""", "header: found broken JSON at byte")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}""", "tensor 'a': found 2 bytes of data, expected 3 for shape [3] of U8.")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,2]}}""", "tensor 'a': found 2 bytes of data, expected 4 for shape [2] of BF16.")]
    [InlineData("""{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,2]}}""", "tensor 'a': found the unknown dtype 'F4'.")]
    [InlineData("""{"a":{"dtype":8,"shape":[2],"data_offsets":[0,2]}}""", "tensor 'a': found 8, expected a string.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,3]}}""", "tensor 'a': cut off: the data reaches to offset 3, the file has 2 bytes of data.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", "tensor 'a': found data_offsets [2, 0], expected a beginning and an end.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0]}}""", "tensor 'a': found data_offsets [0], expected a beginning and an end.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}""", "tensor 'a': found -2, expected a whole number.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}""", "tensor 'a': found 2.0, expected a whole number.")]
    [InlineData("""{"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}}""", "tensor 'a': found 2, expected an array.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,2]}}""", "tensor 'a': found more than 8 numbers in a list.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", "tensor 'a': found shape [4611686018427387904, 4, 0], which no file holds.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2]}}""", "tensor 'a': 'data_offsets' missing.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"shape":[2]}}""", "tensor 'a': found 'shape', expected 'dtype', 'shape' and 'data_offsets', each once.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"stride":1}}""", "tensor 'a': found 'stride', expected 'dtype', 'shape' and 'data_offsets', each once.")]
    [InlineData("""{"a":[]}""", "tensor 'a': found an array, expected an object.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "tensor 'a': found a hole of 1 bytes between the beginning of the data and it, expected none.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", "data: found 1 bytes after the last tensor, expected none.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "tensor 'b': overlaps tensor 'a' at offset 1 of the data.")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "tensor 'a': found twice, in")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "key '__metadata__': found 1, expected a string.")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "header: found a string that is not UTF-8.")]
    public void A_header_is_read_or_refused_by_name(string header, string? message)
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        folder[Single] = SafetensorsWriter.Join(header, [1, 2]);
        if (message is null)
            SafetensorsCheckpoint.Open(folder).Dispose();
        else
            Refused(folder, Single, message);
    }

    [Fact]
    public void A_length_of_the_header_beyond_the_file_is_refused()
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        folder[Single] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'{'];
        Refused(folder, Single, "header: found a length of 9223372036854775807, expected at most 1.");
        folder[Single] = [1, 2, 3];
        Refused(folder, Single, "header: cut off: 8 bytes are needed for its length, the file has 3.");
    }

    [Theory]
    [InlineData("model_type", "\"llama\"", "key 'model_type': found 'llama', expected 'gpt_oss'.")]
    [InlineData("model_type", null, "key 'model_type': missing, expected string.")]
    [InlineData("architectures", "[\"LlamaForCausalLM\"]", "key 'architectures': found 'LlamaForCausalLM', expected 'GptOssForCausalLM'.")]
    [InlineData("hidden_act", "\"gelu\"", "key 'hidden_act': found 'gelu', expected 'silu'.")]
    [InlineData("attention_bias", "false", "key 'attention_bias': found false, expected true.")]
    [InlineData("quantization_config.quant_method", "\"gptq\"", "key 'quantization_config.quant_method': quantization method 'gptq', expected 'mxfp4'.")]
    [InlineData("layer_types", "[\"full_attention\",\"sliding_attention\"]", "key 'layer_types': found 'full_attention' for layer 0, expected 'sliding_attention': the even layers slide.")]
    [InlineData("layer_types", "[\"sliding_attention\"]", "key 'layer_types': found 1 layers, expected num_hidden_layers, 2.")]
    [InlineData("layer_types", "7", "key 'layer_types': found i64 7, expected array of string.")]
    [InlineData("rope_scaling.rope_type", "\"longrope\"", "key 'rope_scaling.rope_type': rope type 'longrope', expected 'yarn' or 'default'.")]
    [InlineData("rope_scaling.mscale", "0.7", "key 'rope_scaling.mscale': found 0.7, expected 1.")]
    [InlineData("rope_scaling.factor", "-1", "key 'rope_scaling.factor': found -1, expected a positive number.")]
    [InlineData("rope_scaling.factor", "1e300", "key 'rope_scaling.factor': found Infinity, expected a finite number.")]
    [InlineData("rope_scaling", "\"yarn\"", "key 'rope_scaling': found string 'yarn', expected object.")]
    [InlineData("rope_theta", null, "key 'rope_theta': missing, expected f32.")]
    [InlineData("sliding_window", "null", "key 'sliding_window': missing, expected i32.")]
    [InlineData("vocab_size", "13", "tensor 'model.embed_tokens.weight': found shape [12, 32], expected [13, 32].")]
    [InlineData("eos_token_id", "12", "key 'eos_token_id': found 12, expected 0 to 11.")]
    [InlineData("eos_token_id", "[3, -1]", "key 'eos_token_id': found 3, -1, expected 0 to 11.")]
    [InlineData("num_hidden_layers", "2.0", "key 'num_hidden_layers': found f64 2, expected i32.")]
    [InlineData("num_hidden_layers", "9223372036854775807", "key 'num_hidden_layers': found i64 9223372036854775807, expected i32.")]
    [InlineData("num_local_experts", "3", "tensor 'model.layers.0.mlp.router.weight': found shape [2, 32], expected [3, 32].")]
    [InlineData("num_experts_per_tok", "3", "key 'num_experts_per_tok': found 3, expected at most the 2 experts.")]
    [InlineData("experts_per_token", "2", "key 'experts_per_token': found 2, expected 1.")]
    [InlineData("num_key_value_heads", "3", "key 'num_key_value_heads': found 3, expected a divisor of the 2 query heads.")]
    [InlineData("head_dim", "7", "key 'head_dim': found 7, expected an even number: rotary embedding turns pairs.")]
    [InlineData("intermediate_size", "33", "tensor 'model.layers.0.mlp.experts.gate_up_proj_blocks': found shape [2, 64, 1, 16], expected [2, 66, 1, 16].")]
    public void A_wrong_key_of_Hugging_Faces_config_is_refused_by_name(string key, string? json, string message)
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        Set(folder, key, json);
        Refused(folder, message.StartsWith("tensor", StringComparison.Ordinal) ? Single : Config, message);
    }

    [Theory]
    [InlineData("num_experts", "3", "tensor 'block.0.mlp.gate.weight': found shape [2, 32], expected [3, 32].")]
    [InlineData("experts_per_token", "0", "key 'experts_per_token': found 0, expected 1 to 268435456.")]
    [InlineData("rope_scaling_factor", "1e30", "key 'rope_scaling_factor': found 1E+30, which stretches 16 ids beyond 536870911.")]
    [InlineData("head_dim", "268435456", "tensor 'block.0.attn.qkv.weight': found shape [32, 32], expected [1073741824, 32].")]
    public void A_wrong_key_of_OpenAIs_config_is_refused_by_name(string key, string json, string message)
    {
        MemoryFolder folder = TinyFolder.OpenAI();
        Set(folder, key, json);
        Refused(folder, message.StartsWith("tensor", StringComparison.Ordinal) ? Single : Config, message);
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "key 'a': found twice.")]
    [InlineData("[]", "found an array, expected an object.")]
    [InlineData("", "found broken JSON at byte 0.")]
    [InlineData("{} x", "found more after the end of the JSON, at byte")]
    [InlineData("{\"a\":\"\\udc00\"}", "key 'a': found a string that is not UTF-8.")]
    public void A_broken_config_is_refused(string json, string message)
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        folder[Config] = Encoding.UTF8.GetBytes(json);
        Refused(folder, Config, message);
    }

    [Fact]
    public void A_config_of_many_objects_is_bounded()
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        folder[Config] = Encoding.UTF8.GetBytes($"{{\"a\":{new string(' ', 1 << 20)}1}}");
        Refused(folder, Config, "found 1048583 bytes, expected at most 1048576.");
        folder[Config] = Encoding.UTF8.GetBytes($"{string.Concat(Enumerable.Repeat("{\"a\":", 70))}1{new string('}', 70)}");
        Refused(folder, Config, "key 'a.a': found broken JSON at byte");
    }

    [Fact]
    public void What_Hugging_Faces_config_says_is_honoured()
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        ModelConfig config = ConfigOf(folder);
        Assert.Equal((2, 32, 32, 2, 1, 2, 1, 8, 12, 4, 64), (config.NumHiddenLayers, config.HiddenSize, config.IntermediateSize, config.NumLocalExperts, config.NumExpertsPerTok,
            config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim, config.VocabSize, config.SlidingWindow, config.MaxPositionEmbeddings));
        Assert.Equal((150000f, 1e-5f, 7f), (config.RopeTheta, config.RmsNormEps, config.SwigluLimit));
        Assert.Equal(new RopeScaling { Factor = 4, OriginalMaxPositionEmbeddings = 16 }, config.RopeScaling);

        Set(folder, "swiglu_limit", "5.5");
        Set(folder, "rope_scaling.beta_fast", "16");
        Set(folder, "rope_scaling.beta_slow", "2");
        Set(folder, "rope_scaling.attention_factor", "2.0");
        Set(folder, "rope_scaling.truncate", null);    // transformers rounds unless told not to
        config = ConfigOf(folder);
        Assert.Equal(5.5f, config.SwigluLimit);
        Assert.Equal(new RopeScaling { Factor = 4, OriginalMaxPositionEmbeddings = 16, BetaFast = 16, BetaSlow = 2, AttentionFactor = (float)(2 / ((0.1 * Math.Log(4)) + 1)), Truncate = true }, config.RopeScaling);

        Set(folder, "rope_scaling", null);
        Assert.Equal(new RopeScaling { Factor = 1, OriginalMaxPositionEmbeddings = 64 }, ConfigOf(folder).RopeScaling);
        Set(folder, "rope_theta", null);
        Set(folder, "rope_parameters", """{"rope_type":"yarn","rope_theta":10000,"factor":2,"original_max_position_embeddings":32,"truncate":false}""");
        Assert.Equal(10000, ConfigOf(folder).RopeTheta);
        Assert.Equal(new RopeScaling { Factor = 2, OriginalMaxPositionEmbeddings = 32 }, ConfigOf(folder).RopeScaling);
    }

    [Fact]
    public void Tied_embeddings_are_one_matrix()
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        Set(folder, "tie_word_embeddings", "true");
        using Checkpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        CheckpointWeights weights = checkpoint.ReadWeights(checkpoint.ReadConfig(new()));
        Assert.Same(weights.Embedding, weights.Unembedding);
    }

    [Fact]
    public void The_index_is_held_against_the_files()
    {
        MemoryFolder right = TinyFolder.HuggingFace(shards: 3);
        string index = Encoding.UTF8.GetString(right[SafetensorsIndex.FileName]);
        Index("lm_head.weight\": \"model-00001", "lm_head.weight\": \"model-00002", "tensor 'lm_head.weight': found in 'model-00002-of-00003.safetensors', expected it in 'model-00001-of-00003.safetensors', which holds it.");
        Index("\"lm_head.weight\"", "\"lm_head.other\"", "tensor 'lm_head.weight': missing, expected it in 'model-00001-of-00003.safetensors', which holds it.");
        Index("{\n    \"lm_head", "{ \"x\": \"model-00001-of-00003.safetensors\",\n    \"lm_head", "tensor 'x': not in 'model-00001-of-00003.safetensors', expected it there.");
        Index("\"model-00001-of-00003.safetensors\"", "\"../model-00001-of-00003.safetensors\"", "tensor 'lm_head.weight': found the file '../model-00001-of-00003.safetensors', expected the name of a file in the same folder.");
        Index("\"model.norm.weight\"", "\"lm_head.weight\"", "tensor 'lm_head.weight': found twice.");
        Index("weight_map", "weight_mop", "key 'weight_map': missing, expected an object of tensors and their files.");

        right.Remove("model-00002-of-00003.safetensors");
        Refused(right, SafetensorsIndex.FileName, "file 'model-00002-of-00003.safetensors': missing, expected it beside the index, which names it.");

        void Index(string what, string by, string message)
        {
            Assert.Contains(what, index, StringComparison.Ordinal);
            MemoryFolder folder = right.Copy();
            folder[SafetensorsIndex.FileName] = Encoding.UTF8.GetBytes(index.Replace(what, by, StringComparison.Ordinal));
            Refused(folder, SafetensorsIndex.FileName, message);
        }
    }

    [Fact]
    public void Several_files_without_an_index_are_read_together()
    {
        MemoryFolder folder = TinyFolder.HuggingFace(shards: 2);
        folder.Remove(SafetensorsIndex.FileName);
        using Checkpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        Assert.Equal(2, checkpoint.Files.Count);
        Assert.Equal(2, checkpoint.ReadWeights(checkpoint.ReadConfig(new())).Layers.Length);
    }

    [Fact]
    public void A_folder_without_a_model_is_refused()
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        folder.Remove(Single);
        Assert.StartsWith("'tiny': model.safetensors: missing, expected it, or several with 'model.safetensors.index.json'.",
            Assert.Throws<CheckpointFormatException>(() => SafetensorsCheckpoint.Open(folder)).Message, StringComparison.Ordinal);
        folder.Remove(Config);
        Assert.StartsWith("'tiny': config.json: missing, expected a folder of safetensors with their config.json.",
            Assert.Throws<CheckpointFormatException>(() => SafetensorsCheckpoint.Open(folder)).Message, StringComparison.Ordinal);
        string file = TestData.PathOf("model/pub-a-hf/model.safetensors");
        Assert.Contains("expected the folder that holds it", Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tensor 'model.layers.1.self_attn.sinks': missing, expected shape [2].", "layers.1.self_attn.sinks", "layers.1.self_attn.sunks")]
    [InlineData("tensor 'model.layers.0.mlp.experts.gate_up_proj_blocks': found type I8, expected U8.", "gate_up_proj_blocks\":{\"dtype\":\"U8\"", "gate_up_proj_blocks\":{\"dtype\":\"I8\"")]
    [InlineData("tensor 'lm_head.weight': found type I16, expected F32, F16 or BF16.", "lm_head.weight\":{\"dtype\":\"BF16\"", "lm_head.weight\":{\"dtype\":\"I16\"")]
    [InlineData("tensor 'model.norm.weight': found type I16, expected F32, F16 or BF16.", "model.norm.weight\":{\"dtype\":\"BF16\"", "model.norm.weight\":{\"dtype\":\"I16\"")]
    public void A_wrong_tensor_is_refused_by_name(string message, string what, string by)
    {
        MemoryFolder folder = TinyFolder.HuggingFace();
        byte[] bytes = folder[Single];
        int length = BitConverter.ToInt32(bytes);
        string header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.Contains(what, header, StringComparison.Ordinal);
        folder[Single] = SafetensorsWriter.Join(header.Replace(what, by, StringComparison.Ordinal), bytes.AsSpan(8 + length));
        Refused(folder, message.Contains("missing", StringComparison.Ordinal) ? null : Single, message);
    }

    static ModelConfig ConfigOf(MemoryFolder folder)
    {
        using Checkpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        return checkpoint.ReadConfig(new());
    }

    /// <summary>Sets a key of config.json, <c>object.key</c> within one; null takes it away.</summary>
    static void Set(MemoryFolder folder, string key, string? json)
    {
        JsonObject config = JsonNode.Parse(folder[Config])!.AsObject(), holder = config;
        if (key.Split('.') is [string outer, string inner])
            (holder, key) = (config[outer]!.AsObject(), inner);
        if (json is null)
            holder.Remove(key);
        else
            holder[key] = JsonNode.Parse(json);
        folder[Config] = Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    static void Refused(MemoryFolder folder, string? file, string message)
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() =>
        {
            using Checkpoint checkpoint = SafetensorsCheckpoint.Open(folder);
            checkpoint.ReadWeights(checkpoint.ReadConfig(new()));
        });
        Assert.StartsWith($"'{(file is null ? folder.Path : folder.PathOf(file))}': {message}", error.Message, StringComparison.Ordinal);
    }

    static byte[] Rows(MatrixSource matrix, int start, int count)
    {
        byte[] rows = new byte[count * matrix.RowBytes];
        matrix.ReadRows(start, count, rows);
        return rows;
    }

    /// <summary>Every number of a model, in the order of use.</summary>
    static List<float[]> Numbers(CheckpointWeights weights)
    {
        List<float[]> all = [Decoded(weights.Embedding), weights.FinalNorm, Decoded(weights.Unembedding)];
        foreach (CheckpointLayer l in weights.Layers)
        {
            all.AddRange([l.AttentionNorm, Decoded(l.Query), l.QueryBias, Decoded(l.Key), l.KeyBias, Decoded(l.Value), l.ValueBias, l.Sinks, Decoded(l.Output), l.OutputBias]);
            all.AddRange([l.MixtureNorm, Decoded(l.Router), l.RouterBias]);
            foreach (CheckpointExpert e in l.Experts)
                all.AddRange([Decoded(e.Gate), e.GateBias, Decoded(e.Up), e.UpBias, Decoded(e.Down), e.DownBias]);
        }
        return all;
    }

    static float[] Decoded(MatrixSource matrix) => Decode(Rows(matrix, 0, matrix.Rows), matrix);

    static float[] Decode(byte[] rows, MatrixSource matrix)
    {
        using NativeBuffer<byte> buffer = new(rows.Length);
        rows.CopyTo(buffer.Span);
        WeightMatrix decoder = buffer.Matrix(0, matrix.Type, (int)(rows.Length / matrix.RowBytes), matrix.Columns);
        float[] numbers = new float[decoder.Rows * decoder.Columns];
        for (int row = 0; row < decoder.Rows; row++)
            decoder.CopyRow(row, numbers.AsSpan(row * decoder.Columns, decoder.Columns));
        return numbers;
    }
}
