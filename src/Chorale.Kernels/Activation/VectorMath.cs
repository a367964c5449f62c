namespace Chorale.Kernels;

/// <summary>The small pieces: sums, products and maxima over spans of floats.</summary>
static unsafe class VectorMath
{
    /// <summary><c>y[i] += x[i]</c>: the residual stream.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> y)
    {
        CheckSame(x.Length, y.Length);
        for (int i = 0; i < x.Length; i++)
            y[i] += x[i];
    }

    /// <summary><c>y[i] += a * x[i]</c>: an expert's share.</summary>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        CheckSame(x.Length, y.Length);
        for (int i = 0; i < x.Length; i++)
            y[i] += a * x[i];
    }

    /// <summary><c>sum of x[i] * y[i]</c>.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        CheckSame(x.Length, y.Length);
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return (float)sum;
    }

    /// <summary>The largest number; NaN where there is one, minus infinity for none at all.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        float max = float.NegativeInfinity;
        foreach (float value in x)
            max = Math.Max(max, value);
        return max;
    }

    /// <summary>The index of the largest number, the first of equals; NaN counts as smallest.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static int ArgMax(ReadOnlySpan<float> x)
    {
        if (x.IsEmpty)
            throw new ArgumentException("There is no largest of no numbers.", nameof(x));
        int best = 0;
        for (int i = 1; i < x.Length; i++)
            if (x[i] > x[best] || (float.IsNaN(x[best]) && !float.IsNaN(x[i])))
                best = i;
        return best;
    }

    /// <summary><c>y[i] = exp(x[i] - shift)</c>, and their sum.</summary>
    public static double ExpAndSum(ReadOnlySpan<float> x, float shift, Span<float> y)
    {
        CheckSame(x.Length, y.Length);
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)Math.Exp((double)x[i] - shift);
            sum += y[i];
        }
        return sum;
    }

    static void CheckSame(int x, int y)
    {
        if (x != y)
            throw new ArgumentException($"{x} and {y} numbers are not the same number.");
    }
}
