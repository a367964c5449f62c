using System.Text.Json.Serialization;

namespace Chorale.Chat.Tests;

/// <summary>Kinds of places.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlaceKind>))]
public enum PlaceKind
{
    House,
    Bridge,
}
