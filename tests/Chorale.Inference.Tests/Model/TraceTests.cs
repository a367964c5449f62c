using Chorale.Kernels;

namespace Chorale.Inference.Tests;

/// <summary>The inside of the forward pass against float64, top down: the first value that is off names the culprit.</summary>
public sealed class TraceTests
{
    static readonly Dictionary<string, GoldenModel> Goldens = GoldenModel.All().ToDictionary(g => g.File, g => g.Golden, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Files => Goldens.Keys.Select(file => new TheoryDataRow<string>(file));

    [Theory, MemberData(nameof(Files))]
    public void Each_layer_gives_the_recorded_values(string file)
    {
        using GptOssModel model = GoldenModel.Open(file);
        foreach (GoldenSequence sequence in Goldens[file].Sequences)
        {
            Comparison trace = new($"{file}, {sequence.Tokens.Length} tokens", model.Config, sequence.Trace);
            using GptOssSession session = model.CreateSession();
            session.Trace = trace;
            session.Forward(sequence.Tokens);
            Assert.Equal(sequence.Trace.Positions.Length * (1 + (2 * model.Config.NumHiddenLayers)), trace.Compared);
        }
    }

    sealed class Comparison(string place, ModelConfig config, GoldenTrace golden) : IForwardTrace
    {
        const double Tolerance = 1e-3;

        public int Compared { get; private set; }

        public void Embedded(int position, ReadOnlySpan<float> residual)
        {
            for (int i = 0; i < golden.Positions.Length; i++)
                CompareResidual($"{place}: embedding of position {golden.Positions[i]}", golden.Embedding[i], Row(residual, golden.Positions[i] - position, config.HiddenSize));
        }

        public void Attended(int layer, int position, ReadOnlySpan<float> query, LayerKeyValues cache, ReadOnlySpan<float> sinks, int window, ReadOnlySpan<float> residual)
        {
            for (int i = 0; i < golden.Positions.Length; i++)
            {
                string where = $"{place}: layer {layer}, attention of position {golden.Positions[i]}";
                int token = golden.Positions[i] - position;
                double mass = SinkMass(Row(query, token, config.NumAttentionHeads * config.HeadDim), cache, sinks, golden.Positions[i], window);
                Near($"{where}: mean_sink_mass", golden.Layers[layer][i].MeanSinkMass, mass);
                CompareResidual(where, golden.Layers[layer][i].AfterAttn, Row(residual, token, config.HiddenSize));
            }
        }

        public void Mixed(int layer, int position, ReadOnlySpan<float> routerLogits, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights, ReadOnlySpan<float> residual)
        {
            for (int i = 0; i < golden.Positions.Length; i++)
            {
                string where = $"{place}: layer {layer}, experts of position {golden.Positions[i]}";
                GoldenLayer expected = golden.Layers[layer][i];
                int token = golden.Positions[i] - position;
                CompareAll($"{where}: router_logits", expected.RouterLogits, Row(routerLogits, token, config.NumLocalExperts));
                Assert.True(expected.Experts.AsSpan().SequenceEqual(Row(experts, token, config.NumExpertsPerTok)), $"{where}: others were chosen.");
                CompareAll($"{where}: expert_weights", expected.ExpertWeights, Row(weights, token, config.NumExpertsPerTok));
                CompareResidual(where, expected.AfterMoe, Row(residual, token, config.HiddenSize));
            }
        }

        void CompareResidual(string what, GoldenResidual expected, ReadOnlySpan<float> x)
        {
            Compared++;
            CompareAll($"{what}: first8", expected.First8, x[..8]);
            double squares = 0;
            foreach (float value in x)
                squares += (double)value * value;
            Near($"{what}: l2", expected.L2, Math.Sqrt(squares));
        }

        /// <summary>The share of the softmax that went to the sinks, averaged over the heads.</summary>
        static double SinkMass(ReadOnlySpan<float> query, LayerKeyValues cache, ReadOnlySpan<float> sinks, int position, int window)
        {
            int headDim = cache.Layout.HeadDim, group = sinks.Length / cache.Layout.KvHeads;
            float[] stored = new float[headDim], value = new float[headDim];
            double mass = 0;
            for (int head = 0; head < sinks.Length; head++)
            {
                double others = 0;
                for (int key = window == 0 ? 0 : Math.Max(0, position - window + 1); key <= position; key++)
                {
                    cache.Read(key, head / group, stored, value);
                    double score = 0;
                    for (int d = 0; d < headDim; d++)
                        score += (double)query[(head * headDim) + d] * stored[d];
                    others += Math.Exp((score / Math.Sqrt(headDim)) - sinks[head]);
                }
                mass += 1 / (1 + others);
            }
            return mass / sinks.Length;
        }

        static ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> values, int row, int columns) => values.Slice(row * columns, columns);

        static void CompareAll(string what, double[] expected, ReadOnlySpan<float> actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Near($"{what}[{i}]", expected[i], actual[i]);
        }

        static void Near(string what, double expected, double actual) =>
            Assert.True(Math.Abs(expected - actual) <= Tolerance, $"{what}: {actual}, expected {expected}.");
    }
}
