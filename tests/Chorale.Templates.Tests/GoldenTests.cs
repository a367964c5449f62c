namespace Chorale.Templates.Tests;

public class GoldenTests
{
    static readonly Dictionary<string, ChatTemplate> Parsed = GoldenCase.All.Select(c => c.Template).Distinct()
        .Where(name => GoldenCase.SourceOf(name) is not null)
        .ToDictionary(name => name, name => ChatTemplate.Parse(GoldenCase.SourceOf(name)!));

    [Fact]
    public void Every_recorded_case_is_rendered_as_recorded_by_the_interpreter() =>
        Check(Parsed.ContainsKey, name => Parsed[name]);

    [Fact]
    public void Every_recorded_case_is_rendered_as_recorded_by_the_native_renderers() =>
        Check(ChatTemplate.Names.Contains, ChatTemplate.Named);

    [Fact]
    public void All_recorded_cases_are_rendered_in_one_way_at_least() =>
        Assert.All(GoldenCase.All, c => Assert.True(Parsed.ContainsKey(c.Template) || ChatTemplate.Names.Contains(c.Template), c.Template));

    static void Check(Func<string, bool> covers, Func<string, ChatTemplate> find)
    {
        GoldenCase[] cases = [.. GoldenCase.All.Where(c => covers(c.Template))];
        Assert.NotEmpty(cases);
        string[] failures = [.. cases.Select(c => Problem(c, find(c.Template))).OfType<string>()];
        Assert.True(failures.Length == 0, $"{failures.Length} of {cases.Length} cases:\n{string.Join('\n', failures.Take(20))}");
    }

    static string? Problem(GoldenCase c, ChatTemplate template)
    {
        try
        {
            string text = template.Render(c.Input);
            if (c.Text is null)
                return $"{c.Id}: expected the error {c.ErrorKind} '{c.Error}', found a text";
            if (text != c.Text)
                return $"{c.Id}: {Difference(c.Text, text)}";
            RenderedTemplate pieces = template.RenderPieces(c.Input);
            if (pieces.Text != c.Text || string.Concat(pieces.Pieces.Select(piece => piece.Text)) != c.Text)
                return $"{c.Id}: in pieces it is another text";
            return c.Segments is null || c.Segments.SequenceEqual(pieces.Segments) ? null : $"{c.Id}: segments {string.Join(" | ", pieces.Segments)}";
        }
        catch (TemplateRenderException e)
        {
            if (c.Error is null)
                return $"{c.Id}: {e.Kind}: {e.Message}";
            if (c.ErrorKind == "raised" ? e.Reason != c.Error || e.Kind != TemplateErrorKind.Raised : e.Kind.ToString().ToLowerInvariant() != c.ErrorKind)
                return $"{c.Id}: expected the error {c.ErrorKind} '{c.Error}', found {e.Kind} '{e.Reason}'";
            return null;
        }
    }

    static string Difference(string expected, string actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        string Around(string text) => text[Math.Max(0, at - 40)..Math.Min(text.Length, at + 60)];
        return $"differs at {at}: expected …{Around(expected)}…, found …{Around(actual)}…";
    }
}
