using Chorale.Chat;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>Prints the very tokens of a turn, control tokens by name: the prompt apart, the completion on stdout.</summary>
sealed class RawPrinter(CliHost host, Tokenizer tokenizer)
{
    readonly IncrementalDecoder _decoder = new(tokenizer);

    public void PrintPrompt(ReadOnlySpan<int> prompt)
    {
        (TextWriter writer, bool terminal) = host.OutputIsTerminal ? (host.Out, true) : (host.Error, host.ErrorIsTerminal);
        string text = tokenizer.DecodeLossy(prompt);
        writer.Write(terminal && host.Colors ? $"\e[2m{text}\e[0m" : text);
        if (!host.OutputIsTerminal)
            writer.WriteLine();
    }

    public void Print(ChatUpdate update)
    {
        if (update.TokenId is not { } id)
            return;
        Span<char> text = stackalloc char[_decoder.MaxChars];
        host.Out.Write(text[.._decoder.Append(id, text)]);
    }

    public void End()
    {
        Span<char> rest = stackalloc char[_decoder.MaxChars];
        host.Out.WriteLine(rest[.._decoder.Flush(rest)]);
    }
}
