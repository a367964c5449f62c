namespace Chorale.Kernels;

/// <summary>A weight type whose numbers stand alone, without blocks: how to read a vector of them, and one.</summary>
unsafe interface IElement<TVector>
    where TVector : struct
{
    static abstract TVector Load(byte* row, int column);

    static abstract float LoadOne(byte* row, int column);
}
