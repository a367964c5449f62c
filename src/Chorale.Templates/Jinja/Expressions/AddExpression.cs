namespace Chorale.Templates;

/// <summary><c>a + b + c</c>, from left to right.</summary>
sealed class AddExpression(Expression[] terms) : Expression([.. terms])
{
    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue sum = terms[0].Evaluate(frame);
        for (int i = 1; i < terms.Length; i++)
            sum = PythonOperations.Add(sum, terms[i].Evaluate(frame), frame.Rendering);
        return sum;
    }

    /// <summary>Texts are appended one by one instead of being joined first.</summary>
    public override void Print(Frame frame, Output output)
    {
        TemplateValue first = terms[0].Evaluate(frame);
        if (first is StringValue text)
            output.Append(text);
        for (int i = 1; i < terms.Length; i++)
        {
            TemplateValue term = terms[i].Evaluate(frame);
            if (first is StringValue && term is StringValue next)
                output.Append(next);
            else
                first = PythonOperations.Add(first, term, frame.Rendering);
        }
        if (first is not StringValue)
            PythonText.Write(output, first);
    }
}
