// A conversation with the embedded model, in this process.
#:project ../src/Chorale.Chat/Chorale.Chat.csproj
#:property PublishAot=false

using Chorale.Chat;

using ChatModel model = ChatModel.OpenEmbedded();   // ChatModel.Open("gpt-oss-20b-mxfp4.gguf") for the real one
ChatSession session = model.StartSession();

foreach (string question in new[] { "What is 17 + 25?", "What is the capital of Japan?", "Who are you?" })
{
    ChatTurn turn = await session.CompleteAsync(question);
    Console.WriteLine($"{question} {turn.Text}");
}

// The session keeps the history; what all of it cost is counted by channel.
Console.WriteLine($"{session.History.Count} messages, {session.Usage.ReasoningTokens} reasoning and {session.Usage.FinalTokens} answer tokens.");
