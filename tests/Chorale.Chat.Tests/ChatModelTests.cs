using Chorale.Harmony;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Chat.Tests;

public sealed class ChatModelTests : IDisposable
{
    readonly ChatModel _model = ChatModel.OpenEmbedded(new GptOssOptions { Threads = 1 });

    public void Dispose() => _model.Dispose();

    [Fact]
    public void The_embedded_model_says_what_it_is()
    {
        Assert.True(_model.IsEmbedded);
        Assert.Equal("gpt-oss-nano", _model.Name);
        Assert.Equal(4096, _model.Generator.ContextLength);
        Assert.Equal(8256, _model.Generator.VocabularySize);
        Assert.Equal(8256, _model.Tokenizer.VocabularySize);
        Assert.Equal([8196, 8206], _model.Encoding.StopTokensForAssistantActions);
    }

    [Fact]
    public async Task The_embedded_model_holds_a_conversation_of_several_turns()
    {
        ChatSession session = _model.StartSession();
        List<string> answers = [];
        foreach (string question in (string[])["What is 17 + 25?", "What is the capital of Japan?", "Convert 3 km to m."])
            answers.Add((await session.CompleteAsync(question, TestContext.Current.CancellationToken)).Text);

        Assert.Equal(["17 + 25 = 42.", "The capital of Japan is Tokyo.", "3 km is 3000 m."], answers);
        Assert.True(session.Usage.CachedPromptTokens > 0);
        Assert.Equal(9, session.History.Count);   // question, reasoning and answer, three times
    }

    [Fact]
    public async Task Streaming_and_completing_say_the_same()
    {
        ChatTurn whole = await _model.StartSession().CompleteAsync("Who are you?", TestContext.Current.CancellationToken);
        List<ChatUpdate> updates = [];
        await foreach (ChatUpdate update in _model.StartSession().StreamAsync("Who are you?", TestContext.Current.CancellationToken))
            updates.Add(update);
        Assert.Equal(whole.TokenIds, updates[^1].Turn!.TokenIds);
        Assert.Equal(whole.Text, string.Concat(updates.Where(u => u.Channel == Channels.Final).Select(u => u.Text)));
        Assert.Equal(whole.Reasoning, string.Concat(updates.Where(u => u.Channel == Channels.Analysis).Select(u => u.Text)));
    }

    [Fact]
    public async Task Many_sessions_talk_at_the_same_time_and_each_as_if_alone()
    {
        string[] questions = ["What is 17 + 25?", "What is the capital of Japan?", "Convert 3 km to m.", "Who are you?", "What is 6 + 7?"];
        List<string[]> alone = [];
        for (int i = 0; i < questions.Length; i++)
            alone.Add(await TalkAsync(questions, i));
        string[][] together = await Task.WhenAll(questions.Select((_, i) => Task.Run(() => TalkAsync(questions, i))));
        Assert.Equal(alone, together);
        Assert.Equal("17 + 25 = 42.", together[0][0]);
        Assert.Equal(30L, _model.Statistics.CacheHits + 1);    // the same system message begins every prompt but the first
    }

    async Task<string[]> TalkAsync(string[] questions, int first)
    {
        ChatSession session = _model.StartSession();
        List<string> answers = [];
        for (int i = 0; i < 3; i++)
            answers.Add((await session.CompleteAsync(questions[(first + i) % questions.Length], TestContext.Current.CancellationToken)).Text);
        return [.. answers];
    }

    [Fact]
    public async Task A_function_is_called_with_arguments_and_its_result_is_told()
    {
        ChatSession session = _model.StartSession();
        session.Options = session.Options with
        {
            Developer = new DeveloperContent().WithFunctions(new ToolDescription(
                "get_weather",
                "Gets the current weather in a city.",
                JsonSchema.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""))),
        };
        ChatTurn call = await session.CompleteAsync("What is the weather in Paris?", TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinish.ToolCall, call.Finish);
        HarmonyCall made = Assert.Single(call.Calls);
        Assert.Equal("get_weather", made.Name);
        Assert.Contains("Paris", made.Arguments, StringComparison.Ordinal);

        ChatTurn answer = await session.CompleteAsync([made.ToResult("""{"temperature": 21, "sky": "sunny"}""")], TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinish.Stop, answer.Finish);
        Assert.Contains("21", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_brings_its_vocabulary_in_tokenizer_json()
    {
        using ChatModel folder = ChatModel.Open(TestData.PathOf("model/pub-a-hf"), new GptOssOptions { Threads = 1 });
        using ChatModel file = ChatModel.Open(TestData.PathOf("model/pub-a.gguf"), new GptOssOptions { Threads = 1 });
        Assert.Equal("pub-a-hf", folder.Name);
        Assert.Equal(file.Tokenizer.SpecialTokens, folder.Tokenizer.SpecialTokens);
        Assert.Equal(file.Encoding.StopTokensForAssistantActions, folder.Encoding.StopTokensForAssistantActions);
        const string text = "The capital of Japan is Tokyo, 東京.";
        Assert.Equal(file.Tokenizer.Encode(text), folder.Tokenizer.Encode(text));
    }

    [Fact]
    public void A_small_vocabulary_in_OpenAIs_layout_is_refused_by_name() =>
        Assert.Contains("tokenizer.json': found no such file, expected one: the model has 512 ids, and only a vocabulary of 201088 is built in.",
            Assert.Throws<Tokenization.VocabularyFormatException>(() => ChatModel.Open(TestData.PathOf("model/pub-a-original"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_an_io_error() =>
        Assert.ThrowsAny<IOException>(() => ChatModel.Open(TestData.ModelPath("no-such-model.gguf")));
}
