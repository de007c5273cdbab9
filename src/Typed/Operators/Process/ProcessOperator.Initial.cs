using Typed.State;

namespace Typed.Operators;

/// <content>The initial state: its rows come before all others, in the first batch (semantics 9.9, 10.1).</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    // Whether the rows of the initial state were handled.
    private bool _hasInitial;

    /// <summary>Handles the rows of the initial state, if there is one and that was not done.</summary>
    private protected void TakeInitial<TContext>(InitialRows<TCell, TContext>? initial, TContext call)
    {
        if (initial is null || _hasInitial)
            return;
        _hasInitial = true;
        if (initial.Count > 0)
            initial.Bind();
        for (int row = 0; row < initial.Count; row++)
        {
            initial.LoadKey(row, out TCell cell);
            if (Worker.Of > 1 && Shard.OwnerOf(Shard.Of(TRows.Hash(cell)), Worker.Of) != Worker.Number)
                continue;
            int key = Keys.FindOrAdd(cell, KeySlot<TState>.Empty, true, out _);
            Enter(key);
            EnterInitial(key);
            try
            {
                initial.Handle(row, call, Memory.Texts);
            }
            catch (Exception e)
            {
                throw Failure(e, key, $" at row {row} of its initial state");
            }

            LeaveInitial(key);
        }
    }

    /// <summary>Begins the call for a row of the initial state; the state fields are set.</summary>
    private protected abstract void EnterInitial(int key);

    /// <summary>Ends the call for a row of the initial state.</summary>
    private protected abstract void LeaveInitial(int key);
}
