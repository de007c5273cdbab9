using System.CommandLine;
using System.CommandLine.Help;
using Typed.PlanFiles;
using Typed.State;

namespace Typed.Cli;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments ask for.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    internal static int Run(string[] args, TextWriter output, TextWriter error, TextReader input)
    {
        // Not a RootCommand, which has the name of the assembly: that is another one, since typed.dll and Typed.dll are one file to some systems.
        Command root = new("typed", $"Shows what pipelines compile to, and looks into checkpoints of Typed queries, also while the query runs. {ExitCode.Help}")
        {
            Explain(output), State(output), CheckpointOf(output, input), Checkpoints(output), new HelpOption(), new VersionOption(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // One is enough: the next ones follow from it.
            string wrong = parsed.Errors[0].Message;
            error.WriteLine(wrong.StartsWith("--", StringComparison.Ordinal) ? wrong : $"{wrong} 'typed --help' and 'typed COMMAND --help' say what there is.");
            return ExitCode.NotDone;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException or StateDamagedException or QueryStartException)
        {
            error.WriteLine(e.Message);
            return ExitCode.NotDone;
        }
    }

    private static Command Explain(TextWriter output)
    {
        Argument<string> path = new("assembly") { Description = "The assembly that the build wrote, such as bin/Release/net10.0/MyProject.dll. Nothing in it is run." };
        Option<string?> pipeline = new("--pipeline") { Description = "Only this pipeline: the name of its class, with its namespace where that is needed." };
        Option<PlanFormat> format = new("--format")
        {
            CustomParser = Given.PlanFormat,
            Description = "text, markdown (what a plan file has), json, mermaid or svg.",
            DefaultValueFactory = _ => PlanFormat.Text,
        };
        Command command = new("explain", $"Shows the plan of each pipeline of an assembly: its operators, when rows appear, what is kept and until when. {ExitCode.Help}") { path, pipeline, format };
        command.SetAction(parsed => PlanList.Show(parsed.GetRequiredValue(path), parsed.GetValue(pipeline), parsed.GetValue(format), output));
        return command;
    }

    private static Command State(TextWriter output)
    {
        Argument<string> path = Path();
        Option<string?> name = new("--operator") { Description = "Shows the entries of this operator." };
        Option<long?> at = new("--at") { CustomParser = Given.BatchOrNone, Description = "The version after this batch; the newest one that can be read if it is not said." };
        Option<string?> key = new("--key") { Description = "Only entries with this text in one of the fields of their key." };
        Option<EntryFormat> format = new("--format") { CustomParser = Given.Format, Description = "A table, or a JSON object a line.", DefaultValueFactory = _ => EntryFormat.Table };
        Option<int> limit = new("--limit") { CustomParser = Given.Count("a number of entries, such as 20, or 0 for all"), Description = "So many entries at most; 0 for all.", DefaultValueFactory = _ => 100 };
        Option<long[]> diff = new("--diff")
        {
            Description = "Two batches: the entries that were added, changed or removed between the versions after them.",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
            CustomParser = Given.TwoBatches,
        };
        Command command = new("state", $"Shows the stateful operators of a checkpoint, their entries and versions; the entries of one operator; or what two versions differ in. {ExitCode.Help}")
        {
            path, name, at, key, format, limit, diff,
        };
        command.SetAction(parsed =>
        {
            bool differs = parsed.GetValue(diff) is { Length: 2 };
            if (parsed.GetValue(name) is null)
                Given.WithOperator(parsed, key, diff, format, limit);
            else if (differs && parsed.GetValue(at) is long asked)
                throw new CommandException($"--at {asked}: not with --diff, which names both versions.");
            if (parsed.GetValue(name) is not { } wanted)
                return StateOverview.Show(parsed.GetRequiredValue(path), parsed.GetValue(at), output);
            CheckpointView view = CheckpointView.Open(parsed.GetRequiredValue(path));
            EntryQuery query = new(parsed.GetValue(at), parsed.GetValue(key), parsed.GetValue(format), parsed.GetValue(limit));
            return parsed.GetValue(diff) is [long from, long to] ? EntryDifference.Show(view, wanted, from, to, query, output) : EntryList.Show(view, wanted, query, output);
        });
        return command;
    }

    private static Command CheckpointOf(TextWriter output, TextReader input)
    {
        Argument<string> path = Path();
        Option<int> last = new("--last") { CustomParser = Given.Count("a number of batches, such as 20"), Description = "So many of the newest batches.", DefaultValueFactory = _ => 20 };
        Command check = new("check", $"Reads all of a checkpoint and says what is wrong with it and what can be done. {ExitCode.Help}");
        Argument<string> checkedPath = Path();
        check.Add(checkedPath);
        check.SetAction(parsed => CheckpointCheck.Show(Verdict.Of(parsed.GetRequiredValue(checkedPath)), output));
        Command repair = new("repair", $"Sets a checkpoint back to what it was after a batch. Nothing is deleted: what came later is moved into a folder of its own. {ExitCode.Help}");
        Argument<string> repairedPath = Path();
        Option<long> to = new("--to") { CustomParser = Given.Batch, Description = "The batch.", Required = true };
        Option<bool> yes = new("--yes") { Description = "Does it without asking." };
        Option<bool> renumber = new("--renumber") { Description = "Does it also where batches get the numbers of others that had no data, which a file sink does not take." };
        repair.Add(repairedPath);
        repair.Add(to);
        repair.Add(yes);
        repair.Add(renumber);
        repair.SetAction(parsed => CheckpointRepair.Run(
            Verdict.Of(parsed.GetRequiredValue(repairedPath)), parsed.GetValue(to), new RepairAnswers(parsed.GetValue(yes), parsed.GetValue(renumber)), TimeProvider.System, output, input));
        Command command = new("checkpoint", $"Shows the batches of a checkpoint, its versions of state, who runs it, and what a start would do next. {ExitCode.Help}")
        {
            path, last, check, repair,
        };
        command.SetAction(parsed => CheckpointOverview.Show(Verdict.Of(parsed.GetRequiredValue(path)), parsed.GetValue(last), output));
        return command;
    }

    private static Command Checkpoints(TextWriter output)
    {
        Argument<string> root = new("root") { Description = "The folder below which the checkpoints lie." };
        Option<string[]> outputs = new("--outputs")
        {
            Description = "Folders below which the queries write files: says which checkpoints have no rows there, and which rows have no checkpoint.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> idle = new("--idle") { CustomParser = Given.Count("a number of days, such as 30"), Description = "Says which have not run for so many days.", DefaultValueFactory = _ => 30 };
        Command command = new("checkpoints", $"Lists the checkpoints below a folder: whose they are, how far, how old, how large, who runs them; and what is left over. {ExitCode.Help}")
        {
            root, outputs, idle,
        };
        command.SetAction(parsed => CheckpointList.Show(parsed.GetRequiredValue(root), parsed.GetValue(outputs) ?? [], parsed.GetValue(idle), TimeProvider.System, output));
        return command;
    }

    private static Argument<string> Path() => new("checkpoint") { Description = "The folder of the checkpoint." };
}
