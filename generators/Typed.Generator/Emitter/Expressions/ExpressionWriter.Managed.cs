using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    /// <summary>The C# of a value as .NET has it: a string, a list, a record. For the arguments of the user's own methods.</summary>
    public string WriteManaged(ExprSpec expression)
    {
        if (expression is NewRowExpr row)
        {
            string values = string.Join(", ", row.Values.Select(WriteManaged));
            return row.Type.Value == ValueKind.Row && row.Type.CSharp.StartsWith("(", StringComparison.Ordinal) ? $"({values})" : $"new {row.Type.CSharp}({values})";
        }

        if (expression is ConstantExpr { Literal: "null" })
            return $"default({expression.Type.Declared})";
        if (expression is ConstantExpr { Text: not null } text)
            return text.Literal;
        if (expression is LetExpr let && !_locals.ContainsKey(let.Id))
        {
            string value = Write(let.Value);
            string name = NewName("t");
            _locals[let.Id] = new LocalName(name, IsManaged(let.Value));
            string body = WriteManaged(let.Body);
            _locals.Remove(let.Id);
            return $"({value} is var {name} ? {body} : default({let.Type.Declared})!)";
        }

        if (expression is ConditionalExpr conditional && (IsText(expression.Type) || IsComposite(expression.Type)))
            return $"({Write(conditional.Condition)} ? {WriteManaged(conditional.Then)} : {WriteManaged(conditional.Otherwise)})";
        if (expression is CallExpr { IsUserMethod: true } call && ManagedResult(call) is { } result)
            return result;
        string written = Write(expression);
        if (IsText(expression.Type))
        {
            string managed = expression.Type.Field == FieldKind.String ? $"{written}.ToManaged()" : $"{written}.ToBytes()";
            string forgiven = expression.Type.Nullable ? managed : managed + "!";
            return expression.Type.Is(FieldKind.Binary) && expression.Type.IsValueType ? $"new {expression.Type.CSharp}({forgiven})" : forgiven;
        }

        if (!IsComposite(expression.Type) || IsManaged(expression))
            return written;
        string view = NewName("t");
        string read = _members.Values.Read(expression.Type.AsNullable(false), $"{view}.Column", $"{view}.Row");
        return expression.Type.Nullable
            ? $"({written} is {{ IsNull: false }} {view} ? {read} : default({expression.Type.Declared}))"
            : $"({written} is var {view} ? {read} : default({expression.Type.Declared})!)";
    }

    // What a .NET value is in the loop.
    private string FromManaged(TypeSpec type, string text) => type switch
    {
        { Value: ValueKind.Field, Field: FieldKind.String } => $"{_environment.Scratch}.Encode({text})",
        { Value: ValueKind.Field, Field: FieldKind.Binary } => $"{Utf8}.Copy({text}, {_environment.Scratch})",
        _ => text,
    };

    private string? ManagedResult(CallExpr call)
    {
        if (call.Method.StartsWith("Regex.", StringComparison.Ordinal) || call.Method.StartsWith("Match.", StringComparison.Ordinal) || call.Method.StartsWith("Group.", StringComparison.Ordinal))
            return null;
        if (call.IsInstance)
        {
            string name = call.Method.Substring(call.Method.LastIndexOf('.') + 1);
            return $"{WriteManaged(call.Arguments[0])}.{name}({string.Join(", ", call.Arguments.Skip(1).Select(WriteManaged))})";
        }

        return $"{call.Method}({string.Join(", ", call.Arguments.Select(WriteManaged))})";
    }
}
