namespace Typed.Plan;

/// <summary>The diagnostics of expressions, by id; the texts are in Rules/ExpressionRules.cs.</summary>
internal static class ExpressionDiagnostics
{
    /// <summary>A construct that expressions do not have. Arguments: the construct, the way out.</summary>
    public const string NotSupported = "TYPED3050";

    /// <summary>A method that expressions do not have. Arguments: the method, the way out.</summary>
    public const string NoSuchMethod = "TYPED3051";

    /// <summary>A type that expressions do not have. Arguments: the type, why.</summary>
    public const string NoSuchType = "TYPED3052";

    /// <summary>An operation whose result depends on the culture of the machine. Arguments: the operation, what to write instead.</summary>
    public const string Culture = "TYPED3053";

    /// <summary>A comparison that the culture decides in C# and that is done by code units here (a warning). Arguments: the operation, what to write.</summary>
    public const string CultureIgnored = "TYPED3054";

    /// <summary>A call for each row that takes or gives strings, lists or records as .NET objects (for information). Arguments: the method.</summary>
    public const string RowCallAllocates = "TYPED3055";

    /// <summary>A clock, a random number or a new Guid: other values when the batch is run again. Arguments: the operation, the way out.</summary>
    public const string NotDeterministic = "TYPED4001";

    /// <summary>A captured local or parameter. Arguments: its name.</summary>
    public const string Captured = "TYPED4010";

    /// <summary>A field or property that may change while the query runs. Arguments: its name, the way out.</summary>
    public const string Mutable = "TYPED4011";
}
