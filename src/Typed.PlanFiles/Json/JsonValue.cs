namespace Typed.PlanFiles;

/// <summary>A value of JSON, as far as plans need it. A build task can bring no library along without taking part in the versions of its host, so it is our own.</summary>
internal abstract class JsonValue
{
    /// <summary>A string.</summary>
    internal sealed class Text(string value) : JsonValue
    {
        public string Value { get; } = value;
    }

    /// <summary>A whole number.</summary>
    internal sealed class Number(long value) : JsonValue
    {
        public long Value { get; } = value;
    }

    /// <summary>True or false.</summary>
    internal sealed class Flag(bool value) : JsonValue
    {
        public bool Value { get; } = value;
    }

    /// <summary>Null.</summary>
    internal sealed class Nothing : JsonValue;

    /// <summary>An array.</summary>
    internal sealed class List(IReadOnlyList<JsonValue> items) : JsonValue
    {
        public IReadOnlyList<JsonValue> Items { get; } = items;
    }

    /// <summary>An object, with its members in order.</summary>
    internal sealed class Object(IReadOnlyList<(string Name, JsonValue Value)> members) : JsonValue
    {
        public IReadOnlyList<(string Name, JsonValue Value)> Members { get; } = members;

        /// <summary>The member of a name; null for none.</summary>
        public JsonValue? this[string name] => Members.FirstOrDefault(member => member.Name == name).Value;
    }
}
