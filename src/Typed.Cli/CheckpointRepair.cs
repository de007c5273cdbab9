using System.Globalization;
using Typed.Execution;

namespace Typed.Cli;

/// <summary><c>typed checkpoint repair</c>: sets a checkpoint back to what it was after a batch.</summary>
internal static class CheckpointRepair
{
    internal static int Run(Verdict verdict, long to, RepairAnswers answers, TimeProvider time, TextWriter output, TextReader input)
    {
        CheckpointView view = verdict.View;
        if (view.Owner().IsRunning == true)
            throw new CommandException($"A query runs on '{view.Path}' ({view.Owner().Text}). Stop it first.");
        RepairPlan plan = RepairPlan.Of(view, to, verdict.Versions);
        if (plan.Refusal is { } refusal)
        {
            string other = RepairPlan.Possible(view, verdict.Versions) is { } possible ? $" It can be set back to {possible}." : "";
            output.WriteLine($"The checkpoint cannot be set back to batch {to}: {refusal}.{other}");
            return other.Length > 0 ? ExitCode.NotDone : ExitCode.Lost;
        }

        if (plan.Moved.Count == 0)
        {
            output.WriteLine($"There is nothing to do: the checkpoint stands at batch {to}, and nothing of it can be mended by setting it back.");
            return ExitCode.Done;
        }

        if (plan.Renumbered.Count > 0 && !answers.Renumber)
        {
            RefuseRenumbered(verdict, plan, output);
            return ExitCode.NotDone;
        }

        RepairText.Explain(view, plan, output);
        if (!answers.Yes)
        {
            output.Write("Do it? Type yes: ");
            output.Flush();
            if (input.ReadLine()?.Trim() != "yes")
            {
                output.WriteLine("Nothing was changed.");
                return ExitCode.NotDone;
            }
        }

        string folder = NewFolder(view, time);
        using (CheckpointLock.Take(view.Path, "typed checkpoint repair", Guid.NewGuid()))
        {
            // First, since sinks rely on it: said of batches that are not forgotten after all it does no harm. What is planned is left alone as long as the offset log has the batch.
            if (plan.Forgotten.Length > 0)
                ForgottenBatches.Add(view.Path, plan.Forgotten[^1]);
            foreach (long batch in plan.Again)
                PlannedBatches.Add(view.Path, view.Offsets[batch], view.Identity!.Sources);
            Move(view, plan, folder);
        }

        output.WriteLine($"Done: what has moved is in '{folder}'.");
        output.WriteLine(Verdict.Of(view.Path).Next.Text);
        return ExitCode.Done;
    }

    private static string NewFolder(CheckpointView view, TimeProvider time)
    {
        string folder = Path.Combine(view.Path, "repaired-" + time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        string free = folder;

        // The last repair may be less than a second ago.
        for (int number = 2; Directory.Exists(free); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{folder}-{number}");
        return free;
    }

    private static void RefuseRenumbered(Verdict verdict, RepairPlan plan, TextWriter output)
    {
        CheckpointView view = verdict.View;
        output.WriteLine($"Set back to batch {plan.To}, a query with a file sink may not go on: {Numbers.Batches(plan.Renumbered)} had no data, and what {(plan.Renumbered.Count == 1 ? "it was" : "they were")} cannot be planned again, "
            + $"since {Unknown(view, plan)}. The next data would get {(plan.Renumbered.Count == 1 ? "its number" : "their numbers")}, under which the sink may have other rows, and then the query ends with 'sink-batch-differs'. Nothing was changed.");
        output.WriteLine("Ways out:");
        if (plan.Instead(view, verdict.Versions) is { } instead)
            output.WriteLine($"- --to {instead.To}: from there every sink goes on.");
        output.WriteLine("- Put the files that 'typed checkpoint check' names back from a copy of the checkpoint.");
        output.WriteLine($"{CheckpointCheck.AfterNew(view)} A file sink needs a new folder then.");
        output.WriteLine("- --renumber does it all the same: for a sink that keeps no numbers of batches, or if nothing is left behind batch " + $"{plan.To} in the sink's folder.");
    }

    private static string Unknown(CheckpointView view, RepairPlan plan)
    {
        long first = plan.Forgotten[plan.Again.Count];
        return view.Offsets.ContainsKey(first) ? $"batch {first}, which was not committed, is planned anew" : $"offsets/{first} cannot be read";
    }

    private static void Move(CheckpointView view, RepairPlan plan, string folder)
    {
        foreach (string file in plan.Moved)
        {
            string target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string source = Path.Combine(view.Path, file);
            if (Directory.Exists(source))
                Directory.Move(source, target);
            else
                File.Move(source, target, overwrite: false);
        }
    }
}

/// <summary>What is said beforehand.</summary>
/// <param name="Yes">Whether it is done without asking.</param>
/// <param name="Renumber">Whether numbers may come again with other rows.</param>
internal sealed record RepairAnswers(bool Yes, bool Renumber);
