using System.Globalization;

namespace Typed.CrashTest;

/// <summary>What the program was asked for.</summary>
/// <param name="Kills">How often the process is killed at least.</param>
/// <param name="Seed">What chance begins with: the input, the moments, the points.</param>
/// <param name="Files">How many files of each of two kinds there are.</param>
/// <param name="Folder">Where it works; a new folder for temporary files if it is not said.</param>
/// <param name="Lanes">How many rounds run side by side.</param>
internal sealed record Arguments(int Kills, int Seed, int Files, string? Folder, int Lanes)
{
    public const string Usage = """
        usage: dotnet run -c Release --project tests/Typed.CrashTest -- [--kills N] [--seed S] [--files F] [--lanes L] [--folder PATH]
          --kills   how often the process is killed at least, half of them at random moments, half at named points; 60
          --seed    what chance begins with; 1
          --files   how many files of each of two kinds are read; 1500
          --lanes   how many rounds run side by side; 2
          --folder  where to work; what failed is left there
        """;

    /// <exception cref="ArgumentException">The arguments are not those of the program.</exception>
    public static Arguments Parse(string[] args)
    {
        Arguments found = new(60, 1, 1500, null, 2);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
                throw new ArgumentException($"{args[i]} needs a value.");
            found = args[i] switch
            {
                "--kills" => found with { Kills = Number(args, i) },
                "--seed" => found with { Seed = Number(args, i) },
                "--files" => found with { Files = Math.Max(1, Number(args, i)) },
                "--lanes" => found with { Lanes = Math.Max(1, Number(args, i)) },
                "--folder" => found with { Folder = args[i + 1] },
                _ => throw new ArgumentException($"'{args[i]}' is not an option."),
            };
        }

        return found;
    }

    private static int Number(string[] args, int i) => int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new ArgumentException($"{args[i]} is '{args[i + 1]}', which is no number.");
}
