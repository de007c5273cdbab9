using System.Text;

namespace Typed;

/// <summary>
/// The folder in which a query keeps what it needs to go on after a stop or a crash: offsets, commits and state
/// (semantics 12.1). One query, one checkpoint. A text converts to it.
/// </summary>
/// <param name="Path">The folder; made at the first start.</param>
public sealed record Checkpoint(string Path)
{
    /// <summary>A folder by its path.</summary>
    public static implicit operator Checkpoint?(string? path) => path is null ? null : new Checkpoint(path);

    /// <summary>
    /// A folder below <paramref name="root"/> that is named after the target of the query, so that two queries that write to two
    /// targets never meet in one checkpoint: <c>lake/silver/purchases</c> becomes <c>checkpoints/lake.silver.purchases</c>.
    /// </summary>
    /// <param name="target">The name or path of what the query writes to.</param>
    /// <param name="root">The folder of all checkpoints.</param>
    public static Checkpoint For(string target, string root = "checkpoints")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        StringBuilder name = new();
        foreach (char c in target.Trim('/', '\\', '.', ' '))
            name.Append(char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '.');
        if (name.Length == 0)
            throw new ArgumentException($"\"{target}\" has no letter or digit to name a checkpoint after.", nameof(target));
        return new Checkpoint(System.IO.Path.Combine(root, name.ToString()));
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
