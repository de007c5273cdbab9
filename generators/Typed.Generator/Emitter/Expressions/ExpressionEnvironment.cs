namespace Typed.Generator.Emitter.Expressions;

/// <summary>How the generated method that expressions stand in names what it has.</summary>
internal sealed record ExpressionEnvironment
{
    /// <summary>The BatchContext.</summary>
    public string Context { get; init; } = "Context";

    /// <summary>The Arena for texts that live as long as the batch.</summary>
    public string Scratch { get; init; } = "Context.Scratch";

    /// <summary>The instance of the pipeline whose init properties are the parameters.</summary>
    public string Parameters { get; init; } = "_with";
}

/// <summary>What kind of loop an expression is computed in.</summary>
internal enum ExpressionTier
{
    /// <summary>Many rows at once, by a kernel over a column.</summary>
    Vector,

    /// <summary>Row after row over columns, strings as UTF-8, nothing allocated.</summary>
    Columnar,

    /// <summary>A method is called for each row with .NET values.</summary>
    RowCall,
}
