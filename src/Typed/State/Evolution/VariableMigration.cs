using System.Runtime.InteropServices;
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
    /// <param name="isBehindExpiry">Whether each value stands behind the time at which it expires.</param>
    internal VariableMigration(StateMigration migration, string of, bool isBehindExpiry)
    {
        (_migration, _operator, IsBehindExpiry) = (migration, of, isBehindExpiry);
        From = TypeOf(migration.From);
        To = TypeOf(migration.To);
    }

    /// <summary>Whether each value stands behind the time at which it expires.</summary>
    internal bool IsBehindExpiry { get; }

    /// <summary>What the method takes.</summary>
    internal StateType From { get; }

    /// <summary>What it gives.</summary>
    internal StateType To { get; }

    /// <summary>
    /// The migration that is meant for what has changed of a variable; null if there is none. The one that takes exactly what is stored goes before all others, and then
    /// the one whose type is the nearest. Where the value could be read as the present one without it, only a method that takes exactly what is stored is meant for it.
    /// </summary>
    /// <param name="all">The migrations of the processor.</param>
    /// <param name="change">The change.</param>
    internal static StateMigration? Of(IReadOnlyList<StateMigration> all, ShapeChange change)
    {
        if (change.Values is not { } values)
            return null;
        bool isNeeded = change.Verdict == ShapeVerdict.NeedsMigration;
        if (!isNeeded && ValueEvolution.Compare(values.Stored, values.Present).Count == 0)
            return null;
        (StateMigration Migration, StateType From, int Steps)[] fitting = [.. all
            .Where(one => one.Variable == change.Variable)
            .Select(one => (Migration: one, From: TypeOf(one.From)))
            .Where(one => EnumEvolution.CanTake(one.From, values))
            .Select(one => (one.Migration, one.From, ValueEvolution.Compare(values.Stored, one.From).Count))];
        return fitting
            .Where(one => isNeeded || (one.Steps == 0 && (one.From.HasMembers || !values.Stored.HasMembers)))
            .OrderByDescending(one => one.Steps == 0)

            // What widens to the types of the others is nearer to what is stored than they are.
            .ThenByDescending(one => fitting.Count(other => ValueEvolution.CanBeRead(one.From, other.From)))
            .ThenBy(one => one.Steps)
            .Select(one => one.Migration)
            .FirstOrDefault();
    }

    /// <summary>
    /// Whether the method makes the default of the present type of the default of the earlier one. A plain value that is the default is not stored, so that the method is not called
    /// for it, and it is the default afterwards.
    /// </summary>
    /// <exception cref="MigrationFailedException">The method failed.</exception>
    internal static bool KeepsDefault(StateMigration migration, string of, StateType stored, StateType present)
    {
        using StateTranscoder transcoder = new([new StateField("Value", stored)], [new StateField("Value", present)], new VariableMigration(migration, of, isBehindExpiry: false));
        StateWriter made = new();
        transcoder.Convert(new byte[StateCursor.SizeOf(stored)], made);
        ReadOnlySpan<byte> value = made.Written.Span;

        // Zero may be written in another way, as 0.00 or -0.
        return present.Kind switch
        {
            StateTypeKind.Float => MemoryMarshal.Read<float>(value) == 0,
            StateTypeKind.Double => MemoryMarshal.Read<double>(value) == 0,
            StateTypeKind.NetDecimal => MemoryMarshal.Read<decimal>(value) == 0,
            _ => value.IndexOfAnyExcept((byte)0) < 0,
        };
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

    private static StateType TypeOf(string text) => new StateLayoutParser(text).ReadType();
}

/// <summary>A method of a processor that makes stored values into present ones has failed.</summary>
internal sealed class MigrationFailedException(string message, Exception inner) : Exception(message, inner);
