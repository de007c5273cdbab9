using Typed.Plan;

namespace Typed.PlanFiles;

/// <summary>A box of a diagram.</summary>
/// <param name="Title">The first line.</param>
/// <param name="Lines">The lines below it.</param>
/// <param name="Kept">What it keeps, the last lines.</param>
/// <param name="Style">What it is: source, table, watermark, state, step or output.</param>
internal sealed record DiagramBox(string Title, EquatableArray<string> Lines, EquatableArray<string> Kept, string Style)
{
    public int X { get; init; }

    public int Y { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }
}

/// <summary>An arrow between two boxes, by their places in the list, through the points between their layers.</summary>
internal sealed record DiagramEdge(int From, int To, bool IsDashed, EquatableArray<DiagramPoint> Points);

/// <summary>A place in pixels.</summary>
internal sealed record DiagramPoint(int X, int Y);

/// <summary>
/// Boxes in layers, each below all that it reads: sources at the top, outputs at the bottom. Whole numbers only, so that the same plan has the same picture on every
/// machine.
/// </summary>
/// <param name="Boxes">The boxes.</param>
/// <param name="Edges">The arrows.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
internal sealed record DiagramLayout(EquatableArray<DiagramBox> Boxes, EquatableArray<DiagramEdge> Edges, int Width, int Height)
{
    private const int Margin = 20, Gap = 36, LayerGap = 44, LineHeight = 17, Padding = 12, Lane = 16;

    // A line has so many letters at most, and a step so many lines.
    private const int LineLength = 64, MostLines = 4;

    /// <summary>Lays out a plan.</summary>
    public static DiagramLayout Of(PlanSheet plan)
    {
        (List<DiagramBox> boxes, List<(int From, int To, bool IsDashed)> edges) = Graph(plan);
        int[] layers = Layers(boxes.Count, edges);

        // An arrow over several layers has a place in each, so that it goes around boxes. Negative numbers are such places.
        List<List<int>> rows = [.. Enumerable.Range(0, layers.Max() + 1).Select(layer => Enumerable.Range(0, boxes.Count).Where(box => layers[box] == layer).ToList())];
        List<List<int>> ways = [];
        int lanes = 0;
        foreach ((int from, int to, _) in edges)
        {
            List<int> way = [from];
            for (int layer = layers[from] + 1; layer < layers[to]; layer++)
            {
                way.Add(--lanes);
                rows[layer].Add(lanes);
            }

            way.Add(to);
            ways.Add(way);
        }

        Order(rows, ways);
        int WidthOf(int place) => place < 0 ? Lane : boxes[place].Width;
        int[] heights = [.. rows.Select(row => row.Max(place => place < 0 ? 0 : boxes[place].Height))];
        Dictionary<int, int> lefts = Across(rows, ways, WidthOf);
        int width = rows.Max(row => lefts[row[row.Count - 1]] + WidthOf(row[row.Count - 1])) + Margin;
        Dictionary<int, DiagramPoint> tops = [];
        int y = Margin;
        for (int layer = 0; layer < rows.Count; layer++)
        {
            foreach (int place in rows[layer])
                tops[place] = new DiagramPoint(lefts[place], place < 0 ? y : y + ((heights[layer] - boxes[place].Height) / 2));
            y += heights[layer] + LayerGap;
        }

        DiagramBox[] placed = [.. boxes.Select((box, i) => box with { X = tops[i].X, Y = tops[i].Y })];
        return new DiagramLayout(
            placed.ToEquatable(),
            edges.Select((edge, i) => new DiagramEdge(edge.From, edge.To, edge.IsDashed, Points(ways[i]).ToEquatable())).ToEquatable(),
            width,
            y - LayerGap + Margin);

        IEnumerable<DiagramPoint> Points(List<int> way)
        {
            DiagramBox first = placed[way[0]], last = placed[way[way.Count - 1]];
            yield return new DiagramPoint(first.X + (first.Width / 2), first.Y + first.Height);
            foreach (int lane in way.Where(place => place < 0))
            {
                int layer = rows.FindIndex(row => row.Contains(lane));
                yield return new DiagramPoint(tops[lane].X + (Lane / 2), tops[lane].Y);
                yield return new DiagramPoint(tops[lane].X + (Lane / 2), tops[lane].Y + heights[layer]);
            }

            yield return new DiagramPoint(last.X + (last.Width / 2), last.Y);
        }
    }

    /// <summary>
    /// Where each place begins: as near as there is room to the middle of what it is joined to, so that arrows are straight where they can be. Layers are gone through from
    /// the top and from the bottom by turns.
    /// </summary>
    private static Dictionary<int, int> Across(List<List<int>> rows, List<List<int>> ways, Func<int, int> widthOf)
    {
        ILookup<int, int> joined = ways.SelectMany(way => way.Skip(1).SelectMany((place, i) => (IEnumerable<(int, int)>)[(place, way[i]), (way[i], place)])).ToLookup(pair => pair.Item1, pair => pair.Item2);
        Dictionary<int, int> layerOf = rows.SelectMany((row, layer) => row.Select(place => (place, layer))).ToDictionary(one => one.place, one => one.layer);
        Dictionary<int, int> lefts = [];
        foreach (List<int> row in rows)
        {
            int x = 0;
            foreach (int place in row)
            {
                lefts[place] = x;
                x += widthOf(place) + Gap;
            }
        }

        for (int round = 0; round < 6; round++)
        {
            int step = round % 2 == 0 ? 1 : -1;
            for (int layer = step > 0 ? 1 : rows.Count - 2; layer >= 0 && layer < rows.Count; layer += step)
                Place(rows[layer], layer - step);
        }

        int least = rows.Min(row => lefts[row[0]]);
        return lefts.ToDictionary(one => one.Key, one => one.Value - least + Margin);

        // The mean of pushing those without room to the right, and to the left: both have room, so it has.
        void Place(List<int> row, int by)
        {
            int[] wanted = [.. row.Select(place =>
            {
                int[] middles = [.. joined[place].Where(other => layerOf[other] == by).Select(other => lefts[other] + (widthOf(other) / 2))];
                return middles.Length == 0 ? lefts[place] : (middles.Sum() / middles.Length) - (widthOf(place) / 2);
            })];
            int[] right = [.. wanted], left = [.. wanted];
            for (int i = 1; i < row.Count; i++)
                right[i] = Math.Max(right[i], right[i - 1] + widthOf(row[i - 1]) + Gap);
            for (int i = row.Count - 2; i >= 0; i--)
                left[i] = Math.Min(left[i], left[i + 1] - widthOf(row[i]) - Gap);
            for (int i = 0; i < row.Count; i++)
                lefts[row[i]] = (left[i] + right[i]) >> 1;
        }
    }

    private static (List<DiagramBox> Boxes, List<(int From, int To, bool IsDashed)> Edges) Graph(PlanSheet plan)
    {
        List<DiagramBox> boxes = [];
        List<(int, int, bool)> edges = [];
        foreach (OperatorSheet one in plan.Operators)
        {
            string style = one.Kind is "source" or "watermark" ? one.Kind : one.State.Count > 0 ? "state" : "step";
            boxes.Add(Box(one.Name, PlanWords.Brief(one, LineLength * MostLines).SelectMany(Wrapped), PlanWords.Kept(one).SelectMany(Wrapped), style));
        }

        foreach (InputSheet table in plan.Inputs.Where(input => input.IsTable))
        {
            int[] readers = [.. Enumerable.Range(0, plan.Operators.Count).Where(number => plan.Operators[number].Input == table.Name)];
            edges.AddRange(readers.Select(reader => (boxes.Count, reader, true)));
            boxes.Add(Box(table.Name, ["table of " + table.Record], [], "table"));
        }

        for (int number = 0; number < plan.Operators.Count; number++)
            edges.AddRange(plan.Operators[number].Inputs.Select(input => (input, number, false)));
        foreach (OutputSheet output in plan.Outputs)
        {
            edges.Add((output.Operator, boxes.Count, false));
            boxes.Add(Box(output.Name, ["writes " + output.Record], [], "output"));
        }

        return (boxes, edges);
    }

    private static DiagramBox Box(string title, IEnumerable<string> lines, IEnumerable<string> kept, string style)
    {
        DiagramBox box = new(title, lines.ToEquatable(), kept.ToEquatable(), style);
        int widest = box.Lines.Concat(box.Kept).Select(WidthOf).Concat([WidthOf(title) * 5 / 4]).Max() / 10;
        return box with { Width = widest + (2 * Padding), Height = ((box.Lines.Count + box.Kept.Count + 1) * LineHeight) + Padding };
    }

    /// <summary>The lines of a text, broken between words; those after the first stand further in.</summary>
    private static IEnumerable<string> Wrapped(string text)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Trim().Length > 0 && line.Length + 1 + word.Length > LineLength)
            {
                yield return line;
                line = "    ";
            }

            line += (line.Trim().Length == 0 ? "" : " ") + PlanWords.Cut(word, LineLength - 4);
        }

        yield return line;
    }

    /// <summary>How wide a line is at most in the usual fonts without serifs, in tenths of a pixel.</summary>
    private static int WidthOf(string line) => line.Sum(letter => letter switch
    {
        ' ' or '.' or ',' or ':' or ';' or '\'' or '!' or '|' or 'i' or 'j' or 'l' or 'I' => 40,
        'f' or 'r' or 't' or '(' or ')' or '[' or ']' or '{' or '}' or '-' or '/' or '"' => 50,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or >= '\u2e80' => 120,
        '=' or '<' or '>' or '+' or '&' or '…' or (>= 'A' and <= 'Z') => 96,
        _ => 76,
    });

    /// <summary>The layer of each box: below all that it reads; and what only one box reads, right above it.</summary>
    private static int[] Layers(int count, List<(int From, int To, bool IsDashed)> edges)
    {
        int[] layers = new int[count];
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach ((int from, int to, _) in edges.Where(edge => layers[edge.To] <= layers[edge.From]))
            {
                layers[to] = layers[from] + 1;
                moved = true;
            }
        }

        foreach (int table in edges.Where(edge => edge.IsDashed).Select(edge => edge.From).Distinct())
            layers[table] = edges.Where(edge => edge.From == table).Min(edge => layers[edge.To]) - 1;
        int top = layers.Min();
        return top < 0 ? [.. layers.Select(layer => layer - top)] : layers;
    }

    /// <summary>Orders each layer by where what it is joined to lies, down and up a few times, so that arrows cross less.</summary>
    private static void Order(List<List<int>> rows, List<List<int>> ways)
    {
        ILookup<int, int> above = ways.SelectMany(way => way.Skip(1).Select((place, i) => (place, From: way[i]))).ToLookup(pair => pair.place, pair => pair.From);
        ILookup<int, int> below = ways.SelectMany(way => way.Skip(1).Select((place, i) => (place, From: way[i]))).ToLookup(pair => pair.From, pair => pair.place);
        for (int round = 0; round < 4; round++)
        {
            for (int layer = 1; layer < rows.Count; layer++)
                Sort(layer, layer - 1, above);
            for (int layer = rows.Count - 2; layer >= 0; layer--)
                Sort(layer, layer + 1, below);
        }

        void Sort(int layer, int by, ILookup<int, int> joined)
        {
            // A thousandth of a place is exact enough, and the same everywhere.
            List<int> row = rows[layer];
            rows[layer] = [.. row.Select((place, at) => (place, at)).OrderBy(one => Middle(one.place) ?? one.at * 1000 * Math.Max(1, rows[by].Count) / row.Count).ThenBy(one => one.at).Select(one => one.place)];

            int? Middle(int place)
            {
                int[] places = [.. joined[place].Select(other => rows[by].IndexOf(other)).Where(index => index >= 0)];
                return places.Length == 0 ? null : places.Sum() * 1000 / places.Length;
            }
        }
    }
}
