using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Expectations. Calls that follow one another directly are one operator: a row counts for each of them, whatever another one does with it.</summary>
internal sealed partial class PipelineParser
{
    private NodeSpec? Expect(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        int id = NewNode(OperatorPlace(call));
        return Expectation(id, "", Argument(call, "name")!, Argument(call, "expectation")!, call, input, scope) is { } expectation
            ? Expected(id, input, [expectation])
            : null;
    }

    private NodeSpec? ExpectAll(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        IOperation given = Argument(call, "expectations")!;
        if (given is IArgumentOperation argument)
            given = argument.Value;
        if (WithoutConversions(given) is not IArrayCreationOperation { Initializer.ElementValues: var elements } || elements.IsEmpty)
        {
            Report(QualityDiagnostics.NoExpectations, OperatorPlace(call));
            return null;
        }

        int id = NewNode(OperatorPlace(call));
        List<ExpectationSpec> expectations = [];
        foreach (IOperation element in elements)
        {
            if (WithoutConversions(element) is not ITupleOperation { Elements: [var name, var holds] })
            {
                Report(QualityDiagnostics.NoExpectations, element.Syntax.GetLocation());
                return null;
            }

            string place = expectations.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (Expectation(id, place, name, holds, call, input, scope) is not { } expectation)
                return null;
            expectations.Add(expectation);
        }

        return Expected(id, input, expectations);
    }

    private ExpectationSpec? Expectation(int id, string place, IOperation name, IOperation holds, IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        int action = 0;
        if (!TryConstant(name, "The name of an expectation", scope, out string text)
            || (Argument(call, "onViolation") is { } given && !TryConstant(given, "What happens to a row that violates an expectation", scope, out action)))
        {
            return null;
        }

        if (Lambda(holds, scope, _ => RowOf(0, input.Row)) is not { } value)
            return null;
        _places.Add(id, ExpectationPlace(place), ArgumentPlace(name));
        string onViolation = action switch
        {
            0 => "Warn",
            1 => "Drop",
            2 => "Fail",
            _ => "Quarantine",
        };
        return new ExpectationSpec(text, RowShape.WithoutLift(value), onViolation, id, ExpectationPlace(place));
    }

    private static string ExpectationPlace(string number) => "name" + number;

    private static ExpectNode Expected(int id, NodeSpec input, IReadOnlyList<ExpectationSpec> expectations) => input is ExpectNode before
        ? before with { Id = id, Expectations = before.Expectations.Concat(expectations).ToEquatable() }
        : new ExpectNode(id, input.Row, input, expectations.ToEquatable());

    private static IOperation WithoutConversions(IOperation operation)
    {
        while (operation is IConversionOperation conversion)
            operation = conversion.Operand;
        return operation;
    }
}
