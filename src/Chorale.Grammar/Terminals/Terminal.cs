namespace Chorale.Grammar;

/// <summary>A regular language of bytes, as an automaton made while it is used. Grammars and threads share it.</summary>
abstract class Terminal
{
}
