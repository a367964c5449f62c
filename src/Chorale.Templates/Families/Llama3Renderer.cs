namespace Chorale.Templates;

/// <summary>Llama 3: headers, trimmed contents, no tools.</summary>
/// <param name="marksAnswers">Whether what the assistant says is marked for training, as TRL's version does.</param>
sealed class Llama3Renderer(bool marksAnswers) : NativeRenderer
{
    public const string HeaderStart = "<|start_header_id|>", HeaderEnd = "<|end_header_id|>\n\n", TurnEnd = "<|eot_id|>";

    static readonly StringValue RoleKey = new("role", PieceKind.Template), ContentKey = new("content", PieceKind.Template);

    public override bool HasGeneration => marksAnswers;

    public override void Render(Rendering rendering)
    {
        Output output = rendering.Output;
        TemplateValue[] messages = PythonOperations.Iterate(rendering.Messages, rendering.Budget);
        for (int i = 0; i < messages.Length; i++)
        {
            rendering.MessageIndex = i;
            if (i == 0)
                AppendText(output, rendering.Variable("bos_token") ?? UndefinedValue.Variable("bos_token"));
            WriteMessage(rendering, output, messages[i], marksAnswers);
        }
        rendering.MessageIndex = -1;
        if (rendering.AddGenerationPrompt)
            output.Template(HeaderStart + "assistant" + HeaderEnd);
    }

    /// <summary>A message that is neither a call nor a tool's result.</summary>
    public static void WriteMessage(Rendering rendering, Output output, TemplateValue message, bool marksAnswers)
    {
        TemplateValue role = At(message, RoleKey, rendering.Budget);
        output.Template(HeaderStart);
        AppendText(output, role);
        output.Template(HeaderEnd);
        PieceKind mark = marksAnswers && IsText(role, "assistant") ? PieceKind.Trained : PieceKind.Caller;
        output.BeginMark(mark);
        output.Append(Trim(At(message, ContentKey, rendering.Budget), rendering));
        output.Template(TurnEnd);
        output.Mark = PieceKind.Caller;
    }
}
