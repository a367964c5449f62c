namespace Chorale.Harmony;

/// <summary>A part of a message: <see cref="TextContent"/>, <see cref="SystemContent"/> or <see cref="DeveloperContent"/>.</summary>
public abstract record ContentPart
{
    private protected ContentPart()
    {
    }
}
