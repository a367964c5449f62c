namespace Chorale.Training;

/// <summary>What a line of a built data set holds.</summary>
public enum DatasetOutput
{
    /// <summary><c>input_ids</c> and <c>labels</c>, -100 where nothing is learnt.</summary>
    Ids,

    /// <summary><c>text</c>, and <c>segments</c>: pieces, each with whether it is learnt.</summary>
    Text,

    /// <summary><c>messages</c> as dictionaries, with <c>tools</c> and <c>chat_template_kwargs</c>; what is not learnt has the weight 0.</summary>
    Messages,
}
