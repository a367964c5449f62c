namespace Chorale.Grammar;

/// <summary>Keeps a mask that it can make again.</summary>
interface IMaskHolder
{
    /// <summary>Forgets the mask; whoever uses it keeps it so long. From any thread.</summary>
    void DropMask();
}
