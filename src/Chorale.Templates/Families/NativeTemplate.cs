namespace Chorale.Templates;

/// <summary>A published template that has a native renderer.</summary>
/// <param name="Name">Its name here.</param>
/// <param name="Sha256">Of the published file, in lower-case hexadecimal.</param>
/// <param name="SpecialTokens">Those of its model's tokenizer.</param>
/// <param name="Renderer">Gives the text that the template gives.</param>
sealed record NativeTemplate(string Name, string Sha256, IReadOnlyDictionary<string, string> SpecialTokens, IRenderer Renderer);
