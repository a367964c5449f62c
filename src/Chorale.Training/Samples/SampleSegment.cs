namespace Chorale.Training;

/// <summary>A piece of a sample's text.</summary>
/// <param name="Text">The text, control tokens spelled out.</param>
/// <param name="IsTrained">Whether it is learnt.</param>
public readonly record struct SampleSegment(string Text, bool IsTrained);
