// An answer that is JSON under a schema, whatever the model is: other ids cannot be sampled.
#:project ../src/Chorale.Chat/Chorale.Chat.csproj
#:property PublishAot=false

using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

JsonSchema schema = JsonSchema.Parse("""
    {
      "type": "object",
      "properties": {
        "numbers": { "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 99 }, "minItems": 1, "maxItems": 5 },
        "ascending": { "type": "boolean" }
      },
      "required": ["numbers", "ascending"],
      "additionalProperties": false
    }
    """);

using ChatModel model = ChatModel.OpenEmbedded();
ChatSession session = model.StartSession(new ChatSessionOptions
{
    Answer = AnswerFormat.Json(schema),    // shown to the model in the developer message, and enforced on the channel final
    MaxReasoningTokens = 60,               // then it must answer
    MaxTokens = 120,                       // the shortest end is kept in reserve: no document is cut
    Sampling = SamplingOptions.Greedy,
});

ChatTurn turn = await session.CompleteAsync("Sort 86, 15, 97 and 39.");
using JsonDocument answer = JsonDocument.Parse(turn.Text);
Console.WriteLine($"{answer.RootElement.GetProperty("numbers").GetArrayLength()} numbers: {turn.Text}");
Console.WriteLine($"{turn.Usage.ReasoningTokens} ids of reasoning, {turn.Usage.FinalTokens} of the answer.");
