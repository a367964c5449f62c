// An answer as an object of your own: its schema comes from the type, and what is generated cannot be anything else.
// dotnet run samples/10-shopping-list.cs -- gpt-oss-20b-mxfp4.gguf takes a real model; without one, a script plays what it said.
#:project ../src/Chorale.Chat/Chorale.Chat.csproj
#:package Microsoft.Extensions.AI
#:property PublishAot=false

using System.ComponentModel;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.AI;

using ChatModel model = args is [var path, ..] ? ChatModel.Open(path) : ChatModel.Of("script", new ScriptedGenerator(HarmonyEncoding.Default,
    """<|channel|>analysis<|message|>Pancakes for four: flour, milk, eggs, butter.<|end|><|start|>assistant<|channel|>final<|message|>{"title":"Pancakes for four","items":[{"name":"flour","quantity":400,"unit":"Gram","aisle":"baking"},{"name":"milk","quantity":0.75,"unit":"Litre","aisle":"dairy"},{"name":"eggs","quantity":4,"unit":"Piece","aisle":"dairy"},{"name":"butter","quantity":50,"unit":"Gram","aisle":"dairy"}]}<|return|>"""), HarmonyEncoding.Default);

IChatClient client = model.AsChatClient();
ChatResponse<ShoppingList> response = await client.GetResponseAsync<ShoppingList>("I want to make pancakes for four. What do I need to buy?");

Console.WriteLine(response.Result.Title);
foreach (IGrouping<string, Item> aisle in response.Result.Items.GroupBy(item => item.Aisle))
    Console.WriteLine($"  {aisle.Key}: {string.Join(", ", aisle.Select(item => $"{item.Quantity} {item.Unit.ToString().ToLowerInvariant()} {item.Name}"))}");

[Description("What to buy.")]
sealed record ShoppingList([property: Description("What it is for.")] string Title, Item[] Items);

sealed record Item(string Name, double Quantity, Unit Unit, [property: Description("Where it stands in the shop.")] string Aisle);

[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Unit>))]
enum Unit
{
    Piece,
    Gram,
    Litre,
}
