using Typed.State;

namespace Typed.Operators;

/// <content>What a checkpoint says of the state; which changes of a processor it can be read after says <see cref="CustomStateEvolution"/> (semantics 10.10).</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const string Separator = "; ";

    /// <inheritdoc/>
    public override string StateSchema =>
        $"process '{Settings.UserName}' v{Version}{Separator}time {Settings.Time}{Separator}output {Settings.Mode}{Separator}key {Settings.Key}{string.Concat(TMembers.Members.Select(member => Separator + member))}";

    internal override StateLayout Layout => new([
        StateTable.Of(TimersTable, "timers", StateTimeKind.Number, TRows.KeyLayout, "Order int64, Times list(timestamp)"),
        .. TMembers.Members.Select((member, i) =>
            StateTable.Of(_tables.TableOf(i), member.Name, StateTimeKind.Number, StateField.Join(TRows.KeyLayout, member.KeyLayout), member.ValueLayout) with { Id = member.Id }),
    ]);

    internal override IReadOnlyList<StateMigration> Migrations => TMembers.Migrations;

    /// <summary>The tables of variables are the present ones, which have their first entries.</summary>
    internal override StateHead Renew(StateHead stored)
    {
        StateHead head = new();
        head.SetMax(OrderName, stored.Get(OrderName));
        _tables.Save(head);
        return head;
    }
}
