using Microsoft.CodeAnalysis;

namespace Typed.Analyzers.Baseline;

/// <summary>Both files of a project. The block of an operator in the second one stands for that in the first.</summary>
internal sealed class StateBaselines
{
    private StateBaselines(StateBaseline shipped, StateBaseline unshipped) => (Shipped, Unshipped) = (shipped, unshipped);

    public StateBaseline Shipped { get; }

    public StateBaseline Unshipped { get; }

    /// <summary>What runs; null for an operator that never shipped.</summary>
    public StateBlock? ShippedBlock(string pipeline, string name) => Shipped.Find(pipeline, name) is { IsRetired: false } block ? block : null;

    /// <summary>Whether a checkpoint of a pipeline that was shipped has state.</summary>
    public bool HasShipped(string pipeline) => Shipped.Blocks.Any(block => block.Pipeline == pipeline && !block.IsRetired);

    /// <summary>What is noted last, which may be that the operator is retired.</summary>
    public StateBlock? Noted(string pipeline, string name) => Unshipped.Find(pipeline, name) ?? Shipped.Find(pipeline, name);

    /// <summary>Operators of a pipeline that shipped, or are noted, and are not retired.</summary>
    public IEnumerable<StateBlock> Living(string pipeline) => Shipped.Blocks.Concat(Unshipped.Blocks)
        .Where(block => block.Pipeline == pipeline)
        .Select(block => block.Name).Distinct()
        .Select(name => Noted(pipeline, name)!)
        .Where(block => !block.IsRetired);

    /// <summary>Reads the files of a project; null if it has none, and keeps no baseline.</summary>
    public static StateBaselines? Of(IEnumerable<AdditionalText> files, CancellationToken cancellation)
    {
        AdditionalText? shipped = null;
        AdditionalText? unshipped = null;
        foreach (AdditionalText file in files)
        {
            if (IsCalled(file.Path, StateBaseline.ShippedName))
                shipped = file;
            else if (IsCalled(file.Path, StateBaseline.UnshippedName))
                unshipped = file;
        }

        return shipped is null && unshipped is null ? null : new StateBaselines(Read(shipped, cancellation), Read(unshipped, cancellation));
    }

    public static bool IsCalled(string path, string name) => string.Equals(System.IO.Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase);

    private static StateBaseline Read(AdditionalText? file, CancellationToken cancellation) =>
        file?.GetText(cancellation) is { } text ? StateBaseline.Parse(text.ToString()) : StateBaseline.Empty;
}
