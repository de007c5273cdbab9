using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>
/// The methods that say what comes out: Define, or those marked [Output]. A parameter with the name of another output reads that output;
/// all others are inputs, one for each name. Among outputs every stage exists once: a source, an output, a call of the same
/// helper with the same arguments.
/// </summary>
internal sealed partial class PipelineParser
{
    /// <summary>What the other part of the class declares.</summary>
    private static readonly string[] Generated = ["From", "Plan", "Start"];

    /// <summary>What stands where the generated part of the class has something of that name; null for nothing.</summary>
    private ISymbol? Taken()
    {
        if (Generated.Contains(_pipeline.Name) && (_pipeline.Name != "Start" || _pipeline.GetMembers().OfType<IMethodSymbol>().Count(method => OutputMark(method) is not null) > 1))
            return _pipeline;
        return _pipeline.GetMembers().FirstOrDefault(member => !member.IsImplicitlyDeclared && !IsGenerated(member) && member.Name switch
        {
            "Plan" => member is not IMethodSymbol method || OutputMark(method) is null,
            "From" => member is not IMethodSymbol,
            "Start" => member is not IMethodSymbol && _pipeline.GetMembers().OfType<IMethodSymbol>().Count(method => OutputMark(method) is not null) > 1,
            _ => false,
        });
    }

    // The analyzer sees the class with its generated part.
    private static bool IsGenerated(ISymbol member) => member.GetAttributes().Any(attribute =>
        attribute is { AttributeClass.Name: "GeneratedCodeAttribute", ConstructorArguments: [{ Value: "Typed.Generator" }, _] });

    private readonly List<string> _inputs = [];
    private readonly Dictionary<ISymbol, IMethodSymbol> _outputsRead = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, NodeSpec?> _roots = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<int, NodeSpec> _sharedSources = [];
    private readonly Dictionary<ISymbol, Dictionary<string, NodeSpec>> _sharedCalls = new(SymbolEqualityComparer.Default);
    private readonly Stack<IMethodSymbol> _reading = new();
    private int _nextCall;

    /// <summary>Whether stages are shared: in a pipeline with [Output] methods. In Define a stream that is used twice has operators for each use.</summary>
    private bool _shares;

    private IReadOnlyList<IMethodSymbol>? FindOutputs()
    {
        IMethodSymbol[] defines = [.. _pipeline.GetMembers("Define").OfType<IMethodSymbol>()];
        if (!DeclarationReader.IsNamed(_pipeline))
            return null;
        IMethodSymbol[] outputs = [.. _pipeline.GetMembers().OfType<IMethodSymbol>().Where(method => OutputMark(method) is not null)];
        if (outputs.Length == 0)
            return FindDefine(defines) is { } define ? [define] : null;
        _shares = true;
        if (defines.FirstOrDefault(method => OutputMark(method) is null) is { } both)
        {
            ReportBoth(PipelineDiagnostics.DefineAndOutputs, both.Locations[0], outputs[0].Locations[0], _pipeline.Name, outputs[0].Name);
            return null;
        }

        bool good = true;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (IMethodSymbol method in outputs)
        {
            string? problem = ProblemOf(method);
            if (problem is not null)
                Report(PipelineDiagnostics.OutputMethod, method.Locations[0], method.Name, problem);
            string? clash = Generated.Contains(method.Name) ? "the generated part of the class has a member of that name"
                : names.Add(ParameterName(method.Name)) ? null
                : "another output has it, or differs only in the case of its first letter";
            if (clash is not null)
                ReportBoth(PipelineDiagnostics.DuplicateOutput, method.Locations[0], outputs.First(one => ParameterName(one.Name) == ParameterName(method.Name)).Locations[0], method.Name, clash);
            good &= problem is null && clash is null && SyntaxFacts.IsValidIdentifier(method.Name) && !IsUnfinishedStream(method.ReturnType);
        }

        return good ? outputs : null;
    }

    private IMethodSymbol? FindDefine(IReadOnlyList<IMethodSymbol> found)
    {
        string? problem = found switch
        {
            [] => "it has no method Define and none marked [Output]",
            [_, _, ..] => "it has several methods Define",
            [{ IsGenericMethod: true }] => "Define is generic",
            [{ IsAbstract: true } or { IsExtern: true }] => "Define has no body",
            [{ ReturnType: var type }] when LanguageTypeName(type) != "Stream" && type.TypeKind != TypeKind.Error =>
                $"Define returns {type.ToDisplayString()}",
            _ => null,
        };
        if (problem is null)
            return IsUnfinishedStream(found[0].ReturnType) ? null : found[0];
        Location place = found.Count == 0 ? NameOf(_pipeline) : found[found.Count - 1].Locations[0];
        Report(PipelineDiagnostics.NoDefine, place, _pipeline.Name, problem);
        return null;
    }

    // Of rows that the compiler reports on, nothing more is said.
    private static bool IsUnfinishedStream(ITypeSymbol type) =>
        TypeReader.IsMissing(type) || (type is INamedTypeSymbol { TypeArguments: [var rows] } && TypeReader.IsUnfinished(rows));

    private string? ProblemOf(IMethodSymbol method) => method switch
    {
        { IsGenericMethod: true } => "it is generic",
        { IsStatic: false } => "it is not static",
        { ReturnType: var type } when LanguageTypeName(type) != "Stream" && type.TypeKind != TypeKind.Error => $"it returns {type.ToDisplayString()}",
        { IsAbstract: true } or { IsExtern: true } or { IsPartialDefinition: true, PartialImplementationPart: null } => "it has no body",
        _ => null,
    };

    private static AttributeData? OutputMark(IMethodSymbol method) => method.GetAttributes().FirstOrDefault(attribute =>
        TypeReader.IsTyped(attribute.AttributeClass, "OutputAttribute"));

    private static string CommentOf(IMethodSymbol method) =>
        OutputMark(method)?.NamedArguments.FirstOrDefault(argument => argument.Key == "Comment").Value.Value as string ?? "";

    /// <summary>The name of an output where it is a parameter: its first letter is small.</summary>
    internal static string ParameterName(string method) => method.Length == 0 ? "" : char.ToLowerInvariant(method[0]) + method.Substring(1);

    private bool ReadInputs(IReadOnlyList<IMethodSymbol> methods)
    {
        bool good = true;
        foreach (IMethodSymbol method in methods)
        {
            foreach (IParameterSymbol parameter in method.Parameters)
            {
                IMethodSymbol? read = _shares ? methods.FirstOrDefault(one => ParameterName(one.Name) == ParameterName(parameter.Name)) : null;
                good &= read is null ? ReadInput(parameter) : ReadOutput(parameter, read);
            }
        }

        if (!good || _sources.Count > 0)
            return good;
        // Outputs that read nothing but each other are a circle, which is found when they are read.
        if (_outputsRead.Count == 0)
            Report(PipelineDiagnostics.NoSource, methods[0].Locations[0], _pipeline.Name);
        return _outputsRead.Count > 0;
    }

    private bool ReadOutput(IParameterSymbol parameter, IMethodSymbol output)
    {
        if (parameter.Type.TypeKind == TypeKind.Error)
            return false;
        _outputsRead[parameter] = output;
        RefuseRate(parameter, $"it reads the output {output.Name}, whose rate follows from that of the inputs");
        if (SymbolEqualityComparer.Default.Equals(parameter.Type, output.ReturnType))
            return true;
        Report(
            PipelineDiagnostics.OutputReadAsOther,
            parameter.Locations[0],
            parameter.Name,
            output.Name,
            output.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        return false;
    }

    private bool ReadInput(IParameterSymbol parameter)
    {
        if (TypeReader.IsUnfinished(parameter) || IsUnfinishedStream(parameter.Type))
            return false;
        string kind = LanguageTypeName(parameter.Type);
        string? problem = null;
        RowSpec? row = null;
        if (kind is not "Stream" and not "Table")
            problem = $"it is of type {parameter.Type.ToDisplayString()}";
        else if (HasFault(RowTypeOf(parameter.Type)))
            return false;
        else if (!TypeReader.IsStreamRecord(RowTypeOf(parameter.Type)))
            problem = $"{RowTypeOf(parameter.Type).ToDisplayString()} is not a record marked [StreamRecord]";
        else
            row = TypeReader.ReadRow(RowTypeOf(parameter.Type), out problem);
        if (row is null)
        {
            Report(PipelineDiagnostics.InputType, parameter.Locations[0], parameter.Name, problem ?? "its rows cannot be read");
            return false;
        }

        InputSpec input = new(parameter.Name, TypeReader.Name(RowTypeOf(parameter.Type)), row) { RowsPerSecond = ReadRate(parameter, kind) };
        List<InputSpec> inputs = kind == "Stream" ? _sources : _tables;
        int number = inputs.FindIndex(one => one.Name == input.Name);
        if (number < 0 && !_inputs.Contains(input.Name))
        {
            number = inputs.Count;
            inputs.Add(input);
            _inputs.Add(input.Name);
        }
        else if (number < 0 || inputs[number].RecordName != input.RecordName)
        {
            Report(
                PipelineDiagnostics.InputType, parameter.Locations[0], parameter.Name,
                "another output has an input of that name and another type, and inputs are shared by their names");
            return false;
        }

        JoinRates(parameter, inputs, number, input.RowsPerSecond);
        (kind == "Stream" ? _sourceNumbers : _tableNumbers)[parameter] = number;
        return true;
    }

    /// <summary>The last operator of an output, read when it is first asked for; null, reported, if it cannot be read.</summary>
    private NodeSpec? Root(IMethodSymbol method)
    {
        if (_roots.TryGetValue(method, out NodeSpec? known))
            return known;
        _reading.Push(method);
        PlanScope scope = new(method, null);
        NodeSpec? root = GivesRecords(method) && Body(method) is { } body && ReturnedBy(body, scope) is { } result ? Stream(result, scope) : null;
        _reading.Pop();

        // Rows of another kind are an error of C#.
        return _roots[method] = root is { } && root.Row.Type.Is(Schema.FieldKind.Record) ? root : null;
    }

    /// <summary>The rows of another output.</summary>
    private NodeSpec? OutputRead(IParameterSymbol parameter, IMethodSymbol output)
    {
        _read.Add(parameter);
        if (!_reading.Contains(output, SymbolEqualityComparer.Default))
            return Root(output);
        IEnumerable<string> circle = _reading.TakeWhile(one => !SymbolEqualityComparer.Default.Equals(one, output)).Select(one => one.Name).Reverse();
        Report(PipelineDiagnostics.Cycle, parameter.Locations[0], string.Join(" → ", [output.Name, .. circle, output.Name]));
        return null;
    }

    private NodeSpec Source(IParameterReferenceOperation source, int number)
    {
        _read.Add(source.Parameter);
        if (_sharedSources.TryGetValue(number, out NodeSpec? known))
            return known;
        SourceNode node = new(NewNode(source.Syntax.GetLocation()), _sources[number].Row, number, source.Parameter.Name);
        if (_shares)
            _sharedSources[number] = node;
        return node;
    }

    /// <summary>What a helper returns: one node for all calls with the same streams, tables and constants.</summary>
    private NodeSpec? SharedCall(IInvocationOperation call, PlanScope scope)
    {
        PlanScope inner = scope;
        if (EnterHelper(call, ref inner) is not { } result || KeyOf(call, inner) is not { } key)
            return null;
        IMethodSymbol method = call.TargetMethod.OriginalDefinition;
        if (OutputMark(method) is not null && method.Parameters.All(parameter => IsOwnInput(parameter, inner)))
            return OutputCalled(call, method);
        if (!_sharedCalls.TryGetValue(method, out Dictionary<string, NodeSpec>? known))
            _sharedCalls[method] = known = new(StringComparer.Ordinal);
        if (known.TryGetValue(key, out NodeSpec? made))
            return made;
        if (Stream(result, inner) is not { } node)
            return null;
        known[key] = node;
        return node;
    }

    /// <summary>Whether an output that is called as a helper gets for a parameter what it reads itself.</summary>
    private bool IsOwnInput(IParameterSymbol parameter, PlanScope inner)
    {
        if (_tableNumbers.TryGetValue(parameter, out int table))
            return inner.TryFind(parameter, out IOperation argument, out PlanScope at) && TableNumber(Resolved(argument, at)) == table;
        return inner.TryFindNode(parameter, out NodeSpec node)
            && (_sourceNumbers.TryGetValue(parameter, out int number)
                ? node is SourceNode source && source.Source == number
                : _outputsRead.TryGetValue(parameter, out IMethodSymbol? output) && _roots.TryGetValue(output, out NodeSpec? root) && ReferenceEquals(root, node));
    }

    private NodeSpec? OutputCalled(IInvocationOperation call, IMethodSymbol method)
    {
        if (!_reading.Contains(method, SymbolEqualityComparer.Default))
            return Root(method);
        Report(PipelineDiagnostics.Recursive, OperatorPlace(call), method.Name);
        return null;
    }

    private int TableNumber(IOperation operation) =>
        operation is IParameterReferenceOperation { Parameter: var parameter } && _tableNumbers.TryGetValue(parameter, out int number) ? number : -1;

    /// <summary>Says with what a helper is called, and binds its streams to their nodes; null, reported, if one of them cannot be read.</summary>
    private string? KeyOf(IInvocationOperation call, PlanScope inner)
    {
        List<string> key = [];
        foreach (IParameterSymbol parameter in call.TargetMethod.OriginalDefinition.Parameters)
        {
            if (!inner.TryFind(parameter, out IOperation argument, out PlanScope at))
                continue;
            string kind = LanguageTypeName(parameter.Type);
            if (kind is "Stream" or "OrderedStream")
            {
                if (Stream(argument, at) is not { } node)
                    return null;
                inner.Bind(parameter, node);
                key.Add("node " + node.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                continue;
            }

            IOperation value = Resolved(argument, at);
            key.Add(value.ConstantValue is { HasValue: true, Value: var constant } ? $"constant {constant?.GetType().Name} {constant}"
                : TableNumber(value) is >= 0 and var table ? "table " + table.ToString(System.Globalization.CultureInfo.InvariantCulture)

                // What a lambda or anything else gives may depend on what names stand for around it.
                : "call " + (_nextCall++).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return string.Join("\n", key);
    }

    /// <summary>An argument without conversions and names that stand for it.</summary>
    private static IOperation Resolved(IOperation argument, PlanScope scope)
    {
        while (!argument.ConstantValue.HasValue)
        {
            if (argument is IConversionOperation { OperatorMethod: null } conversion)
            {
                argument = conversion.Operand;
                continue;
            }

            ISymbol? name = argument switch
            {
                IParameterReferenceOperation parameter => parameter.Parameter,
                ILocalReferenceOperation local => local.Local,
                _ => null,
            };
            if (name is null || !scope.TryFind(name, out IOperation value, out PlanScope at))
                return argument;
            (argument, scope) = (value, at);
        }

        return argument;
    }

    /// <summary>Whether an output is too large where everything that is shared stands in every place: rules look at it so.</summary>
    private bool IsTooLarge(IReadOnlyList<OutputSpec> outputs)
    {
        Dictionary<NodeSpec, long> sizes = new(NodeIdentity.Instance);
        if (outputs.Sum(output => Size(output.Root)) <= MostNodes)
            return false;
        Report(PipelineDiagnostics.TooLarge, NameOf(_pipeline), MostNodes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return true;

        long Size(NodeSpec node)
        {
            if (!sizes.TryGetValue(node, out long size))
                sizes[node] = size = Math.Min(MostNodes + 1, 1 + node.Inputs.Sum(Size));
            return size;
        }
    }

    /// <summary>Whether a method gives records, which is said at the type that it returns and before its body is read: records that are made in there are no rows otherwise.</summary>
    private bool GivesRecords(IMethodSymbol method)
    {
        ITypeSymbol type = RowTypeOf(method.ReturnType);
        if (type.TypeKind == TypeKind.Error || HasFault(type))
            return false;
        if (TypeReader.IsStreamRecord(type))
            return true;
        Location place = method.DeclaringSyntaxReferences[0].GetSyntax(_cancellation) is MethodDeclarationSyntax declared
            ? declared.ReturnType.GetLocation()
            : method.Locations[0];
        Report(PipelineDiagnostics.OutputType, place, _shares ? method.Name : _pipeline.Name, $"{type.ToDisplayString()} is not a record marked [StreamRecord]");
        return false;
    }

    // What is wrong with a record of this project is said at the record, and once.
    private bool HasFault(ITypeSymbol type) => type is INamedTypeSymbol { DeclaringSyntaxReferences.IsEmpty: false } record
        && TypeReader.IsMarked(record) && SymbolEqualityComparer.Default.Equals(record.ContainingAssembly, _compilation.Assembly)
        && RecordParser.Parse(record, out _) is null;

    private void ReportUnread(IReadOnlyList<IMethodSymbol> methods)
    {
        foreach (IParameterSymbol parameter in methods.SelectMany(method => method.Parameters))
        {
            if (!_read.Contains(parameter))
                Report(PipelineDiagnostics.UnusedInput, parameter.Locations[0], parameter.Name);
        }

        foreach (ISymbol local in _localStreams)
        {
            if (!_read.Contains(local))
                Report(PipelineDiagnostics.UnusedStream, local.Locations[0], local.Name);
        }
    }
}
