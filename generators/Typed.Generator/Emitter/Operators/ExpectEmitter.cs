using System.Globalization;
using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>Expectations: the operator is a kernel alone; what it needs besides is the schema of the row for the quarantine and for messages.</summary>
internal static class ExpectEmitter
{
    private const string Operators = "global::Typed.Operators.";

    public static string Construct(ExpectOp op)
    {
        string expectations = string.Join(", ", op.Expectations.Select(one =>
            $"new {Operators}Expectation({FieldTypeText.Literal(one.Name)}, {FieldTypeText.Literal(ExprText.Of(one.Holds))}, {Text(one.Column)}, global::Typed.OnViolation.{one.OnViolation})"));
        return $"new {Operators}ExpectOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, {Array(op.Columns)}, new {Operators}Expectation[] {{ {expectations} }}, "
            + $"{OperatorNames.Schema(op)}Expected, {Array(op.RowColumns)}, {(op.TracksOrigin ? "true" : "false")})";
    }

    public static void EmitSchemas(ExpectOp op, SourceWriter writer) =>
        writer.Line($"public static readonly global::Typed.Schema.RowSchema {OperatorNames.Type(op)}Expected = {RowSchemaText.Of(op.ExpectedRow, op.Name + "-expected")};");

    private static string Array(EquatableArray<int> values) =>
        values.Count == 0 ? "global::System.Array.Empty<int>()" : $"new int[] {{ {string.Join(", ", values.Select(Text))} }}";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
