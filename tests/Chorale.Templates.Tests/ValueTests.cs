using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Templates.Tests;

public class ValueTests
{
    [Theory]
    [InlineData("1e16", "1e+16")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("1e-5", "1e-05")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1e22", "1e+22")]
    [InlineData("1e23", "1e+23")]
    [InlineData("123456789.125", "123456789.125")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("1e999", "Infinity")]
    [InlineData("-1e999", "-Infinity")]
    [InlineData("12345678901234567890123456789012345678901234567890", "12345678901234567890123456789012345678901234567890")]
    [InlineData("-0", "0")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a": 3, "b": 2}""")]
    [InlineData("\"\\u0000\\u001f\\u007f\\u2028\\\"\\\\/\"", "\"\\u0000\\u001f\u007f\u2028\\\"\\\\/\"")]
    [InlineData("[[],{},[null,true,false]]", "[[], {}, [null, true, false]]")]
    public void Json_comes_out_as_Python_writes_it(string json, string expected) => Assert.Equal(expected, TemplateValue.FromJson(json).ToJson());

    [Fact]
    public void A_float_reads_back_as_it_was() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<double>().Filter(double.IsFinite), x =>
            double.Parse(TemplateValue.From(x).ToJson(), CultureInfo.InvariantCulture).Equals(x)));

    [Fact]
    public void Half_a_surrogate_pair_is_kept() => Assert.Equal("\ud83d!", TemplateValue.FromJson("\"\\ud83d!\"").Text);

    [Fact]
    public void An_integer_has_at_most_the_digits_that_Python_reads() =>
        Assert.Throws<System.Text.Json.JsonException>(() => TemplateValue.FromJson(new string('9', 4301)));

    [Fact]
    public void A_dictionary_is_changed_by_a_copy()
    {
        TemplateValue before = TemplateValue.FromJson("""{"a":1,"b":2}""");
        Assert.Equal("""{"a": 1, "b": 3, "c": null}""", before.With("b", TemplateValue.From(3)).With("c", TemplateValue.None).ToJson());
        Assert.Equal("""{"b": 2}""", before.Without("a").ToJson());
        Assert.Equal("""{"a": 1, "b": 2}""", before.ToJson());
    }
}
