namespace Chorale.Templates;

/// <summary>A statement of a template.</summary>
/// <param name="line">Where it begins.</param>
abstract class Statement(int line)
{
    public int Line { get; } = line;

    /// <summary>How many steps carrying it out takes, apart from the statements inside it: its parts.</summary>
    protected int Cost { get; set; } = 1;

    /// <summary>Notes the names that it reads and writes, in order, without those inside scopes of its own.</summary>
    public abstract void Collect(Scope scope);

    /// <summary>Finds where the values of its names are.</summary>
    public abstract void Bind(Scope scope);

    public abstract void Run(Frame frame);

    public static void CollectAll(Statement[] statements, Scope scope)
    {
        foreach (Statement statement in statements)
            statement.Collect(scope);
    }

    public static void BindAll(Statement[] statements, Scope scope)
    {
        foreach (Statement statement in statements)
            statement.Bind(scope);
    }

    public static void RunAll(Statement[] statements, Frame frame)
    {
        foreach (Statement statement in statements)
            statement.Run(frame);
    }

    /// <summary>Pays for the statement and notes its line.</summary>
    protected void Begin(Frame frame)
    {
        frame.Budget.Spend(Cost);
        frame.Rendering.Line = Line;
        frame.Rendering.TouchedMessage = -1;
    }
}
