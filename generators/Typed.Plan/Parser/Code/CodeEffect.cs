using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Something that code does besides computing a value of its arguments.</summary>
/// <param name="Rule">Which of the rules on code it breaks.</param>
/// <param name="What">The member of .NET, or the field.</param>
/// <param name="WayOut">What to do instead.</param>
internal sealed record CodeEffect(DiagnosticRule Rule, string What, string WayOut)
{
    private const string UseTable = "Join the stream with a Table<T> of what is looked up, or read it before the query starts.";
    private const string UseSink = "Write a row to a sink for it; Observe and the listener of a query tell what it does.";

    /// <summary>What grows in a collection that all rows share. A dictionary is left out: it serves as a cache of computed values.</summary>
    private static readonly HashSet<string> Changes =
        ["Add", "AddRange", "Remove", "RemoveAt", "Clear", "Insert", "Enqueue", "Dequeue", "TryDequeue", "Push", "Pop", "TryPop", "UnionWith", "ExceptWith"];

    /// <summary>The members of Environment that differ between processes.</summary>
    private static readonly HashSet<string> OfProcess =
        ["TickCount", "TickCount64", "MachineName", "ProcessId", "CurrentManagedThreadId", "GetEnvironmentVariable", "UserName", "StackTrace"];

    /// <summary>What an operation itself does; null for nothing of the kind.</summary>
    public static CodeEffect? Of(IOperation operation) => operation switch
    {
        IInvocationOperation { Instance: IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } } change when IsChanged(field, change.TargetMethod) => OfField(field),
        IInvocationOperation call => OfMember(call.TargetMethod, call.TargetMethod.ContainingType),
        IPropertyReferenceOperation reference => OfMember(reference.Property, reference.Property.ContainingType) ?? OfProperty(reference.Property),
        IObjectCreationOperation { Type: INamedTypeSymbol type } creation => OfCreation(type, creation.Arguments.Length),
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: false, IsConst: false } field } when IsUsers(field) && !IsOfThread(field) && operation.Parent is not INameOfOperation => OfField(field),
        _ => null,
    };

    /// <summary>What calling a member of .NET does.</summary>
    public static CodeEffect? OfMember(ISymbol member, INamedTypeSymbol? type)
    {
        if (type is null || IsUsers(member))
            return null;
        string what = type.Name + "." + member.Name;
        if (ClockWayOut(type, member.Name) is { } clock)
            return new CodeEffect(CodeDiagnostics.Clock, what, clock);
        return (SpaceOf(type), type.Name, member.Name) switch
        {
            ("System.Threading", "Thread", "Sleep" or "Join") => new CodeEffect(CodeDiagnostics.Blocking, what, "Leave the waiting out: a query waits for rows by itself."),
            ("System.Threading.Tasks", "Task" or "ValueTask", "Result" or "Wait" or "WaitAll" or "WaitAny") => new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            ("System.Runtime.CompilerServices", "TaskAwaiter" or "ValueTaskAwaiter", "GetResult") => new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            ("System", "Console", "Read" or "ReadLine" or "ReadKey") => new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            ("System", "Console", "Write" or "WriteLine" or "Out" or "Error") => new CodeEffect(CodeDiagnostics.Effect, what, UseSink),
            ("System", "Environment", "Exit" or "FailFast" or "SetEnvironmentVariable") => new CodeEffect(CodeDiagnostics.Effect, what, "Stop the query from outside, or let the batch fail with an exception."),
            ("System.IO", "File" or "Directory", var name) => IsWrite(name) ? new CodeEffect(CodeDiagnostics.Effect, what, UseSink) : new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            ("System.Net.Http" or "System.Net.Sockets" or "System.Net", "HttpClient" or "Socket" or "TcpClient" or "UdpClient" or "Dns" or "WebClient" or "HttpClientJsonExtensions", _) =>
                new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            ("System.Diagnostics", "Process", "Start") => new CodeEffect(CodeDiagnostics.Effect, what, UseSink),
            ("System.Net.Mail", "SmtpClient", _) => new CodeEffect(CodeDiagnostics.Effect, what, UseSink),
            (_, _, "ExecuteNonQuery") when IsDatabase(type) => new CodeEffect(CodeDiagnostics.Effect, what, UseSink),
            (_, _, "Open" or "ExecuteReader" or "ExecuteScalar" or "Read") when IsDatabase(type) => new CodeEffect(CodeDiagnostics.Blocking, what, UseTable),
            _ => null,
        };
    }

    private static CodeEffect? OfCreation(INamedTypeSymbol type, int arguments) => (SpaceOf(type), type.Name) switch
    {
        ("System", "Random") when arguments == 0 => new CodeEffect(CodeDiagnostics.Clock, "new Random()", "Choose by a value of the row, such as its hash, or give it a seed."),
        ("System.IO", "FileStream" or "StreamReader" or "StreamWriter") => new CodeEffect(CodeDiagnostics.Blocking, "new " + type.Name, UseTable),
        _ => null,
    };

    private static CodeEffect? OfProperty(IPropertySymbol property) =>
        property is { IsStatic: true, SetMethod.IsInitOnly: false } && IsUsers(property)
            ? new CodeEffect(CodeDiagnostics.Shared, $"{property.ContainingType.Name}.{property.Name}", SharedWayOut)
            : null;

    private static CodeEffect OfField(IFieldSymbol field) => new(CodeDiagnostics.Shared, $"{field.ContainingType.Name}.{field.Name}", SharedWayOut);

    private const string SharedWayOut = "Keep it in a processor as [State], hand it in as an init property, or make it a constant.";

    private static string? ClockWayOut(INamedTypeSymbol type, string name) => (SpaceOf(type), type.Name, name) switch
    {
        ("System", "DateTime" or "DateTimeOffset", "Now" or "UtcNow" or "Today") => "Take the time of the row, or the clock of the batch: Batch.Now in a lambda, ctx.Now in a processor.",
        ("System", "TimeProvider", "System" or "GetUtcNow" or "GetLocalNow") => "Take the time of the row, or the clock of the batch: Batch.Now in a lambda, ctx.Now in a processor.",
        ("System", "Guid", "NewGuid" or "CreateVersion7") => "Make an identity from the values of the row.",
        ("System", "Random", "Shared") => "Choose by a value of the row, such as its hash.",
        ("System.Security.Cryptography", "RandomNumberGenerator", _) => "Choose by a value of the row, such as its hash.",
        ("System", "Environment", _) when OfProcess.Contains(name) => "Read it outside and hand it in as a { get; init; } property.",
        ("System", "HashCode", "Combine" or "ToHashCode") => "It gives other numbers in each process. Combine the values yourself.",
        ("System", "String", "GetHashCode") => "It gives other numbers in each process. Compute a hash of the characters yourself.",
        _ => null,
    };

    private static bool IsChanged(IFieldSymbol field, IMethodSymbol method) =>
        Changes.Contains(method.Name) && IsUsers(field) && method.ContainingType.AllInterfaces.Any(one => one.Name is "IEnumerable")
        && !method.ContainingType.AllInterfaces.Any(one => one.Name is "IDictionary");

    private static bool IsOfThread(IFieldSymbol field) => field.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    private static bool IsWrite(string name) =>
        name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Append", StringComparison.Ordinal) || name.StartsWith("Create", StringComparison.Ordinal)
        || name is "Delete" or "Move" or "Copy" or "Replace" or "OpenWrite";

    private static bool IsDatabase(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? one = type; one is not null; one = one.BaseType)
        {
            if (one.Name is "DbConnection" or "DbCommand" or "DbDataReader" || one.Name is "IDbConnection" or "IDbCommand" or "IDataReader")
                return SpaceOf(one) is "System.Data.Common" or "System.Data";
        }

        return false;
    }

    private static string SpaceOf(INamedTypeSymbol type) => type.ContainingNamespace?.ToDisplayString() ?? "";

    // Of the user's own code, not of .NET and not of this library.
    private static bool IsUsers(ISymbol symbol) =>
        symbol.Locations.Any(place => place.IsInSource)
        || symbol.ContainingAssembly?.Name is { } name
            && !(name is "Typed" or "mscorlib" or "netstandard" || name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft", StringComparison.Ordinal));
}
