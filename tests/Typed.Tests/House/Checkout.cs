namespace Typed.Tests.House;

/// <summary>The folder the tests were built in. It is looked for from the test assembly upwards: a deterministic build maps the paths of source files, so those say nothing.</summary>
internal static class Checkout
{
    /// <summary>The folder with <c>Typed.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file or folder of the checkout.</summary>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Typed.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Typed.sln: these tests compare files of the checkout and run inside it.");
    }
}
