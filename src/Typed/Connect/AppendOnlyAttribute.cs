namespace Typed.Connect;

/// <summary>
/// Marks a sink, or a method that makes one, which takes rows in append mode only, since what it has written stays as it is. The build refuses it for a pipeline in
/// another mode (TYPED6001). The sink refuses such a query itself where the build cannot see both.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class AppendOnlyAttribute : Attribute;
