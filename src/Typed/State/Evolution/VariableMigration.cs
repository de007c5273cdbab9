using Typed.Execution;
using Typed.Operators;

namespace Typed.State;

/// <summary>A migration of a state variable on its way from stored bytes to present ones. One thread at a time.</summary>
internal sealed unsafe class VariableMigration : IDisposable
{
    private readonly StateMigration _migration;
    private readonly string _operator;
    private readonly StateBytes _made = new();
    private readonly TextCache _texts = new();

    /// <param name="migration">The method.</param>
    /// <param name="of">The name of the operator.</param>
    /// <param name="hasLifetime">Whether values stand behind the time at which they expire.</param>
    internal VariableMigration(StateMigration migration, string of, bool hasLifetime)
    {
        (_migration, _operator, HasLifetime) = (migration, of, hasLifetime);
        From = TypeOf(migration.From);
        To = TypeOf(migration.To);
    }

    internal bool HasLifetime { get; }

    /// <summary>What the method takes.</summary>
    internal StateType From { get; }

    /// <summary>What it gives.</summary>
    internal StateType To { get; }

    /// <summary>
    /// The migration of a variable for what is stored of it; null if there is none. The one that takes exactly what is stored goes before all others, and then the one
    /// whose type is the nearest. Where the value could be read as the present one without it, only a method that takes exactly what is stored is meant for it.
    /// </summary>
    /// <param name="all">The migrations of the processor.</param>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="stored">How it is stored.</param>
    /// <param name="present">How it would be stored now.</param>
    /// <param name="isNeeded">Whether the value cannot be read as the present one.</param>
    internal static StateMigration? Of(IReadOnlyList<StateMigration> all, string variable, StateTable stored, StateTable present, bool isNeeded)
    {
        if (ValueOf(stored) is not { } value)
            return null;
        (StateMigration Migration, StateType From, int Steps)[] fitting = [.. all
            .Where(one => one.Variable == variable)
            .Select(one => (Migration: one, From: TypeOf(one.From)))
            .Where(one => CanTake(one.From, value))
            .Select(one => (one.Migration, one.From, Steps(value, one.From).Count))];
        if (!isNeeded && (ValueOf(present) is not { } now || Steps(value, now).Count == 0))
            return null;
        return fitting
            .Where(one => isNeeded || one.Steps == 0)
            .OrderByDescending(one => one.Steps == 0)

            // What widens to the types of the others is nearer to what is stored than they are.
            .ThenByDescending(one => fitting.Count(other => CanTake(other.From, one.From)))
            .ThenBy(one => one.Steps)
            .Select(one => one.Migration)
            .FirstOrDefault();
    }

    /// <summary>Calls the method.</summary>
    /// <exception cref="InvalidDataException">The value is damaged.</exception>
    /// <exception cref="MigrationFailedException">The method failed.</exception>
    internal ReadOnlySpan<byte> Make(ReadOnlySpan<byte> value)
    {
        _made.Clear();
        try
        {
            fixed (byte* bytes = value)
            {
                StateView view = new(bytes, value.Length);
                _migration.Migrate(ref view, _made, _texts);
            }
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw new MigrationFailedException(
                $"the migration {_migration.Method} of the state variable '{_migration.Variable}' of the operator '{_operator}' failed for a value that is stored: {ErrorText.Sentence(e)}", e);
        }

        return _made.Span;
    }

    public void Dispose()
    {
        _made.Dispose();
        _texts.Dispose();
    }

    private static StateType? ValueOf(StateTable table) => table.Value.Select(field => ValueOf(field, table)).OfType<StateType>().Select(StateTranscoder.InWords).FirstOrDefault();

    /// <summary>The value itself, without what stands around it.</summary>
    private static StateType? ValueOf(StateField field, StateTable table)
    {
        if (field.Name is not ("Value" or "Elements"))
            return null;
        StateType type = field.Type;
        if (type.Kind == StateTypeKind.List)
            type = type.Element!;
        bool isBehindExpiry = table.Value[0].Name == "Expires";
        while (true)
        {
            if (type.Kind is StateTypeKind.Sized or StateTypeKind.Flag)
                type = type.Element!;
            else if (!isBehindExpiry && type is { Kind: StateTypeKind.Record, Fields: [{ Name: "Expires", Type.Kind: StateTypeKind.Timestamp }, { Name: "Value" } inner] })
                (type, isBehindExpiry) = (inner.Type, true);
            else
                return type;
        }
    }

    private static bool CanTake(StateType from, StateType stored) => Steps(stored, from).TrueForAll(change => change.Verdict <= ShapeVerdict.Compatible);

    private static List<ValueChange> Steps(StateType stored, StateType present)
    {
        List<ValueChange> changes = [];
        ValueEvolution.Compare("", stored, present, areRows: false, changes);
        return changes;
    }

    private static StateType TypeOf(string text) => new StateLayoutParser("Value " + text).ReadFields()[0].Type;
}

/// <summary>A method of a processor that makes stored values into present ones has failed.</summary>
internal sealed class MigrationFailedException(string message, Exception inner) : Exception(message, inner);
