using System.Text.Json;

namespace Chorale.TestKit;

/// <summary>What <see cref="AjvValidator"/> is asked.</summary>
/// <param name="Id">For people.</param>
/// <param name="Schema">The schema; of draft 2020-12 where it does not say.</param>
/// <param name="Documents">JSON texts to judge by it.</param>
public sealed record AjvQuestion(string Id, JsonElement Schema, IReadOnlyList<string> Documents);
