namespace Chorale.Server;

/// <summary>Why a response is ended that would have gone on.</summary>
enum ResponseEnd
{
    /// <summary>The client asked for it, or left.</summary>
    Cancelled,

    /// <summary>It took longer than an answer may.</summary>
    TimedOut,

    /// <summary>The server stops.</summary>
    Stopped,
}
