using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

/// <summary>
/// Writes expressions as C# for a loop over the rows of columns. In it a string or a binary value is a <c>Utf8</c> view, a list or a
/// map a <c>ListView</c>, a nested record a <c>RecordView</c>, and every other value has its C# type. What the user's own methods
/// take and give are .NET values, converted at the call.
/// </summary>
/// <remarks>
/// The order of use within one generated method: <see cref="Input"/> for each batch that is read, <c>Prepare</c> once before
/// the loop with all expressions, <see cref="Output"/> for each column that is filled; in the loop <see cref="BeginRow"/>, then
/// <see cref="Write"/> and <see cref="Store"/>; after the loop <see cref="Finish"/>; and after the method, in its class, <see cref="EmitMembers"/>.
/// </remarks>
internal sealed partial class ExpressionWriter
{
    private const string Columns = "global::Typed.Columns.";
    private const string Utf8 = Columns + "Utf8";
    private const string ListView = Columns + "ListView";
    private const string RecordView = Columns + "RecordView";
    private const string NullReader = Columns + "NullReader";

    private readonly ExpressionEnvironment _environment;
    private readonly MemberNames _members;
    private readonly Dictionary<int, LocalName> _locals = [];
    private readonly HashSet<string> _taken;
    private int _nextName;

    /// <param name="environment">The names of the generated method.</param>
    /// <param name="members">The methods that go with the expressions of one generated class.</param>
    /// <param name="reserved">Names of locals of the method that are not to be used.</param>
    public ExpressionWriter(ExpressionEnvironment environment, MemberNames members, params string[] reserved)
    {
        _environment = environment;
        _members = members;
        _taken = [.. reserved];
    }

    /// <summary>The C# of a value. Its type is that of <c>TypeText</c>.</summary>
    public string Write(ExprSpec expression) => expression switch
    {
        ConstantExpr constant => WriteConstant(constant),
        ColumnExpr column => LoadColumn(column),
        ParameterExpr parameter => _hoisted[parameter],
        BatchExpr batch => _hoisted[batch],
        StaticExpr named => _hoisted.TryGetValue(named, out string? local) ? local : named.Name,
        LocalExpr local => _locals[local.Id].Text,
        LetExpr let => WriteLet(let),
        UnaryExpr unary => WriteUnary(unary),
        BinaryExpr binary => WriteBinary(binary),
        ConvertExpr convert => WriteConvert(convert),
        ConditionalExpr conditional => WriteConditional(conditional),
        CoalesceExpr coalesce => WriteCoalesce(coalesce),
        IsNullExpr test => WriteIsNull(test),
        UnwrapExpr unwrap => WriteUnwrap(unwrap),
        NoMatchExpr => "throw new global::System.Runtime.CompilerServices.SwitchExpressionException()",
        MemberExpr member => WriteMember(member),
        NewRowExpr row => WriteManaged(row),
        CallExpr call => WriteCall(call),
        ElementExpr element => WriteElement(element),
        AnyAllExpr any => WriteAnyAll(any),
        NullSafeEqualExpr equal => WriteNullSafeEqual(equal),
        RowExpr => throw new InvalidOperationException("A whole row reached the writer; the planner turns the test of a missing row into one of a column."),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression.GetType().Name, "An expression of a kind that is not known here."),
    };

    /// <summary>The C# type of a value that is written in the loop.</summary>
    public string TypeText(ExprSpec expression) => TypeText(expression.Type, IsManaged(expression));

    /// <summary>Whether a list, map or nested record is a .NET object here and not a view of a column.</summary>
    public bool IsManaged(ExprSpec expression) => IsComposite(expression.Type) && expression switch
    {
        ColumnExpr or ElementExpr => false,
        ConstantExpr => false,
        LocalExpr local => _locals[local.Id].IsManaged,
        LetExpr let => WithLocal(let, () => IsManaged(let.Body)),
        UnwrapExpr unwrap => IsManaged(unwrap.Operand),
        ConvertExpr convert => IsManaged(convert.Operand),
        ConditionalExpr conditional => IsManaged(conditional.Then) || IsManaged(conditional.Otherwise),
        CoalesceExpr coalesce => IsManaged(coalesce.Value) || IsManaged(coalesce.Otherwise),
        MemberExpr member => IsManaged(member.Target),
        CallExpr { Method: "map.GetValueOrDefault" } call => IsManaged(call.Arguments[0]),
        _ => true,
    };

    private static string TypeText(TypeSpec type, bool isManaged)
    {
        if (IsText(type))
            return Utf8;
        if (IsComposite(type) && !isManaged)
            return type.Field == FieldKind.Record ? RecordView : ListView;
        return type.Declared;
    }

    private static bool IsText(TypeSpec type) => type.Value == ValueKind.Field && type.Field is FieldKind.String or FieldKind.Binary;

    private static bool IsComposite(TypeSpec type) => type.Value == ValueKind.Field && type.Field is FieldKind.Record or FieldKind.List or FieldKind.Map;

    // Whether null is a null of Nullable<T>, and not a null view or a null reference.
    private static bool IsNullableValue(TypeSpec type) => type.Nullable && type.IsValueType && !IsText(type) && !IsComposite(type);

    private string NewName(string stem)
    {
        string name = stem;
        while (!_taken.Add(name))
            name = stem + ++_nextName;
        return name;
    }

    private T WithLocal<T>(LetExpr let, Func<T> use)
    {
        if (_locals.ContainsKey(let.Id))
            return use();
        _locals[let.Id] = new LocalName("?", IsManaged(let.Value));
        T result = use();
        _locals.Remove(let.Id);
        return result;
    }

    // A name that is used inside an expression: a pattern that always fits, and a branch that is never taken.
    private string WriteLet(LetExpr let)
    {
        if (_locals.ContainsKey(let.Id))
            return Write(let.Body);
        string value = Write(let.Value);
        string name = NewName("t");
        _locals[let.Id] = new LocalName(name, IsManaged(let.Value));
        string type = TypeText(let.Body);
        string body = Write(let.Body);
        _locals.Remove(let.Id);
        return $"({value} is var {name} ? {body} : default({type})!)";
    }

    private sealed record LocalName(string Text, bool IsManaged);
}
