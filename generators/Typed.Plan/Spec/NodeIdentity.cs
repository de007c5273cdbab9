using System.Runtime.CompilerServices;

namespace Typed.Plan;

/// <summary>Tells nodes apart by what they are, not by what they say: a shared node is one, two that read alike are two.</summary>
internal sealed class NodeIdentity : IEqualityComparer<NodeSpec>
{
    public static readonly NodeIdentity Instance = new();

    public bool Equals(NodeSpec? x, NodeSpec? y) => ReferenceEquals(x, y);

    public int GetHashCode(NodeSpec obj) => RuntimeHelpers.GetHashCode(obj);

    /// <summary>The nodes that have several readers, an output counting as one.</summary>
    public static HashSet<NodeSpec> Shared(IEnumerable<NodeSpec> roots)
    {
        HashSet<NodeSpec> seen = new(Instance);
        HashSet<NodeSpec> shared = new(Instance);
        Stack<NodeSpec> read = new(roots);
        while (read.Count > 0)
        {
            NodeSpec node = read.Pop();
            if (!seen.Add(node))
            {
                shared.Add(node);
                continue;
            }

            foreach (NodeSpec input in node.Inputs)
                read.Push(input);
        }

        return shared;
    }
}
