namespace Chorale.Templates;

/// <summary>Llama 3.1, 3.2 and 3.3: a system block always, tools in the first user message, one call at a time.</summary>
/// <param name="hasBuiltinTools">Whether it knows <c>builtin_tools</c>: 3.1 does. Version 3.2 writes today's date where 3.1 writes a fixed one.</param>
sealed class Llama31Renderer(bool hasBuiltinTools) : NativeRenderer
{
    const string Start = Llama3Renderer.HeaderStart, End = Llama3Renderer.HeaderEnd, TurnEnd = Llama3Renderer.TurnEnd;

    const string CallForm = "Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name and its value}.Do not use variables.\n\n";

    static readonly StringValue RoleKey = new("role", PieceKind.Template), ContentKey = new("content", PieceKind.Template), CallsKey = new("tool_calls", PieceKind.Template);
    static readonly StringValue CodeInterpreter = new("code_interpreter", PieceKind.Template), FixedDate = new("26 Jul 2024", PieceKind.Template);

    public override void Render(Rendering rendering)
    {
        Output output = rendering.Output;
        PythonText.Write(output, rendering.Variable("bos_token") ?? UndefinedValue.Variable("bos_token"));
        TemplateValue tools = rendering.Variable("custom_tools") ?? rendering.Tools;
        bool toolsInUserMessage = rendering.Variable("tools_in_user_message") is not { } choice || choice.IsTrue;
        TemplateValue? builtinTools = hasBuiltinTools ? rendering.Variable("builtin_tools") : null;

        TemplateValue messages = rendering.Messages;
        TemplateValue first = At(messages, 0, rendering.Budget);
        StringValue system = StringValue.Empty;
        if (IsText(At(first, RoleKey, rendering.Budget), "system"))
        {
            system = Trim(At(first, ContentKey, rendering.Budget), rendering);
            messages = PythonOperations.Slice(messages, IntegerValue.Of(1), stop: null, step: null, rendering);
        }
        WriteSystem(rendering, output, system, toolsInUserMessage ? TemplateValue.None : tools, tools is not NoneValue, builtinTools);
        if (toolsInUserMessage && tools is not NoneValue)
            messages = WriteToolsMessage(rendering, output, tools, messages);

        int firstIndex = FirstIndex(messages, rendering);
        TemplateValue[] list = PythonOperations.Iterate(messages, rendering.Budget);
        for (int i = 0; i < list.Length; i++)
        {
            rendering.MessageIndex = firstIndex + i;
            WriteMessage(rendering, output, list[i], builtinTools);
        }
        rendering.MessageIndex = -1;
        if (rendering.AddGenerationPrompt)
            output.Template(Start + "assistant" + End);
    }

    void WriteSystem(Rendering rendering, Output output, StringValue system, TemplateValue shownTools, bool hasTools, TemplateValue? builtinTools)
    {
        output.Template(Start + "system" + End);
        if (builtinTools is not null || hasTools)
            output.Template("Environment: ipython\n");
        if (builtinTools is not null)
        {
            TemplateValue[] members = PythonOperations.Iterate(builtinTools, rendering.Budget);
            output.Template("Tools: ");
            PythonOperations.Join(
                output, new ListValue(Array.FindAll(members, tool => !PythonOperations.AreEqual(tool, CodeInterpreter, rendering.Budget))), new StringValue(", ", PieceKind.Template), rendering);
            output.Template("\n\n");
        }
        output.Template("Cutting Knowledge Date: December 2023\nToday Date: ");
        AppendText(output, rendering.Variable("date_string") ?? (hasBuiltinTools ? FixedDate : new StringValue(PythonDate.Format(rendering.Date, "%d %b %Y", rendering.Budget), PieceKind.Template)));
        output.Template("\n\n");
        if (shownTools is not NoneValue)
        {
            output.Template("You have access to the following functions. To call a function, please respond with JSON for a function call." + CallForm);
            WriteTools(rendering, output, shownTools);
        }
        output.Append(system);
        output.Template(TurnEnd);
    }

    /// <summary>The first message, whatever its role, as a user message with the tools in it.</summary>
    /// <returns>The messages behind it.</returns>
    static TemplateValue WriteToolsMessage(Rendering rendering, Output output, TemplateValue tools, TemplateValue messages)
    {
        if (PythonOperations.Length(messages, rendering.Budget) == 0)
            throw Raised("Cannot put tools in the first user message when there's no first user message!");
        StringValue content = Trim(At(At(messages, 0, rendering.Budget), ContentKey, rendering.Budget), rendering);
        TemplateValue rest = PythonOperations.Slice(messages, IntegerValue.Of(1), stop: null, step: null, rendering);
        output.Template(Start + "user" + End + "Given the following functions, please respond with a JSON for a function call with its proper arguments that best answers the given prompt.\n\n" + CallForm);
        WriteTools(rendering, output, tools);
        output.Append(content);
        output.Template(TurnEnd);
        return rest;
    }

    static void WriteTools(Rendering rendering, Output output, TemplateValue tools)
    {
        foreach (TemplateValue tool in PythonOperations.Iterate(tools, rendering.Budget))
        {
            PythonJson.Write(output, tool, indent: 4);
            output.Template("\n\n");
        }
    }

    static void WriteMessage(Rendering rendering, Output output, TemplateValue message, TemplateValue? builtinTools)
    {
        string? role = Get(message, "role").Text;
        bool isResult = role is "ipython" or "tool";
        if (Has(message, CallsKey, rendering.Budget))
        {
            WriteCall(rendering, output, Get(message, "tool_calls"), builtinTools);
        }
        else if (isResult)
        {
            output.Template(Start + "ipython" + End);
            TemplateValue content = Get(message, "content");
            if (content is StringValue or ListValue or DictionaryValue or UndefinedValue)
                PythonJson.Write(output, content, indent: null);
            else
                PythonText.Write(output, content);
            output.Template(TurnEnd);
        }
        else
        {
            Llama3Renderer.WriteMessage(rendering, output, message, marksAnswers: false);
        }
    }

    static void WriteCall(Rendering rendering, Output output, TemplateValue calls, TemplateValue? builtinTools)
    {
        if (PythonOperations.Length(calls, rendering.Budget) != 1)
            throw Raised("This model only supports single tool-calls at once!");
        TemplateValue call = Get(At(calls, 0, rendering.Budget), "function");
        TemplateValue name = Get(call, "name"), arguments = Get(call, "arguments");
        output.Template(Start + "assistant" + End);
        if (builtinTools is not null && PythonOperations.Contains(builtinTools, name, rendering.Budget))
        {
            WriteBuiltinCall(output, name, arguments);
        }
        else
        {
            output.Template("{\"name\": \"");
            AppendText(output, name);
            output.Template("\", \"parameters\": ");
            PythonJson.Write(output, arguments, indent: null);
            output.Template("}");
        }
        output.Template(builtinTools is null ? TurnEnd : "<|eom_id|>");
    }

    static void WriteBuiltinCall(Output output, TemplateValue name, TemplateValue arguments)
    {
        output.Template("<|python_tag|>");
        AppendText(output, name);
        output.Template(".call(");
        if (arguments is not UndefinedValue)
        {
            if (arguments is not DictionaryValue entries)
                throw PythonOperations.Error("Can only get item pairs from a mapping.");
            for (int i = 0; i < entries.Count; i++)
            {
                output.Template(i == 0 ? "" : ", ");
                output.Caller(entries.Keys[i]);
                output.Template("=\"");
                AppendText(output, entries.Values[i]);
                output.Template("\"");
            }
        }
        output.Template(")");
    }
}
