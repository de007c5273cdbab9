using Typed.Columns;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>
/// Rows that left the query on a way of their own, with columns that say why. Where they can have several schemas, the columns of all stand side by side
/// and are null for the others.
/// </summary>
internal sealed class AnnotatedRows : IDisposable
{
    private readonly Dictionary<RowSchema, int[]> _ordinals = new(ReferenceEqualityComparer.Instance);
    private readonly BatchPool _pool;
    private readonly string _what;

    /// <param name="what">What the rows are, as in "late rows".</param>
    /// <param name="name">The name of the schema.</param>
    /// <param name="candidates">The schemas that the rows can have.</param>
    /// <param name="notes">The columns behind those of the rows.</param>
    /// <param name="rule">The rule by which a start is refused whose columns cannot stand side by side.</param>
    /// <exception cref="QueryStartException">Two columns of one name have different types.</exception>
    internal AnnotatedRows(string what, string name, IReadOnlyList<RowSchema> candidates, IReadOnlyList<Field> notes, string rule)
    {
        _what = what;
        List<Field> fields = [];
        foreach (RowSchema candidate in candidates)
        {
            foreach (Field field in candidate.Fields)
            {
                Field added = candidates.Count == 1 ? field : field with { Type = field.Type with { Nullable = true } };
                int known = fields.FindIndex(one => one.Name == field.Name);
                if (known < 0)
                    fields.Add(added);
                else if (!Same(fields[known].Type, added.Type))
                    throw Refused(rule, $"'{candidate.Name}' and another input both have a field '{field.Name}', of different types");
            }
        }

        FirstNote = fields.Count;
        foreach (Field note in notes)
        {
            if (fields.Exists(field => field.Name == note.Name))
                throw Refused(rule, $"the field '{note.Name}' has the name of a column that is added to {what}");
        }

        Schema = new RowSchema(name, [.. fields, .. notes]);
        foreach (RowSchema candidate in candidates)
            _ordinals[candidate] = [.. candidate.Fields.Select(field => Schema.IndexOf(field.Name))];
        _pool = new BatchPool(Schema);
    }

    private AnnotatedRows(AnnotatedRows other)
    {
        (_what, FirstNote, Schema) = (other._what, other.FirstNote, other.Schema);
        foreach ((RowSchema schema, int[] ordinals) in other._ordinals)
            _ordinals[schema] = ordinals;
        _pool = new BatchPool(Schema);
    }

    /// <summary>The rows with their notes.</summary>
    internal RowSchema Schema { get; }

    /// <summary>The ordinal of the first note.</summary>
    internal int FirstNote { get; }

    /// <summary>Adds a schema unless one like it is there.</summary>
    internal static void AddOnce(List<RowSchema> schemas, RowSchema schema)
    {
        if (!schemas.Exists(known => Same(known, schema)))
            schemas.Add(schema);
    }

    /// <summary>The same for another thread.</summary>
    internal AnnotatedRows Again() => new(this);

    /// <summary>Copies rows; the notes are still to be filled.</summary>
    /// <param name="batch">The batch they are in.</param>
    /// <param name="schema">Their schema.</param>
    /// <param name="columns">The columns of the batch that are theirs; empty for all.</param>
    /// <param name="rows">Which rows.</param>
    internal ColumnBatch Copy(ColumnBatch batch, RowSchema schema, ReadOnlySpan<int> columns, ReadOnlySpan<int> rows)
    {
        int[] ordinals = Ordinals(schema);
        ColumnBatch copy = _pool.Rent();
        for (int i = 0; i < ordinals.Length; i++)
            copy[ordinals[i]].Gather(batch[columns.IsEmpty ? i : columns[i]], rows);
        for (int i = 0; i < FirstNote; i++)
        {
            while (copy[i].Length < rows.Length)
                copy[i].AppendNull();
        }

        copy.Length = rows.Length;
        return copy;
    }

    public void Dispose() => _pool.Dispose();

    private static bool Same(RowSchema a, RowSchema b) =>
        ReferenceEquals(a, b) || (a.Fields.Count == b.Fields.Count && a.Fields.Zip(b.Fields).All(pair =>
            pair.First.Name == pair.Second.Name && Same(pair.First.Type, pair.Second.Type)));

    private static bool Same(FieldType a, FieldType b) => a.Nullable == b.Nullable && a.ToString() == b.ToString();

    private QueryStartException Refused(string rule, string why)
    {
        string what = char.ToUpperInvariant(_what[0]) + _what[1..];
        return new QueryStartException(rule, $"{what} cannot be written: {why}. Rename the field in one of the records.");
    }

    private int[] Ordinals(RowSchema schema)
    {
        if (_ordinals.TryGetValue(schema, out int[]? ordinals))
            return ordinals;
        foreach (RowSchema known in _ordinals.Keys)
        {
            if (Same(known, schema))
                return _ordinals[schema] = _ordinals[known];
        }

        throw new InvalidOperationException(
            $"There are {_what} of {schema}, but their sink was opened for {Schema}: an operator on the way did not keep where its rows came from.");
    }
}
