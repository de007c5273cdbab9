namespace Typed.Operators;

/// <summary>The groups of an aggregation: one accumulator for each key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps> : KeyTable<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    /// <inheritdoc/>
    private protected override bool HasCells => TOps.HasCells;

    /// <inheritdoc/>
    private protected override void OwnCells(ref TAcc acc) => TOps.OwnCells(ref acc, Arena);
}
