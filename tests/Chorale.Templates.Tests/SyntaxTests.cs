namespace Chorale.Templates.Tests;

public class SyntaxTests
{
    [Theory]
    [InlineData("a\n{% include 'x' %}", 2, "statement 'include'")]
    [InlineData("{% import 'x' as y %}", 1, "statement 'import'")]
    [InlineData("\n\n{% extends 'x' %}", 3, "statement 'extends'")]
    [InlineData("{% block b %}{% endblock %}", 1, "statement 'block'")]
    [InlineData("{% raw %}{% endraw %}", 1, "statement 'raw'")]
    [InlineData("{% call f() %}{% endcall %}", 1, "statement 'call'")]
    [InlineData("{% set x %}a{% endset %}", 1, "'set' of a block")]
    [InlineData("{% set a, b = 1, 2 %}", 1, "'set' of several names")]
    [InlineData("{% for x in y if x %}{% endfor %}", 1, "'for' with 'if'")]
    [InlineData("{% for x in y recursive %}{% endfor %}", 1, "'for' with 'recursive'")]
    [InlineData("{{ x\n|upper }}", 2, "filter 'upper'")]
    [InlineData("{{ x|map('upper') }}", 1, "filter 'map'")]
    [InlineData("{{ x|tojson(sort_keys=true) }}", 1, "arguments of filter 'tojson'")]
    [InlineData("{{ x|reject('odd') }}", 1, "arguments of filter 'reject'")]
    [InlineData("{{ x is odd }}", 1, "test 'odd'")]
    [InlineData("{{ x is string 'a' }}", 1, "argument of test 'string'")]
    [InlineData("{{ x.upper() }}", 1, "method 'upper'")]
    [InlineData("{{ x.split(sep='a') }}", 1, "arguments of method 'split'")]
    [InlineData("{{ range(3) }}", 1, "function 'range'")]
    [InlineData("{{ foo() }}", 1, "function 'foo'")]
    [InlineData("{{ x['f']() }}", 1, "call of an expression")]
    [InlineData("{{ 2 * 3 }}", 1, "operator '*'")]
    [InlineData("{{ 2 ** 3 }}", 1, "operator '**'")]
    [InlineData("{{ a ~ b }}", 1, "operator '~'")]
    [InlineData("{{ {'a': 1} }}", 1, "dictionary literal")]
    [InlineData("{{ x[1, 2] }}", 1, "subscript of several parts")]
    [InlineData("{% macro f() %}{{ varargs }}{% endmacro %}", 1, "'varargs' in a macro")]
    [InlineData("{{ 0x1F }}", 1, "number '0x1F'")]
    [InlineData("{{ '\\N{DASH}' }}", 1, "escape '\\N'")]
    public void What_lies_outside_the_subset_is_refused_with_line_and_construct(string source, int line, string construct)
    {
        TemplateSyntaxException e = Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(source));
        Assert.Equal((line, construct), (e.Line, e.Construct));
        Assert.Contains(construct, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ x", 1)]
    [InlineData("{% if x %}\n{{ y }}", 1)]
    [InlineData("a\n{% endif %}", 2)]
    [InlineData("{# never closed", 1)]
    [InlineData("{{ 'open }}", 1)]
    [InlineData("{{ x. }}", 1)]
    [InlineData("{{ (x }}", 1)]
    [InlineData("{{ x) }}", 1)]
    [InlineData("{{ }}", 1)]
    [InlineData("{{ x y }}", 1)]
    [InlineData("{% %}", 1)]
    [InlineData("{% if %}{% endif %}", 1)]
    [InlineData("{% for x %}{% endfor %}", 1)]
    [InlineData("{% for if in y %}{% endfor %}", 1)]
    [InlineData("{% set loop = 1 %}", 1)]
    [InlineData("{% macro f(a, a) %}{% endmacro %}", 1)]
    [InlineData("{% macro f(a=1, b) %}{% endmacro %}", 1)]
    [InlineData("{{ f(a=1, a=2) }}", 1)]
    [InlineData("{{ f(a=1, 2) }}", 1)]
    [InlineData("{{ x is defined is none }}", 1)]
    [InlineData("{{ '\\xZZ' }}", 1)]
    [InlineData("{{ $ }}", 1)]
    public void What_is_no_Jinja_is_refused_with_its_line(string source, int line) =>
        Assert.Equal(line, Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(source)).Line);

    [Theory]
    [InlineData("{{ raise_exception('no: ' + messages[1].role) }}", TemplateErrorKind.Raised, "no: assistant", 1, 1)]
    [InlineData("\n\n{% for m in messages %}{{ m.content + 'x' }}\n{% endfor %}", TemplateErrorKind.Python, null, 3, 1)]
    [InlineData("{% for m in messages[1:] %}{% if m.role == 'tool' %}\n{{ m.nope + 'x' }}{% endif %}{% endfor %}", TemplateErrorKind.Undefined, null, 2, 2)]
    [InlineData("{% for m in messages[::-1] %}\n{{ m.content|tojson + 1 }}{% endfor %}", TemplateErrorKind.Python, null, 2, 2)]
    [InlineData("{{ 'x' + nope }}", TemplateErrorKind.Undefined, null, 1, null)]
    [InlineData("{% macro f(m) %}\n{{ m.content + 'x' }}{% endmacro %}{% for m in messages %}{{ f(m) }}{% endfor %}", TemplateErrorKind.Python, null, 2, 1)]
    public void A_render_error_names_the_line_and_the_message(string source, TemplateErrorKind kind, string? reason, int line, int? message)
    {
        TemplateInput input = new() { Messages = TemplateValue.FromJson("""[{"role":"user","content":"a"},{"role":"assistant","content":null},{"role":"tool","content":"b"}]""") };
        TemplateRenderException e = Assert.Throws<TemplateRenderException>(() => ChatTemplate.Parse(source).Render(input));
        Assert.Equal((kind, line, message), (e.Kind, e.Line, e.MessageIndex));
        if (reason is not null)
            Assert.Equal(reason, e.Reason);
    }

    [Fact]
    public void A_native_renderer_tells_the_line_where_the_template_is_at_hand()
    {
        TemplateInput input = new() { Messages = TemplateValue.FromJson("""[{"role":"user","content":"a"},{"role":"tool","content":"b"}]""") };
        TemplateRenderException byName = Assert.Throws<TemplateRenderException>(() => ChatTemplate.Named("gpt-oss").Render(input));
        Assert.Equal((null, 1), (byName.Line, byName.MessageIndex));
        TemplateRenderException byFile = Assert.Throws<TemplateRenderException>(() => ChatTemplate.Load(GoldenCase.SourceOf("gpt-oss")!).Render(input));
        Assert.Equal((byName.Reason, 1), (byFile.Reason, byFile.MessageIndex));
        Assert.Contains("raise_exception", GoldenCase.SourceOf("gpt-oss")!.Split('\n')[byFile.Line!.Value - 1], StringComparison.Ordinal);
    }
}
