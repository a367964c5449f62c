namespace Chorale.Training;

/// <summary>A form in which people keep a row of a data set.</summary>
public enum RowForm
{
    /// <summary><c>messages</c> of <c>role</c>, <c>content</c>, <c>thinking</c>, with <c>tools</c> and <c>chat_template_kwargs</c>; or a list of messages alone.</summary>
    Messages,

    /// <summary>HuggingFaceH4/Multilingual-Thinking: its messages, or where they are missing its columns.</summary>
    MultilingualThinking,

    /// <summary>OpenAI's fine-tuning files: content beside calls is a preamble, <c>weight</c> 0 is not learnt.</summary>
    OpenAI,

    /// <summary><c>conversations</c> of <c>from</c> and <c>value</c>.</summary>
    ShareGpt,

    /// <summary><c>prompt</c> and <c>completion</c>, texts or lists of messages; only the completion is learnt.</summary>
    PromptCompletion,

    /// <summary><c>instruction</c>, <c>input</c>, <c>output</c>.</summary>
    Alpaca,

    /// <summary>Harmony as text, its markers spelled out.</summary>
    HarmonyText,

    /// <summary>Messages with <c>reasoning_content</c>, or <c>&lt;think&gt;</c> in the content.</summary>
    Qwen,

    /// <summary>Harmony messages as JSON, with channels and recipients.</summary>
    Conversation,
}
