namespace Chorale.Harmony;

/// <summary>Where a parser stands; the names are the official ones.</summary>
public enum ParserState
{
    /// <summary>Between messages: only <c>&lt;|start|&gt;</c> may follow, or the end.</summary>
    ExpectStart,

    /// <summary>Before <c>&lt;|message|&gt;</c>: role, recipient, channel and type are being read.</summary>
    Header,

    /// <summary>Behind <c>&lt;|message|&gt;</c>: everything up to a stop token is content.</summary>
    Content,
}
