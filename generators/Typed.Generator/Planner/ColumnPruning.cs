using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>
/// Removes what nobody reads: values of stages, aggregates, columns that joins and lists would copy. Readers take columns by their
/// ordinal, so a stage that only picks or renames columns is dropped; where an operator copies whole rows (sort, limit, union), one
/// is put that leaves the unread columns behind, which costs nothing.
/// </summary>
internal sealed class ColumnPruning
{
    private readonly IReadOnlyList<OperatorSpec> _operators;
    private readonly SortedSet<int>[] _needed;
    private readonly List<OperatorSpec> _result = [];

    /// <summary>For each operator: its number in the result, and for each column its place there or −1.</summary>
    private readonly (int Number, int[] Columns)[] _places;

    private ColumnPruning(IReadOnlyList<OperatorSpec> operators)
    {
        _operators = operators;
        _needed = [.. operators.Select(_ => new SortedSet<int>())];
        _places = new (int, int[])[operators.Count];
    }

    /// <summary>The plan without unread columns, and the operators that give exactly the rows of the <paramref name="outputs"/>.</summary>
    public static (IReadOnlyList<OperatorSpec> Operators, IReadOnlyList<int> Outputs) Apply(
        IReadOnlyList<OperatorSpec> operators, IReadOnlyList<(int Number, RowSpec Row)> outputs)
    {
        ColumnPruning pruning = new(operators);
        pruning.FindNeeded(outputs);
        for (int i = 0; i < operators.Count; i++)
            pruning._places[i] = pruning.Rebuild(operators[i], i);
        int[] last = [.. outputs.Select(output => pruning._places[output.Number].Number)];
        for (int i = 0; i < last.Length; i++)
            last[i] = pruning.Finish(outputs[i].Number, outputs[i].Row, isShared: last.Count(number => number == last[i]) > 1);
        return (pruning._result, last);
    }

    private void FindNeeded(IReadOnlyList<(int Number, RowSpec Row)> outputs)
    {
        foreach ((int number, RowSpec row) in outputs)
            _needed[number].UnionWith(Enumerable.Range(0, row.Columns.Count));
        for (int i = _operators.Count - 1; i >= 0; i--)
        {
            foreach ((int input, IEnumerable<int> columns) in Reads(_operators[i], _needed[i]))
                _needed[input].UnionWith(columns);
        }
    }

    /// <summary>Which columns of its inputs an operator reads so that it can give those of <paramref name="needed"/>.</summary>
    private static IEnumerable<(int Input, IEnumerable<int> Columns)> Reads(OperatorSpec one, SortedSet<int> needed)
    {
        switch (one)
        {
            case SourceOp:
                break;
            case StageOp stage:
                yield return (stage.Inputs[0], Ordinals(stage.Filters.Concat(needed.Select(column => stage.Values[column]))));
                break;
            case FlattenOp flatten:
                yield return (flatten.Inputs[0], [.. needed.Where(column => column < flatten.Columns.Count).Select(column => flatten.Columns[column]), flatten.ListColumn]);
                break;
            case WatermarkOp watermark:
                yield return (watermark.Inputs[0], [.. needed, watermark.TimeColumn]);
                break;
            case AggregateOp aggregate:
            {
                List<int> read = [.. aggregate.Keys, .. Kept(aggregate, needed).SelectMany(place => aggregate.Aggregates[place].Columns)];
                if (aggregate.TimeColumn >= 0)
                    read.Add(aggregate.TimeColumn);
                if (aggregate.Session is { Column: >= 0 and var gap })
                    read.Add(gap);
                yield return (aggregate.Inputs[0], read);
                break;
            }

            case UnionOp union:
                foreach (int input in union.Inputs)
                    yield return (input, needed);
                break;
            case DistinctOp distinct:
                yield return (distinct.Inputs[0],
                [
                    .. needed.Select(column => distinct.Columns[column]),
                    .. distinct.Keys,
                    .. new[] { distinct.TimeColumn, distinct.ExpiryColumn }.Where(column => column >= 0),
                ]);
                break;
            case TopOp top:
                yield return (top.Inputs[0], [.. needed.Where(column => column < top.Columns.Count).Select(column => top.Columns[column]), .. top.Keys, top.By]);
                break;
            case LimitOp limit:
                yield return (limit.Inputs[0], needed);
                break;
            case SortOp sort:
                yield return (sort.Inputs[0], [.. needed, .. sort.Keys.Select(key => key.Column)]);
                break;
            case ObserveOp observe:
                yield return (observe.Inputs[0], [.. needed, .. observe.Aggregates.SelectMany(call => call.Columns)]);
                break;
            case ExpectOp expect:
                yield return (expect.Inputs[0],
                [
                    .. needed.Select(column => expect.Columns[column]),
                    .. expect.Expectations.Select(one => one.Column),
                    .. expect.RowColumns,
                ]);
                break;
            case TableJoinOp join:
                yield return (join.Inputs[0],
                [
                    .. needed.Where(column => column < join.LeftColumns.Count).Select(column => join.LeftColumns[column]),
                    .. join.Keys.Select(key => key.Left),
                    .. Ordinals(join.Residual is null ? [] : [join.Residual]),
                ]);
                break;
            case ProcessOp process:
                yield return (process.Inputs[0], [.. process.InputColumns, .. process.Keys, .. process.TimeColumn < 0 ? [] : (int[])[process.TimeColumn]]);
                break;
            case StreamJoinOp join:
                yield return (join.Inputs[0], StreamJoinPruning.Reads(join, 0, needed));
                yield return (join.Inputs[1], StreamJoinPruning.Reads(join, 1, needed));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(one), one.GetType().Name, "An operator of a kind that is not known here.");
        }
    }

    private (int Number, int[] Columns) Rebuild(OperatorSpec one, int index)
    {
        SortedSet<int> needed = _needed[index];
        switch (one)
        {
            case SourceOp source:
                return (Add(source), AllColumns(source.Output));
            case StageOp stage:
                return Rebuild(stage, needed);
            case FlattenOp flatten:
                return Rebuild(flatten, needed);
            case WatermarkOp watermark:
            {
                (int input, int[] columns) = _places[watermark.Inputs[0]];
                return (
                    Add(watermark with { Inputs = EquatableArray.Of(input), Output = _result[input].Output, TimeColumn = columns[watermark.TimeColumn] }),
                    columns);
            }

            case AggregateOp aggregate:
                return Rebuild(aggregate, needed);
            case UnionOp union:
            {
                int[] inputs = [.. union.Inputs.Select(input => Exactly(input, needed))];
                RowSpec row = Pick(union.Output, needed);
                return (Add(union with { Inputs = inputs.ToEquatable(), Output = row }), PlacesOf(needed, union.Output));
            }

            case DistinctOp distinct:
            {
                (int input, int[] columns) = _places[distinct.Inputs[0]];
                DistinctOp rebuilt = distinct with
                {
                    Inputs = EquatableArray.Of(input),
                    Output = Pick(distinct.Output, needed),
                    Keys = distinct.Keys.Select(key => columns[key]).ToEquatable(),
                    Columns = needed.Select(column => columns[distinct.Columns[column]]).ToEquatable(),
                    TimeColumn = distinct.TimeColumn < 0 ? -1 : columns[distinct.TimeColumn],
                    ExpiryColumn = distinct.ExpiryColumn < 0 ? -1 : columns[distinct.ExpiryColumn],
                };
                return (Add(rebuilt), PlacesOf(needed, distinct.Output));
            }

            case TopOp top:
            {
                (int input, int[] columns) = _places[top.Inputs[0]];
                TopOp rebuilt = top with
                {
                    Inputs = EquatableArray.Of(input),
                    Output = Pick(top.Output, needed),
                    Keys = top.Keys.Select(key => columns[key]).ToEquatable(),
                    By = columns[top.By],
                    Columns = needed.Where(column => column < top.Columns.Count).Select(column => columns[top.Columns[column]]).ToEquatable(),
                    HasRank = needed.Contains(top.Columns.Count),
                };
                return (Add(rebuilt), PlacesOf(needed, top.Output));
            }

            case LimitOp limit:
            {
                int input = Exactly(limit.Inputs[0], needed);
                return (
                    Add(limit with { Inputs = EquatableArray.Of(input), Output = _result[input].Output }),
                    PlacesOf(needed, limit.Output));
            }

            case SortOp sort:
            {
                SortedSet<int> read = [.. needed, .. sort.Keys.Select(key => key.Column)];
                int input = Exactly(sort.Inputs[0], read);
                int[] columns = PlacesOf(read, sort.Output);
                return (
                    Add(sort with
                    {
                        Inputs = EquatableArray.Of(input),
                        Output = _result[input].Output,
                        Keys = sort.Keys.Select(key => key with { Column = columns[key.Column] }).ToEquatable(),
                    }),
                    columns);
            }

            case ObserveOp observe:
            {
                (int input, int[] columns) = _places[observe.Inputs[0]];
                return (
                    Add(observe with
                    {
                        Inputs = EquatableArray.Of(input),
                        Output = _result[input].Output,
                        Aggregates = observe.Aggregates.Select(call => Moved(call, columns)).ToEquatable(),
                    }),
                    columns);
            }

            case ExpectOp expect:
            {
                (int input, int[] columns) = _places[expect.Inputs[0]];
                ExpectOp rebuilt = expect with
                {
                    Inputs = EquatableArray.Of(input),
                    Output = Pick(expect.Output, needed),
                    Columns = needed.Select(column => columns[expect.Columns[column]]).ToEquatable(),
                    Expectations = expect.Expectations.Select(one => one with { Column = columns[one.Column] }).ToEquatable(),
                    RowColumns = expect.RowColumns.Select(column => columns[column]).ToEquatable(),
                };
                return (Add(rebuilt), PlacesOf(needed, expect.Output));
            }

            case TableJoinOp join:
                return Rebuild(join, needed);
            case ProcessOp process:
            {
                (int input, int[] columns) = _places[process.Inputs[0]];
                ProcessOp rebuilt = process with
                {
                    Inputs = EquatableArray.Of(input),
                    InputColumns = process.InputColumns.Select(column => columns[column]).ToEquatable(),
                    Keys = process.Keys.Select(key => columns[key]).ToEquatable(),
                    TimeColumn = process.TimeColumn < 0 ? -1 : columns[process.TimeColumn],
                };
                return (Add(rebuilt), AllColumns(process.Output));
            }

            case StreamJoinOp join:
                return (Add(StreamJoinPruning.Rebuild(join, needed, Pick(join.Output, needed), _places[join.Inputs[0]], _places[join.Inputs[1]])), PlacesOf(needed, join.Output));
            default:
                throw new ArgumentOutOfRangeException(nameof(one), one.GetType().Name, "An operator of a kind that is not known here.");
        }
    }

    private (int Number, int[] Columns) Rebuild(StageOp stage, SortedSet<int> needed)
    {
        (int input, int[] columns) = _places[stage.Inputs[0]];
        EquatableArray<ExprSpec> values = needed.Select(column => Moved(stage.Values[column], columns)).ToEquatable();
        if (stage.Filters.Count == 0
            && needed.All(column => stage.Values[column] is ColumnExpr plain && StageFusion.SameStorage(plain.Type, stage.Output.Columns[column].Type)))
        {
            int[] places = Enumerable.Repeat(-1, stage.Values.Count).ToArray();
            foreach (int column in needed)
                places[column] = columns[((ColumnExpr)stage.Values[column]).Ordinal];
            return (input, places);
        }

        StageOp rebuilt = stage with
        {
            Inputs = EquatableArray.Of(input),
            Output = Pick(stage.Output, needed),
            Filters = stage.Filters.Select(filter => Moved(filter, columns)).ToEquatable(),
            Values = values,
        };
        return (Add(rebuilt), PlacesOf(needed, stage.Output));
    }

    private (int Number, int[] Columns) Rebuild(FlattenOp flatten, SortedSet<int> needed)
    {
        (int input, int[] columns) = _places[flatten.Inputs[0]];
        int[] kept = [.. needed.Where(column => column < flatten.Columns.Count)];
        FlattenOp rebuilt = flatten with
        {
            Inputs = EquatableArray.Of(input),
            Output = Pick(flatten.Output, needed),
            ListColumn = columns[flatten.ListColumn],
            Columns = kept.Select(column => columns[flatten.Columns[column]]).ToEquatable(),
            HasElement = needed.Contains(flatten.Columns.Count),
        };
        return (Add(rebuilt), PlacesOf(needed, flatten.Output));
    }

    private (int Number, int[] Columns) Rebuild(AggregateOp aggregate, SortedSet<int> needed)
    {
        (int input, int[] columns) = _places[aggregate.Inputs[0]];
        int first = FirstAggregate(aggregate);
        int[] kept = [.. Kept(aggregate, needed)];
        SortedSet<int> output = [.. Enumerable.Range(0, first), .. kept.Select(place => first + place)];
        AggregateOp rebuilt = aggregate with
        {
            Inputs = EquatableArray.Of(input),
            Output = Pick(aggregate.Output, output),
            TimeColumn = aggregate.TimeColumn < 0 ? -1 : columns[aggregate.TimeColumn],
            Session = aggregate.Session is { Column: >= 0 } session ? session with { Column = columns[session.Column] } : aggregate.Session,
            Keys = aggregate.Keys.Select(key => columns[key]).ToEquatable(),
            Aggregates = kept.Select(place => Moved(aggregate.Aggregates[place], columns)).ToEquatable(),
        };
        return (Add(rebuilt), PlacesOf(output, aggregate.Output));
    }

    private (int Number, int[] Columns) Rebuild(TableJoinOp join, SortedSet<int> needed)
    {
        (int input, int[] columns) = _places[join.Inputs[0]];
        int leftCount = join.LeftColumns.Count;
        int[] right = [.. needed.Where(column => column >= leftCount).Select(column => join.RightColumns[column - leftCount])];
        SortedSet<int> read = [.. right, .. join.Keys.Select(key => key.Right)];
        if (join.Residual is { } residual)
            read.UnionWith(residual.Columns(1).Select(column => column.Ordinal));
        int[] table = PlacesOf(read, join.TableStage.Output);
        TableJoinOp rebuilt = join with
        {
            Inputs = EquatableArray.Of(input),
            Output = Pick(join.Output, needed),
            TableStage = join.TableStage with
            {
                Output = Pick(join.TableStage.Output, read),
                Values = read.Select(column => join.TableStage.Values[column]).ToEquatable(),
            },
            Keys = join.Keys.Select(key => new JoinKeySpec(columns[key.Left], table[key.Right], key.NullSafe)).ToEquatable(),
            Residual = join.Residual is null ? null
                : Moved(join.Residual, columns).MoveColumns(1, column => column with { Ordinal = table[column.Ordinal] }),
            LeftColumns = needed.Where(column => column < leftCount).Select(column => columns[join.LeftColumns[column]]).ToEquatable(),
            RightColumns = right.Select(column => table[column]).ToEquatable(),
        };
        return (Add(rebuilt), PlacesOf(needed, join.Output));
    }

    /// <summary>An operator that has the names and types of an output: the one that gives its rows, if nobody else reads that, or a stage on it.</summary>
    private int Finish(int old, RowSpec output, bool isShared)
    {
        (int number, int[] columns) = _places[old];
        bool isRead = isShared || _result.Exists(one => one.Inputs.Contains(number));
        if (_result[number].Output == output && IsAll(columns, output))
            return number;
        if (_result[number] is not StageOp last || isRead)
            return Add(PickStage(number, output, columns.Take(output.Columns.Count)));
        _result[number] = last with
        {
            Output = output,
            Values = columns.Take(output.Columns.Count).Select(column => last.Values[column]).ToEquatable(),
        };
        return number;
    }

    /// <summary>An operator that gives exactly these columns of what the old one gave, in order.</summary>
    private int Exactly(int old, SortedSet<int> needed)
    {
        (int number, int[] columns) = _places[old];
        int[] wanted = [.. needed.Select(column => columns[column])];
        RowSpec row = _result[number].Output;
        bool same = wanted.Length == row.Columns.Count && wanted.Select((column, i) => column == i).All(right => right);
        return same ? number : Add(PickStage(number, Pick(_operators[old].Output, needed), wanted));
    }

    private StageOp PickStage(int input, RowSpec output, IEnumerable<int> columns) => new(0, "", output, EquatableArray.Of(input))
    {
        Values = columns.Select((column, i) =>
            (ExprSpec)new ColumnExpr(output.Columns[i].Type, 0, column, _result[input].Output.Columns[column].Name)).ToEquatable(),
    };

    private int Add(OperatorSpec added)
    {
        _result.Add(added);
        return _result.Count - 1;
    }

    private static bool IsAll(int[] columns, RowSpec output) =>
        columns.Length == output.Columns.Count && columns.Select((column, i) => column == i).All(right => right);

    private static int[] AllColumns(RowSpec row) => [.. Enumerable.Range(0, row.Columns.Count)];

    private static int[] PlacesOf(SortedSet<int> kept, RowSpec row)
    {
        int[] places = Enumerable.Repeat(-1, row.Columns.Count).ToArray();
        int next = 0;
        foreach (int column in kept)
            places[column] = next++;
        return places;
    }

    private static RowSpec Pick(RowSpec row, SortedSet<int> columns) =>
        columns.Count == row.Columns.Count ? row : Lowering.RowOf([.. columns.Select(column => row.Columns[column])]);

    private static int FirstAggregate(AggregateOp aggregate) => aggregate.Keys.Count + (aggregate.TimeColumn >= 0 ? 1 : 0);

    private static IEnumerable<int> Kept(AggregateOp aggregate, SortedSet<int> needed) =>
        needed.Select(column => column - FirstAggregate(aggregate)).Where(place => place >= 0);

    private static IEnumerable<int> Ordinals(IEnumerable<ExprSpec> expressions) =>
        expressions.SelectMany(expr => expr.Columns()).Select(column => column.Ordinal).Distinct().ToArray();

    private static ExprSpec Moved(ExprSpec expr, int[] columns) =>
        expr.MoveColumns(0, column => column with { Ordinal = columns[column.Ordinal] });

    private static AggregateCallSpec Moved(AggregateCallSpec call, int[] columns) =>
        call with { Columns = call.Columns.Select(column => columns[column]).ToEquatable() };
}
