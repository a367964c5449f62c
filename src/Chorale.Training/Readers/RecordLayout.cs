namespace Chorale.Training;

/// <summary>How rows stand in a file.</summary>
enum RecordLayout
{
    /// <summary>One a line.</summary>
    Lines,

    /// <summary>JSON values one after the other, over any number of lines.</summary>
    Values,

    /// <summary>The items of one JSON list.</summary>
    Items,

    /// <summary>Harmony text: a conversation ends where the next system message begins.</summary>
    Harmony,
}
