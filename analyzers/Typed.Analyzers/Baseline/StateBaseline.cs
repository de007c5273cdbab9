using System.Collections.Immutable;
using Typed.State;

namespace Typed.Analyzers.Baseline;

/// <summary>
/// The text of <c>Typed.State.Shipped.txt</c> or <c>Typed.State.Unshipped.txt</c>: blocks (<see cref="StateBlock"/>) in the order of their names, with an empty line
/// between. A line that begins with '#' is a comment; it belongs to the block below it, and to the file where an empty line follows.
/// </summary>
internal sealed class StateBaseline
{
    public const string ShippedName = "Typed.State.Shipped.txt";
    public const string UnshippedName = "Typed.State.Unshipped.txt";

    public static readonly StateBaseline Empty = Parse("");

    private readonly string _end;
    private readonly List<string> _head = [];
    private readonly List<(StateBlock Block, ImmutableArray<string> Comments)> _blocks = [];
    private readonly List<string> _tail = [];

    private StateBaseline(string end) => _end = end;

    public IEnumerable<StateBlock> Blocks => _blocks.Select(one => one.Block);

    /// <summary>Lines that cannot be read: their numbers, from 0, and why.</summary>
    public List<(int Line, string Problem)> Faults { get; } = [];

    public StateBlock? Find(string pipeline, string name) => Blocks.FirstOrDefault(block => block.Key == (pipeline, name));

    /// <summary>Reads a file; what cannot be read is among <see cref="Faults"/>.</summary>
    public static StateBaseline Parse(string text)
    {
        StateBaseline baseline = new(text.Contains("\r\n") ? "\r\n" : "\n");
        string[] lines = text.Split('\n');
        List<string> comments = [];
        StateBlock? block = null;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd();
            if (line.Length == 0)
            {
                baseline.EndComments(comments);
            }
            else if (line[0] == '#')
            {
                baseline.Close(ref block);
                comments.Add(line);
            }
            else if (char.IsWhiteSpace(line[0]))
            {
                block = baseline.Part(block, line.Trim(), i);
            }
            else
            {
                baseline.Close(ref block);
                block = baseline.Open(line, i, comments);
            }
        }

        baseline.Close(ref block);
        baseline._tail.AddRange(comments);
        return baseline;
    }

    /// <summary>The file with a block in place of the one of the same operator.</summary>
    public string With(StateBlock added) => Text([.. _blocks.Where(one => one.Block.Key != added.Key), (added, CommentsOf(added.Key))]);

    /// <summary>The file without the block of an operator.</summary>
    public string Without(string pipeline, string name) => Text([.. _blocks.Where(one => one.Block.Key != (pipeline, name))]);

    private ImmutableArray<string> CommentsOf((string, string) key) =>
        _blocks.Where(one => one.Block.Key == key).Select(one => one.Comments).DefaultIfEmpty([]).First();

    private string Text(List<(StateBlock Block, ImmutableArray<string> Comments)> blocks)
    {
        List<string> lines = [];
        void Add(IEnumerable<string> paragraph)
        {
            int before = lines.Count;
            lines.AddRange(paragraph);
            if (lines.Count > before)
                lines.Add("");
        }

        Add(_head);
        foreach ((StateBlock block, ImmutableArray<string> comments) in blocks.OrderBy(one => one.Block.Pipeline, StringComparer.Ordinal).ThenBy(one => one.Block.Name, StringComparer.Ordinal))
            Add(comments.Concat(block.Lines()));
        Add(_tail);
        while (lines.Count > 0 && lines[lines.Count - 1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + _end));
    }

    private void EndComments(List<string> comments)
    {
        List<string> place = _blocks.Count == 0 ? _head : _tail;
        place.AddRange(comments);
        comments.Clear();
    }

    private StateBlock? Open(string line, int number, List<string> comments)
    {
        int slash = line.IndexOf(StateBlock.Between, StringComparison.Ordinal);
        string name = slash < 0 ? "" : line.Substring(slash + StateBlock.Between.Length).Trim();
        bool isRetired = name.EndsWith(" " + StateBlock.Retired, StringComparison.Ordinal);
        if (isRetired)
            name = name.Substring(0, name.Length - StateBlock.Retired.Length - 1).TrimEnd();
        StateBlock? block = new(slash < 0 ? "" : line.Substring(0, slash).Trim(), name) { IsRetired = isRetired, Line = number };
        if (block.Pipeline.Length == 0 || name.Length == 0 || name.Contains(' '))
        {
            Faults.Add((number, "it should be the name of a pipeline, ' / ' and the name of an operator"));
            block = null;
        }
        else if (Find(block.Pipeline, name) is { } first)
        {
            Faults.Add((number, $"line {first.Line + 1} is about the same operator"));
            block = null;
        }
        else
        {
            _blocks.Add((block, [.. comments]));
        }

        comments.Clear();
        return block;
    }

    private StateBlock? Part(StateBlock? block, string line, int number)
    {
        if (block is null)
        {
            // What follows a line that is no block has been reported with it.
            if (Faults.Count == 0)
                Faults.Add((number, "it belongs to no operator"));
            return null;
        }

        int space = line.IndexOf(' ');
        string word = space < 0 ? line : line.Substring(0, space);
        string text = space < 0 ? "" : line.Substring(space).Trim();
        StateBlock? grown = (word, block.IsRetired) switch
        {
            ("kind", false) when block.Kind.Length == 0 => block with { Kind = text },
            ("state", false) when block.Schema.Length == 0 => block with { Schema = text },
            ("table", false) when IsTable(text, number) => block with { Layout = block.Layout.Length == 0 ? text : block.Layout + "\n" + text },
            ("lasts", false) when block.Lasts.Length == 0 => block with { Lasts = text },
            _ => null,
        };
        if (grown is null)
        {
            if (Faults.Count == 0 || Faults[Faults.Count - 1].Line != number)
                Faults.Add((number, block.IsRetired ? "an operator that is retired keeps nothing" : "it should be one of 'kind', 'state', 'table' and 'lasts'; all but 'table' once"));
            return block;
        }

        _blocks[_blocks.Count - 1] = (grown, _blocks[_blocks.Count - 1].Comments);
        return grown;
    }

    private bool IsTable(string text, int number)
    {
        try
        {
            StateLayout.Parse(text);
            return true;
        }
        catch (InvalidDataException e)
        {
            Faults.Add((number, e.Message));
            return false;
        }
    }

    private void Close(ref StateBlock? block)
    {
        if (block is { IsRetired: false } && (block.Kind.Length == 0 || block.Schema.Length == 0))
            Faults.Add((block.Line, "a line with 'kind' or 'state' is missing below it"));
        block = null;
    }
}
