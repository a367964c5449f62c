using System.Diagnostics;
using System.Globalization;
using Chorale.Templates;

namespace Chorale.Benchmarks;

/// <summary>
/// The figures to hold against CPython with Jinja2: the recorded cases of a template that give a text, the template ready, a pass over all of them, the median
/// of 7 passes. <c>jinja2</c> does the same in a few lines of Python.
/// </summary>
static class TemplateComparison
{
    const int Passes = 7;

    public static void Run(string template)
    {
        TemplateInput[] inputs = TemplateInputs.Read(template);
        Measure($"{template}, native", ChatTemplate.Named(template), inputs);
        Measure($"{template}, interpreted", ChatTemplate.Parse(TemplateInputs.SourceOf(template)), inputs);
    }

    static void Measure(string name, ChatTemplate template, TemplateInput[] inputs)
    {
        long until = Stopwatch.GetTimestamp() + (3 * Stopwatch.Frequency);   // what the JIT does once is no part of a pass
        while (Stopwatch.GetTimestamp() < until)
            Render(template, inputs);
        double[] passes = new double[Passes];
        int characters = 0;
        for (int i = 0; i < passes.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            characters = Render(template, inputs);
            passes[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(passes);
        double median = passes[Passes / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {inputs.Length} cases, {characters} characters, {median * 1e3:0.000} ms a pass, {inputs.Length / median:0} renders/s, {characters / median / 1e6:0.00} M characters/s"));
    }

    static int Render(ChatTemplate template, TemplateInput[] inputs)
    {
        int characters = 0;
        foreach (TemplateInput input in inputs)
            characters += template.Render(input).Length;
        return characters;
    }
}
