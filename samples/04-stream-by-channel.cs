// An answer as it is written: reasoning and answer apart, id by id.
#:project ../src/Chorale.Chat/Chorale.Chat.csproj
#:property PublishAot=false

using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

using ChatModel model = ChatModel.OpenEmbedded();
ChatSession session = model.StartSession(new ChatSessionOptions
{
    System = SystemContent.Default with { ReasoningEffort = ReasoningEffort.High },
    Sampling = SamplingOptions.Greedy,
});

// Cancelling the token stops the model at once; what it had said stays in the history.
using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
string? channel = null;
await foreach (ChatUpdate update in session.StreamAsync("What is 17 + 25?", limit.Token))
{
    if (update.Text.Length > 0 && update.Channel != channel)
    {
        channel = update.Channel;
        Console.Write($"\n{channel}: ");
    }
    Console.Write(update.Text);
    if (update.Turn is { } turn)
        Console.WriteLine($"\n{turn.Finish}: {turn.Usage.PromptTokens} prompt, {turn.Usage.ReasoningTokens} reasoning, {turn.Usage.FinalTokens} answer tokens.");
}
