using System.Globalization;
using System.Text;

namespace Typed.PlanFiles;

/// <summary>Reads what <see cref="JsonWriter"/> writes.</summary>
internal ref struct JsonReader
{
    private readonly string _text;
    private int _at;

    private JsonReader(string text) => _text = text;

    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static JsonValue Read(string text)
    {
        JsonReader reader = new(text);
        JsonValue value = reader.Value();
        reader.Space();
        return reader._at == text.Length ? value : throw reader.Wrong();
    }

    private JsonValue Value()
    {
        Space();
        switch (Peek())
        {
            case '{':
                return Object();
            case '[':
                return List();
            case '"':
                return new JsonValue.Text(Text());
            case 't':
                Word("true");
                return new JsonValue.Flag(true);
            case 'f':
                Word("false");
                return new JsonValue.Flag(false);
            case 'n':
                Word("null");
                return new JsonValue.Nothing();
            default:
                return Number();
        }
    }

    private JsonValue.Object Object()
    {
        List<(string, JsonValue)> members = [];
        _at++;
        while (More('}', members.Count == 0))
        {
            Space();
            string name = Text();
            Space();
            Expect(':');
            members.Add((name, Value()));
        }

        return new JsonValue.Object(members);
    }

    private JsonValue.List List()
    {
        List<JsonValue> items = [];
        _at++;
        while (More(']', items.Count == 0))
            items.Add(Value());
        return new JsonValue.List(items);
    }

    /// <summary>Goes over a comma to the next element, or over the end.</summary>
    private bool More(char end, bool first)
    {
        Space();
        if (Peek() == end)
        {
            _at++;
            return false;
        }

        if (!first)
            Expect(',');
        return true;
    }

    private JsonValue.Number Number()
    {
        int begin = _at;
        while (_at < _text.Length && (char.IsDigit(_text[_at]) || _text[_at] == '-'))
            _at++;
        return long.TryParse(_text.Substring(begin, _at - begin), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? new JsonValue.Number(number) : throw Wrong();
    }

    private string Text()
    {
        Expect('"');
        StringBuilder text = new();
        while (Peek() != '"')
        {
            char one = _text[_at++];
            if (one != '\\')
            {
                text.Append(one);
                continue;
            }

            char escaped = Peek();
            _at++;
            text.Append(escaped switch
            {
                'n' => '\n',
                't' => '\t',
                'u' => Unit(),
                _ => escaped,
            });
        }

        _at++;
        return text.ToString();
    }

    private char Unit()
    {
        if (_at + 4 > _text.Length || !ushort.TryParse(_text.Substring(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            throw Wrong();
        _at += 4;
        return (char)unit;
    }

    private void Word(string word)
    {
        foreach (char one in word)
            Expect(one);
    }

    private void Expect(char one)
    {
        if (Peek() != one)
            throw Wrong();
        _at++;
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : throw Wrong();

    private void Space()
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\n' or '\r' or '\t'))
            _at++;
    }

    private readonly FormatException Wrong() => new($"This is no JSON at character {_at.ToString(CultureInfo.InvariantCulture)}.");
}
