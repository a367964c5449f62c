using System.Globalization;

namespace Chorale.Templates;

/// <summary>gpt-oss: messages as Harmony, the way its chat template writes them.</summary>
sealed class GptOssRenderer(GptOssVariant variant) : NativeRenderer
{
    const string ContentHasChannels = "You have passed a message containing <|channel|> tags in the content field. Instead of doing this, you should pass analysis messages (the string between '<|message|>' and "
        + "'<|end|>') in the 'thinking' field, and final messages (the string between '<|message|>' and '<|end|>') in the 'content' field.";

    const string ThinkingHasChannels = "You have passed a message containing <|channel|> tags in the thinking field. Instead of doing this, you should pass analysis messages (the string between '<|message|>' and "
        + "'<|end|>') in the 'thinking' field, and final messages (the string between '<|message|>' and '<|end|>') in the 'content' field.";

    const string ContentAndThinking = "Cannot pass both content and thinking in an assistant message with tool calls! Put the analysis message in one or the other, but not both.";
    const string ResultWithoutCall = "Message has tool role, but there was no previous assistant message with a tool call!";

    const string Analysis = "<|start|>assistant<|channel|>analysis<|message|>";
    const string Final = "<|start|>assistant<|channel|>final<|message|>";

    static readonly StringValue ContentKey = Literal("content"), ThinkingKey = Literal("thinking"), CallsKey = Literal("tool_calls");
    static readonly StringValue AnalysisMark = Literal("<|channel|>analysis<|message|>"), FinalMark = Literal("<|channel|>final<|message|>");
    static readonly StringValue DefaultIdentity = Literal("You are ChatGPT, a large language model trained by OpenAI.");
    static readonly StringValue DefaultEffort = Literal("medium");

    bool IsUnsloth => variant != GptOssVariant.Current;

    public override void Render(Rendering rendering)
    {
        Output output = rendering.Output;
        output.Template("<|start|>system<|message|>");
        WriteSystem(rendering, output);
        output.Template("<|end|>");

        TemplateValue messages = rendering.Messages;
        TemplateValue developer = StringValue.Empty;
        if (IsUnsloth && rendering.Variable("developer_instructions") is { } instructions and not NoneValue)
        {
            developer = instructions;
        }
        else
        {
            TemplateValue first = At(messages, 0, rendering.Budget);
            TemplateValue role = Get(first, "role");
            if (IsText(role, "developer") || IsText(role, "system"))
            {
                developer = Get(first, "content");
                messages = PythonOperations.Slice(messages, IntegerValue.Of(1), stop: null, step: null, rendering);
            }
        }
        WriteDeveloper(rendering, output, developer);
        WriteMessages(rendering, output, messages);
        if (rendering.AddGenerationPrompt)
            output.Template("<|start|>assistant");
    }

    static StringValue Literal(string text) => new(text, PieceKind.Template);

    void WriteSystem(Rendering rendering, Output output)
    {
        AppendText(output, rendering.Variable("model_identity") ?? DefaultIdentity);
        output.Template("\nKnowledge cutoff: 2024-06\nCurrent date: ");
        output.Template(rendering.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        output.Template("\n\nReasoning: ");
        AppendText(output, rendering.Variable("reasoning_effort") ?? DefaultEffort);
        output.Template("\n\n");
        if (rendering.Variable("builtin_tools") is { } builtin && (IsUnsloth ? builtin is not NoneValue : builtin.IsTrue))
        {
            output.Template("# Tools\n\n");
            bool browser = false, python = false;
            foreach (TemplateValue tool in PythonOperations.Iterate(builtin, rendering.Budget))
            {
                browser |= IsText(tool, "browser");
                python |= IsText(tool, "python");
            }
            if (browser)
                output.Template(GptOssBuiltinTools.Browser);
            if (python)
                output.Template(GptOssBuiltinTools.Python);
        }
        output.Template("# Valid channels: analysis, commentary, final. Channel must be included for every message.");
        if (rendering.Tools.IsTrue)
            output.Template("\nCalls to these tools must go to the commentary channel: 'functions'.");
    }

    void WriteDeveloper(Rendering rendering, Output output, TemplateValue developer)
    {
        bool hasTools = rendering.Tools.IsTrue;
        if (!developer.IsTrue && !hasTools)
            return;
        output.Template("<|start|>developer<|message|>");
        if (developer.IsTrue)
        {
            output.Template("# Instructions\n\n");
            PythonText.Write(output, developer);
            if (!IsUnsloth || hasTools)
                output.Template("\n\n");
        }
        if (hasTools)
        {
            output.Template("# Tools\n\n");
            GptOssTools.Write(rendering, output);
        }
        output.Template("<|end|>");
    }

    void WriteMessages(Rendering rendering, Output output, TemplateValue list)
    {
        TemplateValue[] messages = PythonOperations.Iterate(list, rendering.Budget);
        int firstIndex = FirstIndex(list, rendering);
        int lastAnswer = Array.FindLastIndex(messages, message => IsText(Get(message, "role"), "assistant") && !Has(message, CallsKey, rendering.Budget));
        TemplateValue? calledName = null;
        for (int i = 0; i < messages.Length; i++)
        {
            rendering.MessageIndex = firstIndex + i;
            TemplateValue message = messages[i];
            if (Get(message, "role") is not StringValue role)
                continue;
            switch (role.Value)
            {
                case "assistant":
                    WriteAssistant(rendering, output, message, isAnswered: lastAnswer > i, isLast: i == messages.Length - 1, ref calledName);
                    break;
                case "tool":
                    WriteResult(output, message, calledName);
                    break;
                case "user":
                    output.Template("<|start|>user<|message|>");
                    AppendText(output, Get(message, "content"));
                    output.Template("<|end|>");
                    break;
            }
        }
        rendering.MessageIndex = -1;
    }

    /// <summary>One message of the assistant.</summary>
    /// <param name="rendering">The rendering.</param>
    /// <param name="output">Takes it.</param>
    /// <param name="message">The message, a dictionary.</param>
    /// <param name="isAnswered">Whether an answer without calls comes later, which hides the reasoning of calls.</param>
    /// <param name="isLast">Whether it is the last message.</param>
    /// <param name="calledName">The function that was called last, whose result may follow.</param>
    void WriteAssistant(Rendering rendering, Output output, TemplateValue message, bool isAnswered, bool isLast, ref TemplateValue? calledName)
    {
        bool hasThinking = Has(message, ThinkingKey, rendering.Budget);
        TemplateValue content = Get(message, "content"), thinking = Get(message, "thinking");
        if (!IsUnsloth && Has(message, ContentKey, rendering.Budget) && HasChannels(content, rendering.Budget))
            throw Raised(ContentHasChannels);
        if (hasThinking && HasChannels(thinking, rendering.Budget))
            throw Raised(ThinkingHasChannels);
        if (Has(message, CallsKey, rendering.Budget))
        {
            WriteCall(rendering, output, message, content, thinking, isAnswered, ref calledName);
        }
        else if (isLast && !rendering.AddGenerationPrompt)
        {
            if (hasThinking)
                WriteWhole(output, Analysis, thinking, "<|end|>");
            WriteWhole(output, Final, content, IsUnsloth ? "<|end|>" : "<|return|>");
        }
        else
        {
            if (IsUnsloth && hasThinking)
                WriteWhole(output, Analysis, variant == GptOssVariant.UnslothEarly ? content : thinking, "<|end|>");
            else
                WriteWhole(output, Final, content, "<|end|>");
            calledName = null;
        }
    }

    void WriteCall(Rendering rendering, Output output, TemplateValue message, TemplateValue content, TemplateValue thinking, bool isAnswered, ref TemplateValue? calledName)
    {
        TemplateValue call = At(Get(message, "tool_calls"), 0, rendering.Budget);
        TemplateValue function = Get(call, "function");
        if (function.IsTrue)
            call = function;
        if (content.IsTrue && thinking.IsTrue)
            throw Raised(ContentAndThinking);
        if (!isAnswered && (content.IsTrue || thinking.IsTrue))
            WriteWhole(output, Analysis, content.IsTrue ? content : thinking, "<|end|>");

        TemplateValue name = Get(call, "name");
        output.Template("<|start|>assistant to=functions.");
        AppendText(output, name);
        output.Template("<|channel|>commentary ");
        TemplateValue contentType = Get(call, "content_type");
        if (contentType is UndefinedValue)
            output.Template("json");
        else
            AppendText(output, contentType);
        output.Template("<|message|>");
        WriteJson(output, Get(call, "arguments"));
        output.Template("<|call|>");
        calledName = name;
    }

    void WriteResult(Output output, TemplateValue message, TemplateValue? calledName)
    {
        if (calledName is null)
            throw Raised(ResultWithoutCall);
        output.Template("<|start|>functions.");
        AppendText(output, calledName);
        output.Template(" to=assistant<|channel|>commentary<|message|>");
        WriteJson(output, Get(message, "content"));
        output.Template("<|end|>");
    }

    /// <summary>Unsloth's versions take a text as it is; OpenAI's quotes it again.</summary>
    void WriteJson(Output output, TemplateValue value)
    {
        if (IsUnsloth && value is StringValue text)
            output.Append(text);
        else
            PythonJson.Write(output, value, indent: null);
    }

    static void WriteWhole(Output output, string head, TemplateValue text, string end)
    {
        output.Template(head);
        AppendText(output, text);
        output.Template(end);
    }

    static bool HasChannels(TemplateValue value, Budget budget) =>
        value is StringValue { Value: var text }
            ? text.Contains("<|channel|>", StringComparison.Ordinal) && (text.Contains(AnalysisMark.Value, StringComparison.Ordinal) || text.Contains(FinalMark.Value, StringComparison.Ordinal))
            : PythonOperations.Contains(value, AnalysisMark, budget) || PythonOperations.Contains(value, FinalMark, budget);
}
