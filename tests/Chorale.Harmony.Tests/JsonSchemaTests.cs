using System.Text;

namespace Chorale.Harmony.Tests;

public class JsonSchemaTests
{
    [Fact]
    public void The_type_of_a_schema_is_what_was_recorded() =>
        Recorded.All(Recorded.Cases("render.jsonl").Where(recorded => recorded.Op == "schema"), recorded =>
        {
            byte[] json = recorded.Json("schema");
            if (recorded.Error is not null)
                Assert.Throws<HarmonyJsonException>(() => JsonSchema.Parse(json));
            else
                Assert.Equal(recorded.Response.GetProperty("type").GetString(), JsonSchema.Parse(json).ToTypeScript());
        });

    [Theory]
    [InlineData("""{ "b": 1.50, "a": 1E+5, "b": -0 }""")]
    [InlineData("123456789012345678901234567890")]
    public void The_text_stays_as_it_was_written(string text) => Assert.Equal(text, JsonSchema.Parse(text).Text);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "-0.0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1.50", "1.5")]
    [InlineData("1E+5", "100000.0")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("18446744073709551616", "1.8446744073709552e19")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("-9223372036854775809", "-9.223372036854776e18")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("1e16", "1e16")]
    [InlineData("0.00001", "0.00001")]
    [InlineData("0.000001", "1e-6")]
    [InlineData("12345.678", "12345.678")]
    [InlineData("1.2345678901234567e-7", "1.2345678901234568e-7")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-400", "0.0")]
    [InlineData("-1e-99999999999", "-0.0")]
    [InlineData("0e99999999999", "0.0")]
    [InlineData("100e-310", "1e-308")]
    [InlineData("123456789012345678901234567890", "1.2345678901234568e29")]
    public void A_number_is_written_as_the_official_library_does(string number, string expected)
    {
        Assert.True(OfficialNumber.TryNormalize(Encoding.ASCII.GetBytes(number), out string normalized));
        Assert.Equal(expected, normalized);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e309")]
    [InlineData("1e99999999999")]
    public void A_number_beyond_double_is_refused(string number) =>
        Assert.False(OfficialNumber.TryNormalize(Encoding.ASCII.GetBytes(number), out _));

    [Theory]
    [InlineData(118, true)]
    [InlineData(119, false)]
    public void Parameters_may_nest_118_levels(int levels, bool isRead)
    {
        string deep = new string('[', levels) + new string(']', levels);
        if (isRead)
            Assert.Equal("(_: any) => any", JsonSchema.Parse(deep).ToTypeScript());
        else
            Assert.Throws<HarmonyJsonException>(() => JsonSchema.Parse(deep));
    }
}
