using Typed.Plan;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private const int ElementInput = int.MaxValue;

    // Whether a list is a .NET object can be told before any name is given: views come from columns alone.
    private bool IsManagedList(ExprSpec list) => list switch
    {
        LocalExpr local when !_locals.ContainsKey(local.Id) => false,
        _ => !list.Nodes().OfType<LocalExpr>().Any(local => !_locals.ContainsKey(local.Id)) && IsManaged(list),
    };

    // The loop over a list is a method of its own; what the test reads beside the element are its arguments.
    private string WriteAnyAll(AnyAllExpr any)
    {
        bool isManaged = IsManaged(any.List);
        List<ExprSpec> free = [.. FreeValues(any)];
        string method = _members.Name(any.All ? "All" : "Any");
        string listType = isManaged ? any.List.Type.CSharp : ListView;

        // Each argument is a name in the method.
        List<(string Type, LocalExpr Local)> parameters = [];
        int id = -1;
        foreach (ExprSpec value in free)
            parameters.Add((TypeText(value), new LocalExpr(value.Type, id--)));
        List<bool> managed = [.. free.Select(IsManaged)];
        ExprSpec predicate = any.Predicate.Replace(node => free.IndexOf(node) is >= 0 and int place ? parameters[place].Local : null);
        string arguments = string.Concat(free.Select(value => ", " + Write(value)));
        string list = Write(any.List);
        _members.Add(writer => EmitAnyAll(writer, any, predicate, method, listType, isManaged, parameters, managed));
        return $"{method}({list}{arguments}, {_environment.Scratch})";
    }

    private void EmitAnyAll(
        SourceWriter writer, AnyAllExpr any, ExprSpec predicate, string method, string listType, bool isManaged, List<(string Type, LocalExpr Local)> parameters, List<bool> managed)
    {
        string declared = string.Concat(parameters.Select((parameter, i) => $", {parameter.Type} value{i + 1}"));
        using (writer.Block($"private static bool {method}({listType} list{declared}, {Columns}Arena scratch)"))
        {
            ExpressionWriter inner = new(new ExpressionEnvironment { Scratch = "scratch" }, _members, ["list", "scratch", "i", "end", "item", .. parameters.Select((_, i) => $"value{i + 1}")]);
            for (int i = 0; i < parameters.Count; i++)
                inner._locals[parameters[i].Local.Id] = new LocalName($"value{i + 1}", managed[i]);
            TypeSpec element = any.List.Type.Element!;
            if (isManaged)
            {
                using (writer.Block($"foreach ({element.Declared} item in list)"))
                {
                    inner._locals[any.Id] = new LocalName(IsText(element) ? inner.FromManaged(element, "item") : "item", true);
                    WriteTest(writer, inner, any, predicate);
                }
            }
            else
            {
                ColumnExpr item = new(element, ElementInput, 0, "item");
                predicate = predicate.Replace(node => node is LocalExpr local && local.Id == any.Id ? item with { Type = local.Type } : null);
                inner._inputs[ElementInput] = new InputRows(_ => "list.Elements", "i", "");
                inner.Prepare(writer, predicate);
                writer.Line("int end = list.Start + list.Count;");
                using (writer.Block("for (int i = list.Start; i < end; i++)"))
                    WriteTest(writer, inner, any, predicate);
            }

            writer.Line($"return {(any.All ? "true" : "false")};");
        }
    }

    private static void WriteTest(SourceWriter writer, ExpressionWriter inner, AnyAllExpr any, ExprSpec predicate)
    {
        string test = inner.Write(predicate);
        writer.Line($"if ({(any.All ? $"!({test})" : test)})").Line($"    return {(any.All ? "false" : "true")};");
    }

    // Columns, parameters, the clock and outer names that the test reads, each once.
    private static IEnumerable<ExprSpec> FreeValues(AnyAllExpr any)
    {
        HashSet<int> own = [any.Id, .. any.Predicate.Nodes().Select(node => node switch
        {
            LetExpr let => let.Id,
            AnyAllExpr inner => inner.Id,
            _ => any.Id,
        })];
        return any.Predicate.Nodes()
            .Where(node => node is ColumnExpr or ParameterExpr or BatchExpr or StaticExpr || (node is LocalExpr local && !own.Contains(local.Id)))
            .Distinct();
    }
}
