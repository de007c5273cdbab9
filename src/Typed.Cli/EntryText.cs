using System.Globalization;
using System.Text.Json;
using Typed.State;

namespace Typed.Cli;

/// <summary>Values of stored state as text and as JSON.</summary>
internal static class EntryText
{
    /// <summary>A value on a line.</summary>
    internal static string Text(StateType type, object? value) => value switch
    {
        null => "null",
        string text => text,
        bool truth => truth ? "true" : "false",
        byte[] bytes => "0x" + Convert.ToHexStringLower(bytes),
        object?[] values when Inner(type) is { Kind: StateTypeKind.List } list => $"[{string.Join(", ", values.Select(each => Text(list.Element!, each)))}]",
        object?[] values => $"{{{string.Join(", ", Inner(type).Fields.Select((field, i) => $"{field.Name} {Text(field.Type, values[i])}"))}}}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>Writes the fields of a key or a value as an object.</summary>
    internal static void Write(Utf8JsonWriter json, string name, IReadOnlyList<StateField> fields, object?[] values)
    {
        json.WriteStartObject(name);
        WriteFields(json, fields, values);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<StateField> fields, object?[] values)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            json.WritePropertyName(fields[i].Name);
            Write(json, fields[i].Type, values[i]);
        }
    }

    private static void Write(Utf8JsonWriter json, StateType type, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case float or double when !double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                json.WriteStringValue(Text(type, value));
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or decimal or float or double or StateDecimal:
                json.WriteRawValue(Text(type, value));
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case StateWindow window:
                json.WriteStartObject();
                json.WriteString("Start", new StateInstant(window.Start).ToString());
                json.WriteString("End", new StateInstant(window.End).ToString());
                json.WriteEndObject();
                break;
            case object?[] values when Inner(type) is { Kind: StateTypeKind.List } list:
                json.WriteStartArray();
                foreach (object? each in values)
                    Write(json, list.Element!, each);
                json.WriteEndArray();
                break;
            case object?[] values:
                json.WriteStartObject();
                WriteFields(json, Inner(type).Fields, values);
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(Text(type, value));
                break;
        }
    }

    // What is wrapped for its null or its length.
    private static StateType Inner(StateType type)
    {
        while (type.Kind is not StateTypeKind.List && type.Element is { } element)
            type = element;
        return type;
    }
}
