namespace Chorale.Server;

/// <summary>Why a response is ended that would have gone on.</summary>
enum ResponseEnd
{
    /// <summary>The client asked for it, or left.</summary>
    Cancelled,

    /// <summary>The server stops.</summary>
    Stopped,
}
