namespace Typed.Tests.Expressions;

/// <summary>Random expressions as C# text, by the type of their value. All of them compile; many fail for some rows, as C# does too.</summary>
internal sealed class RandomExpressions(int seed)
{
    /// <summary>The types that a lambda of the test gives.</summary>
    public static readonly string[] Results =
    [
        "int", "int?", "long", "long?", "double", "double?", "decimal", "decimal?", "bool", "bool?", "string", "string?",
        "DateTimeOffset", "DateTimeOffset?", "TimeSpan", "DateOnly", "Color", "Color?", "float", "byte", "ulong", "Place", "Place?",
    ];

    private readonly Random _random = new(seed);

    /// <summary>An expression of a type.</summary>
    public string Of(string type, int depth) => depth <= 0 ? Leaf(type) : $"({Tree(type, depth)})";

    private string Tree(string type, int depth)
    {
        string Next(string other) => Of(other, depth - 1);
        int kind = _random.Next(10);
        if (kind == 0)
            return Leaf(type);
        if (kind == 1)
            return $"({Next("bool")} ? {Next(type)} : {Next(type)})";
        if (kind == 2 && !type.EndsWith('?'))
            return type is "byte" ? Leaf(type) : $"({Next(type + "?")} ?? {Next(type)})";
        if (kind == 3)
            return Switch(type, depth - 1);
        return type switch
        {
            "int" => Pick(
                () => Arithmetic("int", depth), () => Arithmetic("int", depth), () => $"{Next("string")}.Length", () => $"Math.Sign({Next("decimal")})", () => $"Math.Max({Next("int")}, {Next("int")})",
                () => $"{Next("string")}.IndexOf({Next("string")}, StringComparison.Ordinal)", () => $"Math.Sign(string.CompareOrdinal({Next("string?")}, {Next("string?")}))", () => $"unchecked((int){Next("long")})",
                () => $"checked((int){Next("double")})", () => $"{Next("DateTimeOffset")}.Hour", () => $"((int){Next("Color")})", () => $"r.Numbers.Count", () => $"r.Numbers[{Next("int")} & 1]", () => $"(-{Next("int")})",
                () => $"(~{Next("int")})", () => $"({Next("int?")} ?? 3)", () => $"{Next("int?")}.GetValueOrDefault()", () => $"({Next("int")} << {Next("int")})", () => $"({Next("int")} >>> 3)", () => $"{Known("Place", depth)}.City.Length"),
            "int?" => Pick(
                () => Arithmetic("int?", depth), () => Arithmetic("int?", depth), () => $"({Next("string?")} is {{ }} text{Name()} ? (int?)text{_name}.Length : null)", () => $"{Known("Place?", depth)}?.Zip", () => $"(int?){Next("int")}",
                () => $"unchecked((int?){Next("long?")})", () => $"checked((int?){Next("double?")})", () => $"(-{Next("int?")})", () => $"{Next("DateTimeOffset?")}?.Minute", () => $"({Next("string?")})?.Length", () => $"Parse.Int32OrNull({Next("string?")})", () => $"{Known("Place", depth)}.Zip"),
            "long" => Pick(() => Arithmetic("long", depth), () => $"(long){Next("int")}", () => $"{Next("TimeSpan")}.Ticks", () => $"checked((long){Next("decimal")})", () => $"({Next("int")} * {Next("long")})", () => $"({Next("long")} ^ {Next("int")})"),
            "long?" => Pick(() => Arithmetic("long?", depth), () => $"(long?){Next("int?")}", () => $"({Next("int?")} + {Next("long?")})"),
            "double" => Pick(() => Arithmetic("double", depth), () => $"(double){Next("int")}", () => $"Math.Sqrt({Next("double")})", () => $"{Next("TimeSpan")}.TotalMinutes", () => $"(-{Next("double")})", () => $"(double){Next("decimal")}", () => $"Math.Round({Next("double")}, 2)", () => $"(r.Place.Spot?.X ?? {Next("double")})"),
            "double?" => Pick(() => Arithmetic("double?", depth), () => $"(double?){Next("int?")}", () => $"{Known("Place?", depth)}?.Spot?.Y", () => $"Parse.DoubleOrNull({Next("string?")})"),
            "float" => Pick(() => Arithmetic("float", depth), () => $"(float){Next("double")}"),
            "byte" => Pick(() => $"unchecked((byte){Next("int")})", () => $"checked((byte){Next("int")})"),
            "ulong" => Pick(() => Arithmetic("ulong", depth), () => $"unchecked((ulong){Next("long")})"),
            "decimal" => Pick(() => $"({Next("decimal")} + {Next("decimal")})", () => $"({Next("decimal")} - {Next("int")})", () => $"(decimal){Next("int")}", () => $"Math.Round({Next("decimal")}, 1)", () => $"(-{Next("decimal")})", () => $"Math.Min({Next("decimal")}, {Next("decimal")})"),
            "decimal?" => Pick(() => $"({Next("decimal?")} - {Next("decimal?")})", () => $"(decimal?){Next("int?")}", () => $"({Next("decimal?")} + {Next("decimal")})"),
            "bool" => Pick(
                () => Comparison(depth), () => Comparison(depth), () => Comparison(depth), () => $"({Next("bool")} && {Next("bool")})", () => $"({Next("bool")} || {Next("bool")})", () => $"!{Next("bool")}", () => $"({Next("bool")} ^ {Next("bool")})",
                () => $"({Next("bool")} & {Next("bool")})", () => $"({Next("bool?")} == true)", () => $"({Next("bool?")} ?? {Next("bool")})", () => $"({Next("string?")} is null)", () => $"({Next("int?")} != null)", () => $"{Next("string")}.StartsWith({Next("string")}, StringComparison.Ordinal)",
                () => $"{Next("string")}.EndsWith('{Letter()}')", () => $"{Next("string")}.Contains({Next("string")})", () => $"string.IsNullOrWhiteSpace({Next("string?")})", () => $"r.Numbers.Any(n{Name()} => n{_name} > {Next("int")})", () => $"r.Words.Contains({Next("string?")})", () => $"((int){Next("int")} is > 0 and < 50 or -1)",
                () => $"({Known("Place?", depth)} is {{ Zip: > 0 }})", () => $"r.Map.ContainsKey({Next("string")})", () => $"string.Equals({Next("string?")}, {Next("string?")}, StringComparison.OrdinalIgnoreCase)", () => $"({Known("Place", depth)} == {Known("Place", depth)})", () => $"NullSafe.Equal({Next("double?")}, {Next("double?")})"),
            "bool?" => Pick(() => $"({Next("bool?")} & {Next("bool?")})", () => $"({Next("bool?")} | {Next("bool?")})", () => $"!{Next("bool?")}", () => $"(bool?){Next("bool")}", () => $"({Next("bool?")} ^ {Next("bool")})"),
            "string" => Pick(
                () => $"({Next("string?")} + {Next("string?")})", () => $"{Next("string")}.ToUpperInvariant()", () => $"{Next("string")}.Trim()", () => $"{Next("string")}.Replace(\"a\", {Next("string?")})", () => $"{Next("string")}.Substring({Next("int")} & 3)", () => $"$\"{{{Next("int")}}}-{{{Next("string?")}}}-{{{Next("bool?")}}}\"",
                () => $"{Known("Place", depth)}.City", () => $"({Known("Place?", depth)}?.City ?? {Next("string")})", () => $"{Next("string")}.Split(',')[{Next("int")} & 1]", () => $"{Next("Color")}.ToString()", () => $"({Next("string")} + {Next("int")})", () => $"{Next("string")}.ToLowerInvariant()[..1]"),
            "string?" => Pick(() => $"{Known("Place?", depth)}?.City", () => Next("string"), () => $"({Next("string?")})?.TrimStart()", () => $"r.NMap?.GetValueOrDefault({Next("string")})"),
            "DateTimeOffset" => Pick(() => $"({Next("DateTimeOffset")} + {Next("TimeSpan")})", () => $"{Next("DateTimeOffset")}.AddDays({Next("int")} % 100)", () => $"({Next("DateTimeOffset")} - {Next("TimeSpan")})"),
            "DateTimeOffset?" => Pick(() => $"({Next("DateTimeOffset?")} + {Next("TimeSpan")})", () => $"(DateTimeOffset?){Next("DateTimeOffset")}"),
            "TimeSpan" => Pick(() => $"({Next("DateTimeOffset")} - {Next("DateTimeOffset")})", () => $"Minutes({Next("int")} % 1000)", () => $"({Next("TimeSpan")} + {Next("TimeSpan")})", () => $"TimeSpan.FromSeconds({Next("int")} % 1000)", () => $"{Next("DateTimeOffset")}.TimeOfDay"),
            "TimeSpan?" => Pick(() => $"(TimeSpan?){Next("TimeSpan")}", () => $"({Next("DateTimeOffset?")} - {Next("DateTimeOffset")})"),
            "DateOnly" => Pick(() => $"DateOnly.FromDateTime({Next("DateTimeOffset")}.UtcDateTime)", () => $"{Next("DateOnly")}.AddDays({Next("int")} % 1000)"),
            "DateOnly?" => $"(DateOnly?){Next("DateOnly")}",
            "Color" => Pick(() => $"unchecked((Color){Next("int")})", () => $"({Next("Color")} | {Next("Color")})", () => $"({Next("Color")} + 1)"),
            "Color?" => Pick(() => $"(Color?){Next("Color")}", () => $"({Next("Color?")} & {Next("Color")})"),
            "Place" => Pick(() => $"new Place({Next("string")}, {Next("int?")}, r.Place.Spot)", () => $"(r.Place with {{ Zip = {Next("int?")} }})", () => $"(({Next("bool")} ? {Next("Place")} : r.Place) with {{ City = {Next("string")} }})"),
            "Place?" => Pick(() => $"(Place?){Next("Place")}", () => $"({Next("bool")} ? r.NPlace : null)"),
            "float?" or "ulong?" or "byte?" => $"({type}){Next(type.TrimEnd('?'))}",
            _ => Leaf(type),
        };
    }

    // A row whose members are taken: what was made in the same expression is not computed where nobody reads it, and then cannot fail.
    private string Known(string type, int depth) =>
        _random.Next(2) == 0 ? Leaf(type) : $"Own.It({Of(type, depth - 1)})";

    private int _name;

    private int Name() => ++_name;

    private string Leaf(string type) => type switch
    {
        "int" => Pick(() => "r.I", () => "r.H", () => "r.B", () => "r.I2", () => $"Own.Of({_random.Next(-3, 60)})"),
        "int?" => Pick(() => "r.NI", () => "r.Place.Zip", () => "((int?)null)"),
        "long" => Pick(() => "r.L", () => "r.I"),
        "long?" => "r.NL",
        "double" => Pick(() => "r.D", () => "Own.Of(0.5)", () => "r.F"),
        "double?" => "r.ND",
        "float" => "r.F",
        "byte" => "r.B",
        "ulong" => "r.UL",
        "decimal" => Pick(() => "r.M", () => "Own.Of(1.25m)"),
        "decimal?" => "r.NM",
        "bool" => Pick(() => "r.O", () => "(r.I > 5)"),
        "bool?" => "r.NO",
        "string" => Pick(() => "r.S", () => $"\"{Letter()}\"", () => "\"ü,😀\"", () => "r.Place.City"),
        "string?" => Pick(() => "r.NS", () => "r.S", () => "((string?)null)"),
        "DateTimeOffset" => "r.T",
        "DateTimeOffset?" => "r.NT",
        "TimeSpan" => "r.Span",
        "TimeSpan?" => "((TimeSpan?)r.Span)",
        "DateOnly" => "r.Day",
        "DateOnly?" => "((DateOnly?)r.Day)",
        "Color" => Pick(() => "r.C", () => "Color.Green"),
        "Color?" => "r.NC",
        "Place" => "r.Place",
        "Place?" => "r.NPlace",
        _ => $"(({type})default)",
    };

    // One operand at least is no constant, so that the compiler computes nothing beforehand.
    private string Arithmetic(string type, int depth)
    {
        string left = Of(type, depth - 1);
        string right = _random.Next(3) == 0 ? Constant(type) : Of(type, depth - 1);
        string op = Pick(() => "+", () => "-", () => "*", () => "/", () => "%");
        if (right is "0" or "0L" or "0UL")
            op = "+";
        string text = $"({left} {op} {right})";
        return type is "int" or "long" or "int?" or "long?" or "ulong" ? $"{(_random.Next(2) == 0 ? "checked" : "unchecked")}{text}" : text;
    }

    private string Constant(string type) => type.TrimEnd('?') switch
    {
        "int" => Pick(() => "1", () => "7", () => "1000", () => "0"),
        "long" => Pick(() => "3L", () => "1000000L"),
        "ulong" => "2UL",
        "double" => Pick(() => "0.5", () => "0.0", () => "3.0"),
        _ => "2f",
    };

    private string Comparison(int depth)
    {
        string type = Pick(() => "int", () => "int?", () => "long", () => "double", () => "double?", () => "decimal", () => "decimal?", () => "DateTimeOffset", () => "DateTimeOffset?", () => "TimeSpan", () => "Color", () => "Color?", () => "string?");
        string op = type == "string?" ? Pick(() => "==", () => "!=") : Pick(() => "==", () => "!=", () => "<", () => "<=", () => ">", () => ">=");
        return $"({Of(type, depth - 1)} {op} {Of(type, depth - 1)})";
    }

    private string Switch(string type, int depth) => Pick(
        () => $"({Of("int?", depth)} switch {{ null => {Of(type, depth)}, < 0 => {Of(type, depth)}, 1 or 5 => {Of(type, depth)}, _ => {Of(type, depth)} }})",
        () => $"(({Of("bool", depth)}, {Of("bool?", depth)}) switch {{ (true, null) => {Of(type, depth)}, (false, true) => {Of(type, depth)}, _ => {Of(type, depth)} }})",
        () => $"({Of("string?", depth)} switch {{ null => {Of(type, depth)}, {{ Length: > 3 }} => {Of(type, depth)}, \"a\" => {Of(type, depth)}, _ => {Of(type, depth)} }})",
        () => $"({Of("Color", depth)} switch {{ Color.Red => {Of(type, depth)}, var c{Name()} when c{_name} > Color.Green => {Of(type, depth)}, _ => {Of(type, depth)} }})");

    private char Letter() => "aHzo,"[_random.Next(5)];

    private string Pick(params Func<string>[] ways) => ways[_random.Next(ways.Length)]();
}
