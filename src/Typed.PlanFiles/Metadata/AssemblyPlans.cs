using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Typed.PlanFiles;

/// <summary>A plan that lies in an assembly.</summary>
/// <param name="Sheet">The plan.</param>
/// <param name="Source">The file that the pipeline is written in, from the folder of its project; empty where no plan file is wanted.</param>
internal sealed record AssemblyPlan(PlanSheet Sheet, string Source);

/// <summary>Reads the plans of an assembly from its metadata: nothing of it is loaded or run, and what it refers to is not needed.</summary>
internal static class AssemblyPlans
{
    private const string Namespace = "Typed.Execution";
    private const string Attribute = "GeneratedPlanAttribute";

    /// <summary>The plans, in the order of their full names.</summary>
    /// <exception cref="PlanReadException">The file is no .NET assembly, or a plan in it cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<AssemblyPlan> In(string path)
    {
        // All at once, so that the file can be written again meanwhile.
        byte[] image = File.ReadAllBytes(path);
        List<AssemblyPlan> plans = [];
        try
        {
            using PEReader file = new(new MemoryStream(image));
            if (!file.HasMetadata)
                throw NoAssembly(path);
            MetadataReader metadata = file.GetMetadataReader();
            foreach (TypeDefinitionHandle type in metadata.TypeDefinitions)
            {
                foreach (CustomAttributeHandle handle in metadata.GetTypeDefinition(type).GetCustomAttributes())
                {
                    CustomAttribute attribute = metadata.GetCustomAttribute(handle);
                    if (IsPlan(attribute, metadata))
                        plans.Add(Read(metadata.GetBlobReader(attribute.Value)));
                }
            }
        }
        catch (BadImageFormatException)
        {
            throw NoAssembly(path);
        }
        catch (FormatException wrong)
        {
            throw new PlanReadException($"'{path}': {wrong.Message}");
        }

        return [.. plans.OrderBy(plan => plan.Sheet.FullName, StringComparer.Ordinal)];
    }

    private static PlanReadException NoAssembly(string path)
    {
        string beside = Path.ChangeExtension(path, ".dll");
        string hint = beside != path && File.Exists(beside) ? $" What was compiled lies beside it: '{beside}'." : " Name the .dll that the build wrote, such as bin/Release/net10.0/MyProject.dll.";
        return new PlanReadException($"'{path}' is no .NET assembly.{hint}");
    }

    private static bool IsPlan(CustomAttribute attribute, MetadataReader metadata)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
            return false;
        EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
            return false;
        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, Attribute) && metadata.StringComparer.Equals(type.Namespace, Namespace);
    }

    // A prolog of 2 bytes, the string, how many members are named, and for each 1 byte for "property", 1 for "string", its name and its value (ECMA-335, II.23.3).
    private static AssemblyPlan Read(BlobReader blob)
    {
        blob.ReadUInt16();
        PlanSheet sheet = PlanJson.Read(blob.ReadSerializedString() ?? "");
        string source = "";
        for (int named = blob.ReadUInt16(); named > 0; named--)
        {
            blob.ReadUInt16();
            string? name = blob.ReadSerializedString();
            string? value = blob.ReadSerializedString();
            if (name == "Source")
                source = value ?? "";
        }

        return new AssemblyPlan(sheet, source);
    }
}

/// <summary>An assembly whose plans cannot be read.</summary>
/// <param name="message">What happened, and what to do.</param>
internal sealed class PlanReadException(string message) : Exception(message);
