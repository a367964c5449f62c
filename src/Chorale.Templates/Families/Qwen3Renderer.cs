namespace Chorale.Templates;

/// <summary>Qwen3: ChatML with reasoning between <c>think</c> tags and calls as JSON.</summary>
sealed class Qwen3Renderer(Qwen3Variant variant) : NativeRenderer
{
    const string ToolsHead = "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>";

    const string ToolsEnd = "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n"
        + "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call><|im_end|>\n";

    const string ThinkStart = "<think>", ThinkEnd = "</think>", ResultStart = "<tool_response>", ResultEnd = "</tool_response>";

    static readonly StringValue ThinkEndText = new(ThinkEnd, PieceKind.Template);

    public override void Render(Rendering rendering)
    {
        Output output = rendering.Output;
        WriteHead(rendering, output);
        TemplateValue[] messages = PythonOperations.Iterate(rendering.Messages, rendering.Budget);
        int lastQuery = variant == Qwen3Variant.Instruct2507 ? messages.Length : LastQuery(rendering, messages);
        for (int i = 0; i < messages.Length; i++)
        {
            rendering.MessageIndex = i;
            WriteMessage(rendering, output, messages, i, lastQuery);
        }
        rendering.MessageIndex = -1;
        if (rendering.AddGenerationPrompt)
            WritePrompt(rendering, output);
    }

    static void WriteHead(Rendering rendering, Output output)
    {
        TemplateValue first = At(rendering.Messages, 0, rendering.Budget);
        TemplateValue tools = rendering.Tools;
        bool hasSystem = IsText(Get(first, "role"), "system");
        rendering.MessageIndex = hasSystem ? 0 : -1;
        if (tools.IsTrue)
        {
            output.Template("<|im_start|>system\n");
            if (hasSystem)
            {
                AppendText(output, Get(first, "content"));
                output.Template("\n\n");
            }
            output.Template(ToolsHead);
            foreach (TemplateValue tool in PythonOperations.Iterate(tools, rendering.Budget))
            {
                output.Template("\n");
                PythonJson.Write(output, tool, indent: null);
            }
            output.Template(ToolsEnd);
        }
        else if (hasSystem)
        {
            output.Template("<|im_start|>system\n");
            AppendText(output, Get(first, "content"));
            output.Template("<|im_end|>\n");
        }
        rendering.MessageIndex = -1;
    }

    /// <summary>The last message of a user that is no result of a tool; reasoning is shown behind it only.</summary>
    int LastQuery(Rendering rendering, TemplateValue[] messages)
    {
        if (rendering.Messages is not (ListValue or StringValue))
            PythonOperations.Slice(rendering.Messages, start: null, stop: null, IntegerValue.Of(-1), rendering);
        for (int i = messages.Length - 1; i >= 0; i--)
        {
            rendering.MessageIndex = i;
            if (!IsText(Get(messages[i], "role"), "user"))
                continue;
            TemplateValue content = Get(messages[i], "content");
            if (content is not StringValue { Value: var text })
            {
                if (variant == Qwen3Variant.Launch)
                    throw content is UndefinedValue missing ? missing.Error() : NoMethod(content, "startswith");
                continue;
            }
            if (!text.StartsWith(ResultStart, StringComparison.Ordinal) || !text.EndsWith(ResultEnd, StringComparison.Ordinal))
                return i;
        }
        return messages.Length - 1;
    }

    void WriteMessage(Rendering rendering, Output output, TemplateValue[] messages, int index, int lastQuery)
    {
        TemplateValue message = messages[index];
        if (Get(message, "role") is not StringValue role)
            return;
        TemplateValue content = Get(message, "content");
        if (content is not StringValue && variant != Qwen3Variant.Launch)
            content = StringValue.Empty;
        switch (role.Value)
        {
            case "user":
            case "system" when index > 0:
                WriteStart(output, role);
                AppendText(output, content);
                output.Template("<|im_end|>\n");
                break;
            case "assistant":
                WriteAssistant(rendering, output, message, role, content, showsReasoning: index > lastQuery, isLast: index == messages.Length - 1);
                break;
            case "tool":
                if (index == 0 || !IsText(Get(messages[index - 1], "role"), "tool"))
                    output.Template("<|im_start|>user");
                output.Template("\n<tool_response>\n");
                PythonText.Write(output, content);
                output.Template("\n</tool_response>");
                if (index == messages.Length - 1 || !IsText(Get(messages[index + 1], "role"), "tool"))
                    output.Template("<|im_end|>\n");
                break;
        }
    }

    void WriteAssistant(Rendering rendering, Output output, TemplateValue message, StringValue role, TemplateValue content, bool showsReasoning, bool isLast)
    {
        TemplateValue reasoning = StringValue.Empty;
        if (variant != Qwen3Variant.Instruct2507)
            (reasoning, content) = SplitReasoning(rendering, Get(message, "reasoning_content"), content);
        WriteStart(output, role);
        if (showsReasoning && (isLast || reasoning.IsTrue))
        {
            output.Template("<think>\n");
            output.Append(Strip(reasoning, "strip", right: true));
            output.Template("\n</think>\n\n");
            output.Append(Strip(content, "lstrip", right: false));
        }
        else
        {
            AppendText(output, content);
        }
        TemplateValue calls = Get(message, "tool_calls");
        if (calls.IsTrue)
            WriteCalls(rendering, output, calls, content.IsTrue);
        output.Template("<|im_end|>\n");
    }

    static StringValue Strip(TemplateValue value, string method, bool right) =>
        value is StringValue text ? PythonStrings.Strip(text, "\n", left: true, right) : throw (value is UndefinedValue missing ? missing.Error() : NoMethod(value, method));

    /// <summary>Reasoning of its own wins; otherwise what stands in front of the last <c>/think</c> is it.</summary>
    (TemplateValue Reasoning, TemplateValue Content) SplitReasoning(Rendering rendering, TemplateValue own, TemplateValue content)
    {
        if (variant == Qwen3Variant.Launch ? own is not (UndefinedValue or NoneValue) : own is StringValue)
            return (own, content);
        if (content is not StringValue text)
        {
            if (PythonOperations.Contains(content, ThinkEndText, rendering.Budget))
                throw NoMethod(content, "split");
            return (StringValue.Empty, content);
        }
        int first = text.Value.IndexOf(ThinkEnd, StringComparison.Ordinal);
        if (first < 0)
            return (StringValue.Empty, text);
        StringValue before = PythonStrings.Strip(text.Slice(0, first), "\n", left: false, right: true);
        int start = before.Value.LastIndexOf(ThinkStart, StringComparison.Ordinal) is >= 0 and int at ? at + ThinkStart.Length : 0;
        int end = text.Value.LastIndexOf(ThinkEnd, StringComparison.Ordinal) + ThinkEnd.Length;
        return (
            PythonStrings.Strip(before.Slice(start, before.Value.Length - start), "\n", left: true, right: false),
            PythonStrings.Strip(text.Slice(end, text.Value.Length - end), "\n", left: true, right: false));
    }

    static void WriteCalls(Rendering rendering, Output output, TemplateValue calls, bool hasContent)
    {
        bool breaks = hasContent;
        foreach (TemplateValue member in PythonOperations.Iterate(calls, rendering.Budget))
        {
            if (breaks)
                output.Template("\n");
            breaks = true;
            TemplateValue function = Get(member, "function");
            TemplateValue call = function.IsTrue ? function : member;
            output.Template("<tool_call>\n{\"name\": \"");
            PythonText.Write(output, Get(call, "name"));
            output.Template("\", \"arguments\": ");
            TemplateValue arguments = Get(call, "arguments");
            if (arguments is StringValue text)
                output.Append(text);
            else
                PythonJson.Write(output, arguments, indent: null);
            output.Template("}\n</tool_call>");
        }
    }

    static void WriteStart(Output output, StringValue role)
    {
        output.Template("<|im_start|>");
        output.Append(role);
        output.Template("\n");
    }

    void WritePrompt(Rendering rendering, Output output)
    {
        output.Template("<|im_start|>assistant\n");
        if (variant == Qwen3Variant.Thinking2507)
            output.Template("<think>\n");
        else if (variant != Qwen3Variant.Instruct2507 && rendering.Variable("enable_thinking") is BooleanValue { Value: false })
            output.Template("<think>\n\n</think>\n\n");
    }
}
