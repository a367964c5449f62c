namespace Chorale.Templates;

/// <summary>A macro as a value: with the frame that it was defined in, whose names it sees.</summary>
sealed class MacroValue(Macro macro, Frame frame) : OpaqueValue("Macro", $"macro '{macro.Name}'")
{
    public Macro Macro { get; } = macro;

    public Frame Frame { get; } = frame;
}
