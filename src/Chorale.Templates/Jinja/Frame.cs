namespace Chorale.Templates;

/// <summary>The template or a macro in progress: its slots, and where its text goes. Not shared by threads.</summary>
sealed class Frame(Rendering rendering, JinjaTemplate template, Frame? outer, int slotCount, Output output)
{
    public Rendering Rendering { get; } = rendering;

    public JinjaTemplate Template { get; } = template;

    public Frame? Outer { get; } = outer;

    public Output Output { get; } = output;

    public Budget Budget { get; } = rendering.Budget;

    /// <summary>The values of names; null where a name has none.</summary>
    public TemplateValue?[] Slots { get; } = new TemplateValue?[slotCount];

    /// <summary>The caller's variables, each looked up when first asked for.</summary>
    public TemplateValue?[] Context { get; } = outer?.Context ?? new TemplateValue?[template.ContextNames.Count];

    /// <summary>The value at a place; null where there is none.</summary>
    public TemplateValue? Find(Binding binding)
    {
        if (binding.Depth == 0)
            return Slots[binding.Index];
        if (binding.Depth < 0)
            return FindContext(binding.Index) is UndefinedValue ? null : Context[binding.Index];
        Frame frame = this;
        for (int i = 0; i < binding.Depth; i++)
            frame = frame.Outer!;
        return frame.Slots[binding.Index];
    }

    /// <summary>The value at a place; undefined where there is none.</summary>
    public TemplateValue Read(Binding binding, string name) =>
        binding.Depth == Binding.Context ? FindContext(binding.Index) : Find(binding) ?? UndefinedValue.Variable(name);

    TemplateValue FindContext(int index) => Context[index] ??= Template.FindContext(index, Rendering);
}
