using System.Globalization;

namespace Typed.State;

/// <summary>Reads the text of a layout.</summary>
internal sealed class StateLayoutParser(string text)
{
    private int _at;

    /// <summary>Reads the line of a table.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    internal StateTable ReadTable()
    {
        int number = int.TryParse(Name(), NumberStyles.None, CultureInfo.InvariantCulture, out int read) ? read : throw Wrong("the number of a table");
        string name = Name();
        int id = Id();
        Expect(';');
        Word("time");
        StateTimeKind time = Enum.TryParse(Name(), ignoreCase: true, out StateTimeKind kind) ? kind : throw Wrong("a kind of time");
        StateSlices slices = time == StateTimeKind.Slice ? new StateSlices(Whole(), Whole(), Whole()) : default;
        Expect(';');
        Word("key");
        List<StateField> key = Fields();
        Expect(';');
        Word("value");
        List<StateField> value = Fields();
        return Skip() == '\0' ? new StateTable(number, name, time, key, value) { Id = id, Slices = slices } : throw Wrong("the end");
    }

    /// <summary>Reads fields.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    internal IReadOnlyList<StateField> ReadFields()
    {
        List<StateField> fields = Fields();
        return Skip() == '\0' ? fields : throw Wrong("the end");
    }

    /// <summary>Reads the type of a field.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    internal StateType ReadType()
    {
        StateType type = Type();
        return Skip() == '\0' ? type : throw Wrong("the end");
    }

    private List<StateField> Fields()
    {
        List<StateField> fields = [];
        if (Skip() is '\0' or ';' or ')')
            return fields;
        do
            fields.Add(Field());
        while (Take(','));
        return fields;
    }

    private StateField Field()
    {
        string name = Name();
        int id = Id();
        StateType type = Type();
        return new StateField(name, type) { Id = id, Default = Take('=') ? Name() : null };
    }

    private int Id()
    {
        if (_at >= text.Length || text[_at] != '#')
            return 0;
        _at++;
        int id = Number();
        return id > 0 ? id : throw Wrong("an id above 0");
    }

    private StateType Type()
    {
        string name = Name();
        if (name == "enum")
            return EnumType();
        if (Enum.TryParse(name, ignoreCase: true, out StateTypeKind kind) && name[0] is not (>= '0' and <= '9') && name == name.ToLowerInvariant())
        {
            StateType type = new(kind);
            switch (kind)
            {
                case StateTypeKind.Decimal or StateTypeKind.Raw or StateTypeKind.Sketch:
                    Expect('(');
                    type = type with { Number = Number() };
                    Expect(')');
                    break;
                case StateTypeKind.Record:
                    Expect('(');
                    type = type with { Fields = Fields() };
                    Expect(')');
                    break;
                case StateTypeKind.List or StateTypeKind.Sized or StateTypeKind.Null or StateTypeKind.NullAfter or StateTypeKind.Some or StateTypeKind.Flag:
                    Expect('(');
                    type = type with { Element = Type() };
                    Expect(')');
                    break;
            }

            return type;
        }

        throw Wrong($"a type that is known, instead of '{name}',");
    }

    private StateType EnumType()
    {
        Expect('(');
        StateType type = Type();
        StateTypeKind number = type.Kind;
        if (number is < StateTypeKind.Int8 or > StateTypeKind.UInt64 || type.HasMembers)
            throw Wrong("the whole number of an enum");
        List<StateMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Expect(',');
        do
        {
            string name = Name();
            if (!names.Add(name))
                throw Wrong($"another member than a second '{name}'");
            Expect('=');
            members.Add(new StateMember(name, number == StateTypeKind.UInt64 ? WholeUnsigned() : Whole()));
        }
        while (Take(','));
        Expect(')');
        return StateType.Enum(number, members);
    }

    private int Number() => int.TryParse(Name(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Wrong("a number");

    private long Whole()
    {
        string sign = Take('-') ? "-" : "";
        return long.TryParse(sign + Name(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong("a number");
    }

    private long WholeUnsigned() => ulong.TryParse(Name(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? unchecked((long)number) : throw Wrong("a number");

    private string Name()
    {
        if (Skip() == '"')
        {
            System.Text.StringBuilder quoted = new();
            for (_at++; _at < text.Length && text[_at] != '"'; _at++)
            {
                bool isEscaped = text[_at] == '\\' && _at + 1 < text.Length;
                if (isEscaped)
                    _at++;
                quoted.Append(isEscaped && text[_at] == 'n' ? '\n' : text[_at]);
            }

            Expect('"');
            return quoted.ToString();
        }

        int start = _at;
        while (_at < text.Length && StateField.IsPlain(text[_at]))
            _at++;
        return _at > start ? text.Substring(start, _at - start) : throw Wrong("a name");
    }

    private void Word(string word)
    {
        if (Name() != word)
            throw Wrong($"'{word}'");
    }

    private void Expect(char one)
    {
        if (!Take(one))
            throw Wrong($"'{one}'");
    }

    private bool Take(char one)
    {
        if (Skip() != one)
            return false;
        _at++;
        return true;
    }

    private char Skip()
    {
        while (_at < text.Length && text[_at] == ' ')
            _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    private InvalidDataException Wrong(string expected) => new($"the layout of state '{text}' should have {expected} at character {_at}");
}
