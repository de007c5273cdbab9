using Typed.Operators;

namespace Typed.State;

/// <summary>A migration of a state variable on its way from stored bytes to present ones. One thread at a time.</summary>
internal sealed unsafe class VariableMigration : IDisposable
{
    private readonly StateMigration _migration;
    private readonly StateBytes _made = new();
    private readonly TextCache _texts = new();

    /// <param name="migration">The method.</param>
    /// <param name="hasLifetime">Whether values stand behind the time at which they expire.</param>
    internal VariableMigration(StateMigration migration, bool hasLifetime)
    {
        (_migration, HasLifetime) = (migration, hasLifetime);
        From = TypeOf(migration.From);
        To = TypeOf(migration.To);
    }

    internal bool HasLifetime { get; }

    /// <summary>What the method takes.</summary>
    internal StateType From { get; }

    /// <summary>What it gives.</summary>
    internal StateType To { get; }

    /// <summary>The migration of a variable for what is stored of it; null if there is none.</summary>
    internal static StateMigration? Of(IReadOnlyList<StateMigration> all, string variable, StateTable stored) =>
        all.FirstOrDefault(one => one.Variable == variable && stored.Value.Select(field => ValueOf(field, stored)).OfType<StateType>().Any(value => CanTake(TypeOf(one.From), value)));

    /// <summary>Calls the method.</summary>
    /// <exception cref="InvalidDataException">The value is damaged, or the method failed.</exception>
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
            throw new InvalidDataException($"the migration {_migration.Method} of the state variable '{_migration.Variable}' failed: {e.Message}", e);
        }

        return _made.Span;
    }

    public void Dispose()
    {
        _made.Dispose();
        _texts.Dispose();
    }

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

    private static bool CanTake(StateType from, StateType stored)
    {
        List<ValueChange> changes = [];
        ValueEvolution.Compare("", StateTranscoder.InWords(stored), from, areRows: false, changes);
        return changes.TrueForAll(change => change.Verdict <= ShapeVerdict.Compatible);
    }

    private static StateType TypeOf(string text) => new StateLayoutParser("Value " + text).ReadFields()[0].Type;
}
