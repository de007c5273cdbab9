using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Typed.Tests.House;

/// <summary>The public surface of an assembly as sorted lines of text, one for each type and member.</summary>
internal static class PublicApi
{
    internal static string Of(Assembly assembly)
    {
        NullabilityInfoContext nullability = new();
        List<string> lines = [];

        // What the compiler makes of an extension block stands under the names of its members.
        foreach (Type type in assembly.GetExportedTypes().Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal)))
        {
            string name = NameOf(type);
            lines.Add($"{Kind(type)} {name}{Bases(type)}");
            foreach (MemberInfo member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (Describe(member, nullability) is { } described)
                    lines.Add($"{name}.{described}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines.Distinct()) + "\n";
    }

    private static string? Describe(MemberInfo member, NullabilityInfoContext nullability)
    {
        if (member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null && member is not PropertyInfo)
            return null;
        switch (member)
        {
            case MethodInfo { IsSpecialName: false } method when Seen(method) && method.GetBaseDefinition().DeclaringType == method.DeclaringType:
                return $"{Modifiers(method)}{method.Name}{Generics(method)}({Parameters(method)}) -> {NameOf(method.ReturnType)}";
            case ConstructorInfo { IsStatic: false } constructor when Seen(constructor):
                return $"{Modifiers(constructor)}new({Parameters(constructor)})";
            case PropertyInfo property when property.GetAccessors(true).Any(Seen):
                string get = property.GetMethod is { } getter && Seen(getter) ? " get;" : "";
                string set = property.SetMethod is { } setter && Seen(setter)
                    ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
                    : "";
                string question = nullability.Create(property).ReadState == NullabilityState.Nullable && !property.PropertyType.IsValueType ? "?" : "";
                return $"{property.Name}{{{get}{set} }} -> {NameOf(property.PropertyType)}{question}";
            case FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily:
                return $"{field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")} -> {NameOf(field.FieldType)}";
            case EventInfo added:
                return $"event {added.Name} -> {NameOf(added.EventHandlerType!)}";
            default:
                return null;
        }
    }

    private static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodBase method)
    {
        StringBuilder text = new();
        if (!method.IsPublic)
            text.Append("protected ");
        if (method.IsStatic)
            text.Append("static ");
        if (method.IsAbstract)
            text.Append("abstract ");
        else if (method.IsVirtual && !method.IsFinal)
            text.Append("virtual ");
        return text.ToString();
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "")}"));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    private static string Bases(Type type) => type.BaseType is { } root && root != typeof(object) && root != typeof(ValueType) && root != typeof(Enum)
        ? " : " + NameOf(root)
        : "";

    private static string NameOf(Type type)
    {
        if (type.IsByRef || type.IsPointer || type.IsArray)
            return NameOf(type.GetElementType()!) + (type.IsPointer ? "*" : type.IsArray ? "[]" : "");
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}";
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
