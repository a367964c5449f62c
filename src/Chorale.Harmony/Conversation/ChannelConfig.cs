namespace Chorale.Harmony;

/// <summary>The channels that the system message announces. It is only text: nothing holds messages to it.</summary>
public sealed record ChannelConfig
{
    /// <summary>analysis, commentary and final, and every message must name one.</summary>
    public static ChannelConfig Default { get; } = Require(Channels.Analysis, Channels.Commentary, Channels.Final);

    /// <summary>The channels in order; none leaves the section out. The list is copied.</summary>
    public IReadOnlyList<string> ValidChannels { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<string>();

    /// <summary>Adds "Channel must be included for every message."</summary>
    public bool ChannelRequired { get; init; }

    /// <summary>These channels, and every message must name one.</summary>
    public static ChannelConfig Require(params IEnumerable<string> channels) =>
        new() { ValidChannels = EquatableList.Copy(channels), ChannelRequired = true };
}
