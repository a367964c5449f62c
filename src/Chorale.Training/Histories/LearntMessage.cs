using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>A message, and whether it may be learnt where it is the assistant's.</summary>
/// <param name="Message">The message.</param>
/// <param name="IsTrained">False for weight 0 and for what belongs to a prompt.</param>
readonly record struct LearntMessage(Message Message, bool IsTrained);
