namespace Chorale.Training;

/// <summary>How many ids are learnt of each kind of message.</summary>
/// <param name="Analysis">Of reasoning.</param>
/// <param name="Preambles">Of words to the user between calls.</param>
/// <param name="Calls">Of calls.</param>
/// <param name="Final">Of answers.</param>
/// <param name="Other">Of what a mask of markers or a finished file holds, where messages are not told apart.</param>
public readonly record struct TrainedCounts(int Analysis, int Preambles, int Calls, int Final, int Other);
