using System.Globalization;
using Typed.Conformance.Cases;
using Typed.Conformance.Running;
using Typed.State;

namespace Typed.Conformance;

/// <summary>What the runner is asked to do.</summary>
internal sealed record Arguments(string Path)
{
    public const string Usage =
        "usage: Typed.Conformance CASES.json [--ids a,b] [--features x,y] [--report out.json] [--batch-size N] [--constant-hash] [--restart-every-batch] [--workers N[,N...]] [--all-keys-hot] [--spill] [--faster] [--metamorphic SEED]";

    private HashSet<string>? Ids { get; init; }

    private HashSet<string>? Features { get; init; }

    /// <summary>Where to write the outcome of each case as JSON.</summary>
    public string? Report { get; private init; }

    /// <summary>Where the random orders begin in which rows are brought, if the same rows are to be brought in several ways; else null.</summary>
    public int? Metamorphic { get; private init; }

    public Settings Settings { get; private init; } = new(null, false);

    /// <exception cref="ArgumentException">The arguments make no sense.</exception>
    public static Arguments Parse(string[] args)
    {
        Arguments arguments = new(args.Length > 0 && !args[0].StartsWith('-') ? args[0] : throw new ArgumentException("The first argument is the path of a file of cases."));
        for (int i = 1; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{name} needs a value.");
            arguments = name switch
            {
                "--ids" => arguments with { Ids = [.. Value().Split(',')] },
                "--features" => arguments with { Features = [.. Value().Split(',')] },
                "--report" => arguments with { Report = Value() },
                "--batch-size" => arguments with { Settings = arguments.Settings with { BatchSize = int.Parse(Value(), CultureInfo.InvariantCulture) } },
                "--restart-every-batch" => arguments with { Settings = arguments.Settings with { RestartEveryBatch = true } },
                "--workers" => arguments with { Settings = arguments.Settings with { Workers = [.. Value().Split(',').Select(one => int.Parse(one, CultureInfo.InvariantCulture))] } },
                "--spill" => arguments with { Settings = arguments.Settings with { State = new MemorySpillStore(0) } },
                "--faster" => arguments with { Settings = arguments.Settings with { State = StateStore.Faster(memory: "0 B"), RestartEveryBatch = true } },
                "--metamorphic" => arguments with { Metamorphic = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--constant-hash" => arguments.WithSwitch("Typed.ConstantGroupHash"),
                "--all-keys-hot" => arguments.WithSwitch("Typed.AllKeysAreHot"),
                _ => throw new ArgumentException($"The argument {name} is not known."),
            };
        }

        return arguments;
    }

    public bool Takes(ConformanceCase one) => Ids?.Contains(one.Id) != false && Features?.Contains(one.Feature) != false;

    private Arguments WithSwitch(string name)
    {
        AppContext.SetSwitch(name, true);
        return this;
    }
}
