namespace Typed.Tests.TableJoin;

public enum Tier
{
    Basic,
    Gold,
}

[StreamRecord]
public readonly partial record struct Order(
    int Id, string? Customer, [Precision(10, 2)] decimal? Price, Tier? Level, double? Weight, DateTimeOffset Time, Guid? Token, int Quantity);

[StreamRecord]
public readonly partial record struct Client(
    string? Name, [Precision(12, 4)] decimal? Price, Tier? Level, double? Weight, DateTimeOffset? Since, Guid? Token, long Most, string? City);

[StreamRecord]
public readonly partial record struct Joined(int Id, string? City, long? Most);

[Pipeline(OutputMode.Append)]
public sealed partial class JoinByText
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .Join(clients, on: (o, c) => o.Customer == c.Name, select: (o, c) => new Joined(o.Id, c.City, c.Most));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LeftJoinByText
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .LeftJoin(clients, on: (o, c) => o.Customer == c.Name, select: (o, c) => new Joined(o.Id, c == null ? "none" : c.Value.City, c?.Most));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LeftJoinByAll
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .LeftJoin(
            clients,
            on: (o, c) => o.Price == c.Price && o.Level == c.Level && NullSafe.Equal(o.Weight, c.Weight) && NullSafe.Equal(o.Customer, c.Name) && o.Token == c.Token,
            select: (o, c) => new Joined(o.Id, c?.City, c?.Most));
}

[Pipeline(OutputMode.Append)]
public sealed partial class SemiJoinWithResidual
{
    public int Least { get; init; } = 2;

    public Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .SemiJoin(clients, on: (o, c) => o.Customer == c.Name && o.Quantity <= c.Most && o.Quantity >= Least && c.City != "hidden")
        .Select(o => new Joined(o.Id, null, null));
}

[Pipeline(OutputMode.Append)]
public sealed partial class AntiJoinWithResidual
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .AntiJoin(clients, on: (o, c) => o.Customer == c.Name && o.Time >= c.Since)
        .Select(o => new Joined(o.Id, null, null));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EveryPair
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients) => orders
        .LeftJoin(clients, on: (o, c) => o.Quantity > c.Most, select: (o, c) => new Joined(o.Id, c?.City, c?.Most));
}

[Pipeline(OutputMode.Append)]
public sealed partial class TwoTables
{
    public static Stream<Joined> Define(Stream<Order> orders, Table<Client> clients, Table<Client> others) => orders
        .Join(clients, on: (o, c) => o.Customer == c.Name, select: (o, c) => new { o.Id, Client = c })
        .LeftJoin(others, on: (p, c) => p.Client.City == c.City, select: (p, c) => new Joined(p.Id, p.Client.City, c?.Most));
}
