using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Kernels.Tests;

/// <summary>The recorded pieces of <c>testdata/model/units.json</c>.</summary>
static class Units
{
    static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("model/units.json"))).RootElement;

    public static JsonElement Get(string name) => Root.GetProperty(name);

    public static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(e => (float)e.GetDouble())];
}
