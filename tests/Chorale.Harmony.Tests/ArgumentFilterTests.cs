using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class ArgumentFilterTests
{
    static readonly string[] Pieces =
        ["{", "}", "[", "]", "\"", ":", ",", " ", "\n", "\\", "name", "\"name\":", "\"arguments\":", "\"f\"", "{\"a\":1}", "\"b\":\"x\"", "12", "-", "true", "null", "```", "text", "{\"name\":\"f\",\"arguments\":{\"a\":1}}", "é", "👋"];

    static readonly CallResolver Resolver = new([ToolNamespace.FromTools(
        """[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}},{"name":"g","parameters":{"type":"object","properties":{"name":{},"b":{}}}}]""")],
        repairArguments: true);

    [Fact]
    public void What_passed_is_the_beginning_of_the_repaired_arguments_or_of_what_was_written()
    {
        Gen<string[]> texts = Gen.Elements(Pieces).ArrayOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Arb.From(texts), Arb.From(Gen.Elements("functions.f", "functions.g", "other")), (pieces, recipient) =>
        {
            HarmonyCall call = Resolver.Resolve(Message.FunctionCall(recipient, string.Concat(pieces)))!;
            ArgumentFilter stream = ArgumentFilter.OfCall(call);
            StringBuilder passed = new();
            foreach (string piece in pieces)
                passed.Append(stream.Push(piece));
            passed.Append(stream.Finish(call.Arguments));
            return passed.ToString() == call.Arguments || passed.ToString() == call.RawArguments;
        }));
    }

    [Theory]
    [InlineData("functions.f", """{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("functions.f", """{"a":"b"}]}""", """{"a":"b"}""")]
    [InlineData("functions.f", """{"a":"b" """, """{"a":"b" """)]
    [InlineData("functions.f", "[{\"a\":1}]", "")]
    [InlineData("functions.f", "{city: 1}", "")]
    [InlineData("functions.f", """{"name":"f","arguments":{"a":1}}""", "")]
    [InlineData("functions.g", """{"name":"f","arguments":{"a":1}}""", """{"name":"f","arguments":{"a":1}}""")]
    [InlineData("other", """{"type":1,"b":[""", """{"type":1,"b":[""")]
    [InlineData("other", "{\"b\":\"x\ny\"}", "{\"b\":\"x")]
    public void Arguments_pass_as_far_as_they_are_sure(string recipient, string written, string expected)
    {
        ArgumentFilter stream = ArgumentFilter.OfCall(Resolver.Resolve(Message.FunctionCall(recipient, ""))!);

        Assert.Equal(expected, string.Concat(written.Select(c => stream.Push(c.ToString()))));
        Assert.Equal(written, expected + stream.Cut());
    }

    [Theory]
    [InlineData("Hello", "Hello")]
    [InlineData(""" {"who":1}""", """ {"who":1}""")]
    [InlineData("""{"name":"f","arg""", "")]
    [InlineData("""{"name":"f","x":""", """{"name":"f","x":""")]
    [InlineData("""{"\u006eame":"f","arguments":{"a":1}}""", "")]
    [InlineData("{\"name\":\"a\nb", "{\"name\":\"a\nb")]
    public void An_answer_waits_only_while_it_may_name_a_tool(string written, string expected)
    {
        ArgumentFilter stream = ArgumentFilter.OfAnswer(mayBeCall: true);

        Assert.Equal(expected, string.Concat(written.Select(c => stream.Push(c.ToString()))));
        Assert.Equal(written, expected + stream.Cut());
    }
}
