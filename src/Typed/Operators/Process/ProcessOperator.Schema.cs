using Typed.State;

namespace Typed.Operators;

/// <content>What a checkpoint says of the state, and which changes of a processor it can be read after (semantics 10.10).</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const string Separator = "; ";

    /// <inheritdoc/>
    public override string StateSchema =>
        $"{Head}{Separator}time {Settings.Time}{Separator}output {Settings.Mode}{Separator}key {Settings.KeyType}{string.Concat(TMembers.Members.Select(member => Separator + member))}";

    internal override StateLayout Layout => new([
        StateTable.Of(TimersTable, "timers", StateTimeKind.Number, TRows.KeyLayout, "Order int64, Times list(timestamp)"),
        .. TMembers.Members.Select((member, i) =>
            StateTable.Of(_tables.TableOf(i), member.Name, StateTimeKind.Number, StateField.Join(TRows.KeyLayout, member.KeyLayout), member.ValueLayout)),
    ]);

    /// <summary>The rule that a change of modes or of the kind of a state variable breaks.</summary>
    private protected abstract string ChangedRule { get; }

    // The name may hold anything, so it is not looked for in the text but compared.
    private string Head => $"process '{Settings.UserName}' v{Version}";

    internal override StateRefusal? Judge(string stored)
    {
        if (stored == StateSchema)
            return null;
        if (!stored.StartsWith(Head + Separator, StringComparison.Ordinal) || stored[(Head.Length + Separator.Length)..].Split(Separator) is not [var time, var mode, var key, .. var members])
            return base.Judge(stored);
        if (key != "key " + Settings.KeyType)
            return Refused("state-schema-changed", $"has the key '{Settings.KeyType}'", key["key ".Length..]);
        if (time != "time " + Settings.Time)
            return Refused(ChangedRule, $"has the time mode {Settings.Time}", time["time ".Length..]);
        if (mode != "output " + Settings.Mode)
            return Refused(ChangedRule, $"emits in {Settings.Mode} mode", mode["output ".Length..]);

        // Variables may be added, which begin absent, and dropped; one that stays has to stay as it is.
        foreach (StateMemberInfo member in TMembers.Members)
        {
            if (members.FirstOrDefault(one => one.StartsWith(member.Name + " ", StringComparison.Ordinal)) is { } before && before != member.ToString())
                return Refused(ChangedRule, $"keeps the state variable '{member}'", before);
        }

        return null;
    }

    private StateRefusal Refused(string rule, string now, string before) =>
        new(rule, $"{Memory.Processor} {now}, where '{before}' is stored (semantics 10.10)");
}
