// Text to token ids and back. The vocabulary is embedded; nothing is downloaded.
#:project ../src/Chorale.Tokenization/Chorale.Tokenization.csproj
#:property PublishAot=false

using Chorale.Tokenization;

Tokenizer tokenizer = Tokenizer.O200kHarmony;

int[] ids = tokenizer.Encode("Hello, 세계! <|end|> is only text here.");
Console.WriteLine(string.Join(' ', ids));
Console.WriteLine(tokenizer.Decode(ids));

// Ordinary text never becomes a control token. Who wants that asks for it by name.
int[] withControl = tokenizer.EncodeWithSpecials("Bye<|end|>", new HashSet<string>(StringComparer.Ordinal) { "<|end|>" });
Console.WriteLine(string.Join(' ', withControl));

// Ids arrive one at a time, and characters may be split between them: a decoder holds back what is not whole yet.
IncrementalDecoder decoder = new(tokenizer);
char[] text = new char[decoder.MaxChars];
foreach (int id in tokenizer.Encode("🎼 𝄞"))
    Console.Write($"[{text.AsSpan(0, decoder.Append(id, text))}]");
Console.WriteLine(text.AsSpan(0, decoder.Flush(text)));
