using System.Runtime.InteropServices;

namespace Chorale.Server;

/// <summary>One event of a response, as it is sent and kept.</summary>
/// <param name="Sequence">Its <c>sequence_number</c>.</param>
/// <param name="Type">Its <c>type</c>, which is the name of its frame too.</param>
/// <param name="Json">The event in UTF-8, on one line.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct StoredEvent(int Sequence, string Type, ReadOnlyMemory<byte> Json);
