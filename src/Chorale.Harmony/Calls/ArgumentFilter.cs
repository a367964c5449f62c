using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Passes on the text of a call, or of an answer that may turn out to be one, while it arrives: as far as no repair can change it any more. What it has passed on is
/// always the beginning of what stands there in the end. Not for several threads at once.
/// </summary>
/// <remarks>
/// The beginning of a JSON object passes; what may be an envelope (<c>{"name": …, "parameters": …}</c>), a fence, brackets behind the object or a line end in a string waits for the end.
/// Of an answer all passes but what may be such an envelope. Linear in the number of characters.
/// </remarks>
public sealed class ArgumentFilter
{
    readonly StringBuilder _text = new();
    readonly EnvelopeScanner? _scanner;
    readonly bool _isAnswer;
    int _passed;

    ArgumentFilter(EnvelopeScanner? scanner, bool isAnswer) => (_scanner, _isAnswer) = (scanner, isAnswer);

    /// <summary>A filter for the arguments of a call.</summary>
    /// <param name="call">Which tool is called; its arguments do not matter.</param>
    /// <param name="repairs">Whether arguments will be repaired at the end; otherwise all passes at once.</param>
    public static ArgumentFilter OfCall(HarmonyCall call, bool repairs = true)
    {
        ArgumentNullException.ThrowIfNull(call);
        bool isText = call is { IsDeclared: true, Tool: null };
        return new(repairs && !isText ? new(maybeEnvelope: !ArgumentRepair.Declares(call.Tool, "name")) : null, isAnswer: false);
    }

    /// <summary>A filter for an answer.</summary>
    /// <param name="mayBeCall">Whether there are tools that it may name, and calls are repaired; otherwise all passes at once.</param>
    public static ArgumentFilter OfAnswer(bool mayBeCall) => new(mayBeCall ? new(maybeEnvelope: true) : null, isAnswer: true);

    /// <summary>Takes what joined.</summary>
    /// <returns>What can be passed on, often empty.</returns>
    public string Push(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_scanner is null)
            return text;
        if (_isAnswer && _passed == _text.Length && (_scanner.IsBroken || !_scanner.MayBeEnvelope))
            return text;
        _text.Append(text);
        int safe = _scanner.Push(text);
        if (!_isAnswer)
            return Pass(safe);
        return Pass(_scanner.IsBroken || !_scanner.MayBeEnvelope ? _text.Length : 0);
    }

    /// <summary>Says what the arguments are in the end.</summary>
    /// <param name="arguments">As <see cref="HarmonyCall.Arguments"/> has them.</param>
    /// <returns>The rest of them; where they do not begin with what was passed on, the rest of what the model wrote.</returns>
    public string Finish(string arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (_scanner is null)
            return "";
        string passed = _text.ToString(0, _passed);
        return arguments.StartsWith(passed, StringComparison.Ordinal) ? arguments[_passed..] : Pass(_text.Length);
    }

    /// <summary>Says that the call was cut, or that the answer is no call.</summary>
    /// <returns>All that was held back.</returns>
    public string Cut() => Pass(_text.Length);

    string Pass(int upTo)
    {
        if (upTo <= _passed)
            return "";
        string text = _text.ToString(_passed, upTo - _passed);
        _passed = upTo;
        return text;
    }
}
