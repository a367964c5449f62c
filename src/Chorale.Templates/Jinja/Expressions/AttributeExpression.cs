namespace Chorale.Templates;

/// <summary><c>x.y</c>: an attribute, or else an entry of that name.</summary>
sealed class AttributeExpression : Expression
{
    readonly Expression _owner;
    readonly string _name;
    readonly bool _isPlainKey;
    readonly UndefinedValue _missing;

    public AttributeExpression(Expression owner, string name)
        : base(owner)
    {
        (_owner, _name) = (owner, name);
        _isPlainKey = !PythonAttributes.IsOfDictionary(name);
        _missing = new UndefinedValue($"'dict object' has no attribute '{name}'");
    }

    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue owner = _owner.Evaluate(frame);
        if (_isPlainKey && owner is DictionaryValue dictionary)
            return dictionary.TryGet(_name, out TemplateValue? value) ? value : _missing;
        return PythonAttributes.Get(owner, _name);
    }
}
