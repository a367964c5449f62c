// Two functions, one after the other: where somebody is, and how warm it is there. The model finds out by itself.
#:project ../src/Chorale.Agents/Chorale.Agents.csproj
#:property PublishAot=false

using Chorale.Agents;
using Chorale.Chat;

using ChatModel model = ChatModel.OpenEmbedded();
Agent agent = new(model, new AgentOptions
{
    Tools = [AgentTools.Of(ToolFunction.Create(Station.UserLocation, "getUserLocation"), ToolFunction.Create(Station.Temperature, "get_temperature"))],
});

await foreach (AgentStep step in agent.StreamAsync("What is the temperature for user #60075?"))
{
    switch (step)
    {
        case ModelStep { Event: { Kind: TurnEventKind.Delta, PartKind: not TurnPartKind.Call } delta }:
            Console.Write(delta.Text);
            break;
        case CallRequested { Call: { } call }:
            Console.Write($"\n→ {call.Name} {call.Arguments}");
            break;
        case CallCompleted { Result: { } result }:
            Console.WriteLine($"\n← {result.Text}");
            break;
        case AgentFinished { Result: { } result }:
            Console.WriteLine($"\n{result.Rounds} turns, {result.Calls.Count} calls, {result.Usage.TotalTokens} ids.");
            break;
    }
}

/// <summary>What the model may call; it reads these comments.</summary>
static class Station
{
    /// <summary>Gets the location of a user.</summary>
    /// <param name="userId">The user's number, as it was given.</param>
    public static Place UserLocation(string userId) => new(userId.EndsWith('5') ? "Oslo" : "Lima");

    /// <summary>Returns the temperature.</summary>
    /// <param name="location">A city.</param>
    public static Reading Temperature(string location) => new(location.Length * 5, "celsius");
}

sealed record Place(string City);

sealed record Reading(int Temperature, string Unit);
