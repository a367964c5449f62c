using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>A row as it was read: dictionaries, or Harmony messages where it held those.</summary>
/// <param name="Form">The form it had.</param>
/// <param name="History">The dictionaries; null where there are messages.</param>
/// <param name="Messages">The messages; null where there are dictionaries.</param>
sealed record Row(RowForm Form, History? History, IReadOnlyList<Message>? Messages);
