using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Kernels.Tests;

public class RouterTests
{
    [Fact]
    public void The_recorded_choice_comes_out()
    {
        System.Text.Json.JsonElement unit = Units.Get("router");
        int k = unit.GetProperty("k").GetInt32();
        int[] experts = new int[k];
        float[] weights = new float[k];
        Router.SelectTopK(Units.Floats(unit.GetProperty("logits")), k, experts, weights);
        Assert.Equal(unit.GetProperty("experts").EnumerateArray().Select(e => e.GetInt32()), experts);
        Numbers.AssertClose(Units.Floats(unit.GetProperty("weights")), weights, 1e-7, "weights");
    }

    [Fact]
    public void The_choice_is_that_of_a_stable_sort()
    {
        // Few different values make many ties.
        Arbitrary<float[]> few = ArbMap.Default.ArbFor<int[]>().Generator.Where(x => x.Length > 0).Select(x => x.Select(i => (float)(i % 4)).ToArray()).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(few, logits =>
        {
            for (int k = 1; k <= logits.Length; k++)
            {
                int[] experts = new int[k];
                float[] weights = new float[k];
                Router.SelectTopK(logits, k, experts, weights);
                int[] sorted = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(k)];
                if (!sorted.SequenceEqual(experts) || Math.Abs(weights.Sum() - 1) > 1e-6 || !weights.SequenceEqual(weights.OrderDescending()))
                    return false;
            }
            return true;
        }));
    }

    [Fact]
    public void Not_a_number_comes_last()
    {
        int[] experts = new int[3];
        Router.SelectTopK([float.NaN, 1f, float.NaN, 5f, -2f], 3, experts, new float[3]);
        Assert.Equal([3, 1, 4], experts);
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        Assert.ThrowsAny<ArgumentException>(() => Router.SelectTopK(new float[3], 4, new int[4], new float[4]));
        Assert.ThrowsAny<ArgumentException>(() => Router.SelectTopK(new float[3], 0, [], []));
        Assert.ThrowsAny<ArgumentException>(() => Router.SelectTopK(new float[3], 2, new int[3], new float[2]));
        Assert.ThrowsAny<ArgumentException>(() => Router.SelectTopK(new float[3], 2, new int[2], new float[1]));
    }
}
