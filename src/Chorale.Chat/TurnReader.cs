using System.Text;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>
/// Reads one turn as its ids arrive: deltas, messages, usage. What the parser refuses is not lost: from the message
/// that broke on, the text becomes one message on <c>final</c>.
/// </summary>
sealed class TurnReader(HarmonyEncoding encoding, int promptTokens)
{
    readonly HarmonyParser _parser = encoding.CreateParser(Role.Assistant, strict: false);
    readonly List<int> _ids = [];
    readonly List<Message> _messages = [];
    ChatUsage _usage = new() { PromptTokens = promptTokens };
    int _messageStart;
    string? _repair;
    FinishReason? _finish;

    public bool IsEmpty => _ids.Count == 0;

    /// <summary>Takes the next id.</summary>
    public ChatUpdate Read(GeneratedToken token)
    {
        _ids.Add(token.Id);
        _finish = token.Finish;
        _usage = _usage with { CachedPromptTokens = token.CachedPromptTokens };
        if (_repair is not null)
            return new() { TokenId = token.Id };
        try
        {
            _parser.Push(token.Id);
        }
        catch (HarmonyParseException e)
        {
            _repair = e.Message;
            return new() { TokenId = token.Id };
        }
        return UpdateFromParser(token.Id);
    }

    /// <summary>Ends the turn: completes what was cut, repairs what broke.</summary>
    /// <param name="cancelled">The caller ended it, not the model.</param>
    public ChatUpdate Finish(bool cancelled)
    {
        ChatUpdate last = default;
        bool cut = cancelled || _finish is FinishReason.MaxTokens or FinishReason.ContextLength;
        if (_repair is null)
            last = EndParser(cut);
        if (_repair is not null)
            last = Salvage();
        _usage = _usage.Count(last.Completed?.Channel, _ids.Count - _messageStart);
        ChatTurn turn = new()
        {
            Messages = [.. _messages],
            TokenIds = [.. _ids],
            Usage = _usage,
            Repair = _repair,
            Finish = FinishOf(cancelled),
        };
        return last with { Turn = turn };
    }

    ChatUpdate UpdateFromParser(int? id)
    {
        if (_parser.Messages.Count == _messages.Count)
            return new() { TokenId = id, Channel = _parser.Channel, Recipient = _parser.Recipient, Text = _parser.LastDelta.ToString() };

        Message completed = _parser.Messages[^1];
        _messages.Add(completed);
        if (id is not null)
        {
            _usage = _usage.Count(completed.Channel, _ids.Count - _messageStart);
            _messageStart = _ids.Count;
        }
        return new() { TokenId = id, Channel = completed.Channel, Recipient = completed.Recipient, Text = _parser.Remainder, Completed = completed };
    }

    ChatUpdate EndParser(bool cut)
    {
        if (cut && _parser.State == ParserState.Header)
            return default;   // nothing was said in this message yet
        try
        {
            _parser.Finish();
        }
        catch (HarmonyParseException e)
        {
            _repair = e.Message;
            return default;
        }
        return UpdateFromParser(id: null);
    }

    ChatUpdate Salvage()
    {
        string text = TextAfterHeader(_ids.GetRange(_messageStart, _ids.Count - _messageStart));
        if (text.Length == 0)
            return default;
        Message message = Message.Assistant(text, Channels.Final);
        _messages.Add(message);
        return new() { Channel = Channels.Final, Text = text, Completed = message };
    }

    /// <summary>The ordinary ids after the first <c>&lt;|message|&gt;</c>, or all of them where no header closed.</summary>
    string TextAfterHeader(List<int> ids)
    {
        Tokenizer tokenizer = encoding.Tokenizer;
        tokenizer.TryGetSpecial("<|message|>", out int message);
        int[] body = [.. ids.Skip(ids.IndexOf(message) + 1).Where(id => !tokenizer.IsSpecial(id))];
        return tokenizer.DecodeLossy(body).Trim();
    }

    ChatFinish FinishOf(bool cancelled) => _finish switch
    {
        _ when cancelled => ChatFinish.Cancelled,
        FinishReason.MaxTokens => ChatFinish.MaxTokens,
        FinishReason.ContextLength => ChatFinish.ContextLength,
        _ => _messages is [.., { } last] && ChatTurn.IsCall(last) ? ChatFinish.ToolCall : ChatFinish.Stop,
    };
}
