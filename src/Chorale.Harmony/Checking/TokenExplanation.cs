namespace Chorale.Harmony;

/// <summary>Ids taken apart: what each is, the messages they make, and where they leave the format. Linear in the ids.</summary>
public sealed class TokenExplanation
{
    TokenExplanation(ExplainedToken[] tokens, HarmonyParser parser)
    {
        Tokens = tokens;
        Messages = parser.Messages;
        Spans = parser.Spans;
        Diagnostics = parser.Diagnostics;
    }

    /// <summary>Each id in order.</summary>
    public IReadOnlyList<ExplainedToken> Tokens { get; }

    /// <summary>The messages.</summary>
    public IReadOnlyList<Message> Messages { get; }

    /// <summary>Where each message stands among the ids.</summary>
    public IReadOnlyList<MessageSpan> Spans { get; }

    /// <summary>Where the ids leave the format, by the tolerant parser.</summary>
    public IReadOnlyList<HarmonyDiagnostic> Diagnostics { get; }

    /// <summary>Takes ids apart. Never throws on any. The start of a next message at the end, as a prompt has it, is no slip.</summary>
    /// <param name="encoding">The vocabulary that they are of.</param>
    /// <param name="ids">The ids; those that no vocabulary knows are negative or too large.</param>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where the ids begin with <c>&lt;|start|&gt;</c>.</param>
    public static TokenExplanation Of(HarmonyEncoding encoding, ReadOnlySpan<int> ids, Role? role = null)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        int length = PromptLength(encoding, ids);
        HarmonyParser parser = encoding.CreateParser(role);
        parser.Push(ids[..length]);
        parser.Finish();
        ExplainedToken[] tokens = new ExplainedToken[ids.Length];
        int next = 0;
        for (int i = 0; i < parser.Spans.Count; i++)
        {
            MessageSpan span = Clamp(parser.Spans[i], next, length);
            Outside(encoding, ids, next, span.Start, tokens);
            bool isClosed = span.ContentStart > span.Start && ids[span.ContentStart - 1] == encoding.Control.Message;
            HeaderKinds.Find(encoding, ids, span.Start, span.ContentStart, i, isClosed, tokens);
            for (int at = span.ContentStart; at < span.End; at++)
                tokens[at] = new(at, ids[at], Special(encoding, ids[at]) ?? TokenKind.Content, i);
            next = span.End;
        }
        Outside(encoding, ids, next, length, tokens);
        for (int at = length; at < ids.Length; at++)
            tokens[at] = new(at, ids[at], at == length ? TokenKind.Control : TokenKind.Role, -1);
        return new(tokens, parser);
    }

    /// <summary>How many ids stand before a start and role at the end, which a prompt leaves for the model to go on with; all where there is none.</summary>
    internal static int PromptLength(HarmonyEncoding encoding, ReadOnlySpan<int> ids)
    {
        const int LongestRole = 8;
        int start = ids.LastIndexOf(encoding.Control.Start);
        bool isNext = start > 0 && ids.Length - start is > 1 and < LongestRole && Roles.TryParse(encoding.Tokenizer.DecodeLossy(ids[(start + 1)..]).Trim(), out _);
        return isNext ? start : ids.Length;
    }

    static MessageSpan Clamp(MessageSpan span, int from, int to)
    {
        int start = Math.Clamp(span.Start, from, to);
        int content = Math.Clamp(span.ContentStart, start, to);
        return new(start, content, Math.Clamp(span.End, content, to));
    }

    static void Outside(HarmonyEncoding encoding, ReadOnlySpan<int> ids, int from, int to, ExplainedToken[] tokens)
    {
        for (int at = from; at < to; at++)
            tokens[at] = new(at, ids[at], Special(encoding, ids[at]) ?? TokenKind.Free, -1);
    }

    internal static TokenKind? Special(HarmonyEncoding encoding, int id) =>
        encoding.Tokenizer.IsSpecial(id) ? TokenKind.Control : encoding.Tokenizer.TryGetBytes(id, out _) ? null : TokenKind.Unknown;
}
