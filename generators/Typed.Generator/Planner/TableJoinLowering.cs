using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <summary>
/// A join with a table: equalities of ON become key columns of both sides, what concerns the table alone filters the table before it
/// is indexed (semantics 6.1.4), the rest is tested on pairs.
/// </summary>
internal sealed class TableJoinLowering(Lowering lowering)
{
    public int Lower(TableJoinNode join)
    {
        int below = lowering.LowerInput(join.Input);
        RowSpec streamRow = lowering.Output(below);
        List<(ExprSpec Stream, ExprSpec Table, bool NullSafe)> equal = [];
        List<ExprSpec> tableFilters = [];
        List<ExprSpec> residual = [];
        foreach (ExprSpec conjunct in join.On.Conjuncts())
        {
            ExprSpec spelled = conjunct.SpellRows(0, streamRow).SpellRows(1, join.TableRow);
            if (spelled is ConstantExpr { Literal: "true" })
                continue;
            if (JoinKeys.TrySplit(spelled, out ExprSpec stream, out ExprSpec table, out bool nullSafe))
                equal.Add((stream, ToInput(table, 1, 0), nullSafe));
            else if (spelled.Reads(1) && !spelled.Reads(0))
                tableFilters.Add(ToInput(spelled, 1, 0));
            else
                residual.Add(spelled);
        }

        (int input, int[] leftKeys) = lowering.Extend(below, [.. equal.Select(pair => pair.Stream)], "Key", join.Id);
        RowSpec left = lowering.Output(input);
        bool emitsTable = join.Kind is TableJoinKind.Inner or TableJoinKind.LeftOuter;
        (StageOp tableStage, int[] rightKeys, int matched) = TableStage(join, tableFilters, [.. equal.Select(pair => pair.Table)]);

        // In a left outer join the columns of the table are null where no row matched.
        bool outer = join.Kind == TableJoinKind.LeftOuter;
        ColumnSpec[] right = [.. tableStage.Output.Columns.Select(column => outer ? column with { Type = column.Type.AsNullable() } : column)];
        int number = lowering.Add(
            new TableJoinOp(0, "", Lowering.RowOf([.. left.Columns, .. emitsTable ? right : []]), EquatableArray.Of(input))
            {
                Table = join.Table,
                Kind = join.Kind,
                TableStage = tableStage,
                Keys = equal.Select((pair, i) => new JoinKeySpec(leftKeys[i], rightKeys[i], pair.NullSafe)).ToEquatable(),
                Residual = All(residual),
                LeftColumns = Enumerable.Range(0, left.Columns.Count).ToEquatable(),
                RightColumns = emitsTable ? Enumerable.Range(0, right.Length).ToEquatable() : EquatableArray<int>.Empty,
                Node = join.Id,
            },
            [.. lowering.Watermarked(input)]);
        return lowering.Stage(number, join.Row, [], join.Values.Select(value => OverPairs(value, join, streamRow, left, right, matched)), join.Id);
    }

    /// <summary>The columns of the table, computed keys behind them and, for a left outer join, a column that is null where no row matched.</summary>
    private static (StageOp Stage, int[] Keys, int Matched) TableStage(TableJoinNode join, List<ExprSpec> filters, IReadOnlyList<ExprSpec> keys)
    {
        List<ExprSpec> values = [.. Lowering.Identity(join.TableRow)];
        List<ColumnSpec> columns = [.. join.TableRow.Columns];
        int[] places = new int[keys.Count];
        for (int i = 0; i < keys.Count; i++)
        {
            if (keys[i] is ColumnExpr column)
            {
                places[i] = column.Ordinal;
                continue;
            }

            places[i] = values.Count;
            values.Add(keys[i]);
            columns.Add(new ColumnSpec("Key" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), keys[i].Type));
        }

        int matched = values.Count;
        if (join.Kind == TableJoinKind.LeftOuter)
        {
            TypeSpec boolean = TypeSpec.Of(FieldKind.Boolean);
            values.Add(new ConstantExpr(boolean, "true"));
            columns.Add(new ColumnSpec("Matched", boolean));
        }

        StageOp stage = new(0, "", Lowering.RowOf(columns), EquatableArray<int>.Empty)
        {
            Filters = filters.ToEquatable(),
            Values = values.ToEquatable(),
            Node = join.Id,
        };
        return (stage, places, matched);
    }

    /// <summary>A value of the pair as a value of the join's output: columns of the table stand behind those of the stream.</summary>
    private static ExprSpec OverPairs(ExprSpec value, TableJoinNode join, RowSpec stream, RowSpec left, ColumnSpec[] right, int matched)
    {
        int offset = left.Columns.Count;
        TypeSpec boolean = TypeSpec.Of(FieldKind.Boolean);
        return value
            .SpellRows(0, stream)
            .Replace(node => node switch
            {
                ColumnExpr { Input: 1 } column => column with { Input = 0, Ordinal = offset + column.Ordinal },
                IsNullExpr { Value: RowExpr { Input: 1 } } isNull => join.Kind == TableJoinKind.LeftOuter
                    ? new IsNullExpr(isNull.Type, new ColumnExpr(boolean.AsNullable(), 0, offset + matched, "Matched"))
                    : new ConstantExpr(isNull.Type, "false"),
                RowExpr { Input: 1 } row => Row(row),
                _ => null,
            })
            .Simplify();

        ExprSpec Row(RowExpr row)
        {
            NewRowExpr whole = new(
                row.Type.AsNullable(false),
                join.TableRow.Columns.Select((column, i) => (ExprSpec)new ColumnExpr(column.Type, 0, offset + i, column.Name)).ToEquatable());
            return row.Type.Nullable && join.Kind == TableJoinKind.LeftOuter
                ? new ConditionalExpr(
                    row.Type,
                    new IsNullExpr(boolean, new ColumnExpr(boolean.AsNullable(), 0, offset + matched, "Matched")),
                    new ConstantExpr(row.Type, "null"),
                    new ConvertExpr(row.Type, whole, false))
                : whole;
        }
    }

    private static ExprSpec ToInput(ExprSpec expr, int from, int to) => expr.MoveColumns(from, column => column with { Input = to });

    private static ExprSpec? All(IReadOnlyList<ExprSpec> predicates) => predicates.Count == 0
        ? null
        : predicates.Aggregate((all, one) => new BinaryExpr(TypeSpec.Of(FieldKind.Boolean), "&&", all, one, false));
}
