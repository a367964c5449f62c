using System.Diagnostics;
using System.Globalization;

namespace Chorale.Templates.Tests;

public class FuzzTests
{
    /// <summary>How many templates; the long form is <c>CHORALE_TEMPLATE_FUZZ=1000000</c>.</summary>
    static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CHORALE_TEMPLATE_FUZZ") ?? "6000", CultureInfo.InvariantCulture);

    static readonly string[] Sources = [.. GoldenCase.All.Select(c => c.Template).Distinct().Select(GoldenCase.SourceOf).OfType<string>()];

    static readonly string[] Words =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "{%-", "-%}", "{%+", " ", "\n", "if ", "else", "elif ", "endif", "for ", " in ", "endfor", "set ", "macro ", "endmacro", "generation", "endgeneration", "m", "x", "loop",
        ".index", ".last", "messages", "tools", "message", ".role", ".content", "['items']", "[0]", "[1:]", "[::-1]", "(", ")", "[", "]", "{", "}", ",", ":", "=", "==", "!=", ">", "<", "+", "-", "*", "~", "|", "tojson", "join", "length",
        "trim", "items", "reject('equalto', 1)", "is ", "not ", "defined", "none", "string", "and ", "or ", "namespace(a=1)", "raise_exception('no')", "strftime_now('%Y')", "'text'", "\"a\\n\"", "1", "2.5", "true", ".strip()",
        ".split('a')", ".items()", "é", "😀", "\\", "'", "\"", "ns.a",
    ];

    [Fact]
    public void Random_templates_and_mutated_real_ones_end_in_text_or_a_clear_error()
    {
        (int texts, int syntax, int errors) = (0, 0, 0);
        TimeSpan longest = default;
        Parallel.For(0, 4, worker =>
        {
            Random random = new(worker + 1);
            AnyConversation conversations = new(random);
            for (int i = 0; i < Count / 4; i++)
            {
                string source = random.Next(3) == 0 ? RandomTemplate(random) : MutatedTemplate(random);
                long start = Stopwatch.GetTimestamp();
                try
                {
                    ChatTemplate template = ChatTemplate.Load(source, limits: new TemplateLimits { MaxSteps = 2_000_000, MaxLength = 4_000_000 });
                    TemplateInput input = conversations.Next();
                    if (random.Next(3) == 0)
                        input = input with { Messages = conversations.Mutate(input.Messages) };
                    RenderedTemplate rendered = template.RenderPieces(input);
                    Assert.Equal(rendered.Text, string.Concat(rendered.Pieces.Select(piece => piece.Text)));
                    Interlocked.Increment(ref texts);
                }
                catch (TemplateSyntaxException e)
                {
                    Assert.True(e.Line >= 1 && e.Construct.Length > 0 && e.Problem.Length > 0, source);
                    Interlocked.Increment(ref syntax);
                }
                catch (TemplateRenderException e)
                {
                    Assert.True(e.Reason.Length > 0 || e.Kind == TemplateErrorKind.Raised, source);
                    Interlocked.Increment(ref errors);
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{e}\n{source}");
                }
                TimeSpan time = Stopwatch.GetElapsedTime(start);
                if (time > longest)
                    longest = time;
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{texts} texts, {syntax} syntax errors, {errors} errors, longest {longest.TotalMilliseconds:0} ms");
        Assert.True(texts > 0 && syntax > 0 && errors > 0);
    }

    [Fact]
    public void Mutated_conversations_end_in_text_or_a_clear_error()
    {
        Random random = new(5);
        AnyConversation conversations = new(random);
        ChatTemplate[] templates = [.. ChatTemplate.Names.Select(ChatTemplate.Named), .. Sources.Select(source => ChatTemplate.Parse(source))];
        for (int i = 0; i < Count; i++)
        {
            TemplateInput input = conversations.Next();
            for (int times = random.Next(1, 4); times > 0; times--)
                input = input with { Messages = conversations.Mutate(input.Messages), Tools = input.Tools is null ? null : conversations.Mutate(input.Tools) };
            Outcome.Of(templates[i % templates.Length], input);
        }
    }

    static string RandomTemplate(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Words[random.Next(Words.Length)]));

    static string MutatedTemplate(Random random)
    {
        string source = Sources[random.Next(Sources.Length)];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(source.Length), length = random.Next(Math.Min(random.Next(3) == 0 ? 400 : 12, source.Length - at));
            source = random.Next(4) switch
            {
                0 => source.Remove(at, length),
                1 => source.Insert(at, Words[random.Next(Words.Length)]),
                2 => source.Insert(random.Next(source.Length), source.Substring(at, length)),
                _ => source.Remove(at, length).Insert(at, Words[random.Next(Words.Length)]),
            };
        }
        return source;
    }
}
