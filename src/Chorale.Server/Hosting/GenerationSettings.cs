namespace Chorale.Server;

/// <summary>What holds where a request says nothing.</summary>
/// <param name="NCtx">How many ids prompt and answer may hold together.</param>
/// <param name="Temperature">The temperature.</param>
sealed record GenerationSettings(int NCtx, float Temperature);
