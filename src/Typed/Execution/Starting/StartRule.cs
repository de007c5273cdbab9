using System.Globalization;

namespace Typed.Execution;

/// <summary>
/// A rule on how a query is set up, which the build checks where the source shows it and the start checks in any case: one id, one text. The analyzers are compiled with this
/// file too.
/// </summary>
/// <param name="Id">The id of the diagnostic and its page: <c>TYPED</c> and four digits.</param>
/// <param name="Name">The name in words joined by hyphens.</param>
/// <param name="Title">A line for lists.</param>
/// <param name="Message">What is wrong and the usual ways out; <c>{0}</c> … are what it is about.</param>
internal sealed record StartRule(string Id, string Name, string Title, string Message)
{
    /// <summary>The further names under which the same is refused.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>The text for one case.</summary>
    public string Text(params object?[] about) => string.Format(CultureInfo.InvariantCulture, Message, about);

    /// <summary>The same rule under one of its other names.</summary>
    public StartRule As(string name) => this with { Name = name };
}
