using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class SuiteDataTests
{
    [Fact]
    public async Task Ajv_confirms_each_instance()
    {
        AjvValidator.SkipWhereMissing();
        List<SuiteSchema> cases = [.. SuiteSchema.All];
        IReadOnlyList<bool[]> verdicts = await AjvValidator.JudgeAsync(
            [.. cases.Select(c => new AjvQuestion(c.Id, c.Schema, [.. c.Valid.Concat(c.Invalid).Select(instance => instance.GetRawText())]))], TestContext.Current.CancellationToken);
        Assert.All(cases.Zip(verdicts), pair =>
            Assert.Equal([.. pair.First.Valid.Select(_ => true), .. pair.First.Invalid.Select(_ => false)], pair.Second));
    }

    [Fact]
    public async Task Ajv_confirms_each_valid_instance_as_it_is_written_again()
    {
        AjvValidator.SkipWhereMissing();
        List<SuiteSchema> cases = [.. SuiteSchema.All];
        IReadOnlyList<bool[]> verdicts = await AjvValidator.JudgeAsync(
            [.. cases.Select(c => new AjvQuestion(c.Id, c.Schema, [.. c.Valid.Select(instance => System.Text.Encoding.UTF8.GetString(c.Write(instance)))]))], TestContext.Current.CancellationToken);
        Assert.All(cases.Zip(verdicts), pair => Assert.All(pair.Second, Assert.True));
    }

    [Fact]
    public void Each_schema_has_instances_and_each_is_judged_once()
    {
        Assert.True(SuiteSchema.All.Count >= 400);
        Assert.All(SuiteSchema.All, c => Assert.InRange(c.Valid.Count, 2, 8));
        Assert.All(SuiteSchema.All, c => Assert.InRange(c.Invalid.Count, c.Id.StartsWith("boolean/", StringComparison.Ordinal) ? 0 : 2, 8));
        Assert.All(SuiteSchema.All, c => Assert.All(c.Valid, valid => Assert.DoesNotContain(c.Invalid, invalid => JsonElement.DeepEquals(valid, invalid))));
    }
}
