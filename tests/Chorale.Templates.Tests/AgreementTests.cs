using System.Globalization;

namespace Chorale.Templates.Tests;

public class AgreementTests
{
    /// <summary>How many random conversations; the long form is <c>CHORALE_TEMPLATE_CONVERSATIONS=100000</c>.</summary>
    static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CHORALE_TEMPLATE_CONVERSATIONS") ?? "3000", CultureInfo.InvariantCulture);

    public static TheoryData<string> NativeWithFile => [.. ChatTemplate.Names.Where(name => GoldenCase.SourceOf(name) is not null)];

    [Theory, MemberData(nameof(NativeWithFile))]
    public void A_native_renderer_and_the_template_itself_agree_on_random_conversations(string name)
    {
        ChatTemplate native = ChatTemplate.Named(name), interpreted = ChatTemplate.Parse(GoldenCase.SourceOf(name)!, GoldenCase.SpecialTokensOf(name));
        AnyConversation conversations = new(new Random(name.Length));
        int texts = 0;
        for (int i = 0; i < Count; i++)
        {
            TemplateInput input = conversations.Next();
            (string? text, TemplateErrorKind? error) = Outcome.Of(native, input);
            (string? expected, TemplateErrorKind? expectedError) = Outcome.Of(interpreted, input);
            Assert.True(text == expected && error == expectedError, $"conversation {i}: {input.Messages.ToJson()}\ntools {input.Tools?.ToJson()}\nnative {error}: {text}\ninterpreted {expectedError}: {expected}");
            if (text is null)
                continue;
            texts++;
            RenderedTemplate a = native.RenderPieces(input), b = interpreted.RenderPieces(input);
            Assert.Equal(text, a.Text);
            Assert.True(a.Pieces.SequenceEqual(b.Pieces), $"conversation {i}: {input.Messages.ToJson()}\n{string.Join('|', a.Pieces)}\n{string.Join('|', b.Pieces)}");
        }
        Assert.InRange(texts, Count / 5, Count - 1);
    }

    [Theory, MemberData(nameof(NativeWithFile))]
    public void A_template_is_known_by_its_hash(string name)
    {
        ChatTemplate loaded = ChatTemplate.Load(GoldenCase.SourceOf(name)!);
        Assert.Equal((name, true), (loaded.Name, loaded.IsNative));
        ChatTemplate parsed = ChatTemplate.Parse(GoldenCase.SourceOf(name)!);
        Assert.Equal((name, false), (parsed.Name, parsed.IsNative));
        ChatTemplate other = ChatTemplate.Load(GoldenCase.SourceOf(name)! + " ");
        Assert.Equal((null, false), (other.Name, other.IsNative));
    }

    [Fact]
    public void Threads_share_a_template()
    {
        ChatTemplate template = ChatTemplate.Parse(GoldenCase.SourceOf("gpt-oss")!);
        GoldenCase[] cases = [.. GoldenCase.All.Where(c => c.Template == "gpt-oss" && c.Text is not null)];
        Parallel.For(0, 4 * cases.Length, i => Assert.Equal(cases[i % cases.Length].Text, template.Render(cases[i % cases.Length].Input)));
    }
}
