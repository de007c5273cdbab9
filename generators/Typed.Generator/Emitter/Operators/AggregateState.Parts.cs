using System.Globalization;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <content>What the accumulator has, and what is made of it.</content>
internal sealed partial class AggregateState
{
    /// <summary>A field of the accumulator and the statements that work on it.</summary>
    internal sealed class Part(string name, string type)
    {
        public string Name { get; } = name;

        public string Type { get; } = type;

        /// <summary>What it is made of, beside rows; null for rows alone.</summary>
        public string? Of { get; init; }

        /// <summary>The column without whose value a row is passed over; null for none.</summary>
        public AggregateColumn? Column { get; init; }

        /// <summary>The value for a group without rows, if it is not the default.</summary>
        public string? Start { get; init; }

        public string? Add { get; init; }

        public string? Merge { get; init; }

        /// <summary>Moves what the field points to; null if it points to nothing.</summary>
        public string? Own { get; init; }

        public string? Save { get; init; }

        public string? Load { get; init; }

        /// <summary>What it is, without the places of columns: they move when a query reads more or less of its input, and the state stays what it is.</summary>
        public string Schema => $"{Word}{(Of is null ? "" : $"({Of})")} {Type.Replace(AggregateColumn.Operators, "")}".Replace("global::", "");

        /// <summary>What is written of it; null for what is the C# type's own.</summary>
        public string? Layout { get; init; }

        /// <summary>Its name in what is said of the state: with that of its column in place of the column's number.</summary>
        public string Shown => Column is not null && Name == Word + Column.Ordinal.ToString(CultureInfo.InvariantCulture) ? $"{Word}.{Column.Name}" : Name;

        /// <summary>The first word of its name.</summary>
        private string Word => Name.Substring(0, Name.TakeWhile(char.IsLetter).Count());
    }

    /// <summary>An output column.</summary>
    internal sealed class Result(TypeSpec type, string value)
    {
        public TypeSpec Type { get; } = type;

        /// <summary>The value: in the storage of the column, a UTF-8 view, or a cell of a list.</summary>
        public string Value { get; } = value;

        /// <summary>When it is null; null for never.</summary>
        public string? IsNull { get; init; }

        /// <summary>The type of the elements of a list.</summary>
        public TypeSpec? Element { get; init; }

        public bool SortFirst { get; init; }

        /// <summary>Whether the value is a .NET value, of a user's aggregate.</summary>
        public bool IsManaged { get; init; }
    }
}
