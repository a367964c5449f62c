namespace Chorale.Templates.Tests;

public class LimitTests
{
    static readonly TemplateInput Input = new() { Messages = TemplateValue.FromJson("""[{"role":"user","content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]""") };

    public static TheoryData<string, string> Hostile => new()
    {
        { "loops in loops", "{% set s = 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in s %}{% for b in s %}{% for c in s %}{% for d in s %}{% for e in s %}{% for f in s %}{% for g in s %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}" },
        { "a text that doubles", "{% set n = namespace(s='aaaaaaaaaa') %}{% for a in 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}" },
        { "a list that doubles", "{% set n = namespace(s=[1, 2]) %}{% for a in 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}" },
        { "a number that doubles", "{% set n = namespace(i=9) %}{% set s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for a in s %}{% for b in s %}{% for c in s %}{% set n.i = n.i + n.i %}{% endfor %}{% endfor %}{% endfor %}{{ n.i }}" },
        { "a macro that calls itself", "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}" },
        { "macros that call each other twice", "{% macro f(x) %}{% if x < 60 %}{{ f(x + 1) }}{{ f(x + 1) }}{% endif %}{% endmacro %}{{ f(1) }}" },
        { "lists in lists", "{% set n = namespace(l=[]) %}{% set s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for a in s %}{% for b in s %}{% for c in s %}{% set n.l = [n.l] %}{% endfor %}{% endfor %}{% endfor %}{{ n.l|tojson }}" },
        { "searches that never end", "{% set n = namespace(s='a') %}{% for a in 'aaaaaaaaaaaaaaaaaaa' %}{% set n.s = n.s + n.s %}{% endfor %}{% set t = n.s[1:] + 'b' %}{% for a in n.s %}{{ t in n.s }}{% endfor %}" },
        { "an indent without end", "{% set s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for a in s %}{% for b in s %}{% for c in s %}{{ [[[[[[[[[1]]]]]]]]]|tojson(indent=1000) }}{% endfor %}{% endfor %}{% endfor %}" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void A_hostile_template_ends_in_an_error(string what, string source)
    {
        Assert.NotEmpty(what);
        TemplateRenderException e = Assert.Throws<TemplateRenderException>(() => ChatTemplate.Parse(source).Render(Input));
        Assert.Equal(TemplateErrorKind.Limit, e.Kind);
        Assert.NotNull(e.Line);
    }

    [Fact]
    public void A_hostile_template_ends_on_a_small_stack_too()
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(() => ChatTemplate.Parse("{% macro f(x) %}{{ [[[[f(x)|trim]]]] }}{% endmacro %}{{ f(1) }}", limits: new TemplateLimits { MaxDepth = 1_000_000 }).Render(Input)), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(TemplateErrorKind.Limit, Assert.IsType<TemplateRenderException>(thrown).Kind);
    }

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("[", 100_000)]
    [InlineData("-", 100_000)]
    [InlineData("not ", 100_000)]
    [InlineData("x.", 100_000)]
    [InlineData("x|trim|", 100_000)]
    [InlineData("x if ", 100_000)]
    [InlineData("1 - ", 100_000)]
    public void What_nests_without_end_is_refused_when_it_is_loaded(string part, int times) =>
        Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse("{{ " + string.Concat(Enumerable.Repeat(part, times)) + "x }}"));

    [Fact]
    public void Blocks_nest_so_far() =>
        Assert.Contains("nest", Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if x %}", 10_000)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Long_chains_are_no_nesting() =>
        Assert.Equal(new string('a', 5000), ChatTemplate.Parse("{{ " + string.Join(" + ", Enumerable.Repeat("'a'", 5000)) + " }}").Render(Input));
}
