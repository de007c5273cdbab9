using Typed.State;

namespace Typed.Execution;

/// <summary>Gives a version of state to the operators, written anew where they have changed since.</summary>
internal sealed class StateGiving(CheckpointFolder checkpoint, GraphRunner runner, Action<string> warn)
{
    /// <returns>The commit entry of the batch, as saved with the state.</returns>
    /// <exception cref="StateDamagedException">The version is missing or damaged; then the operators have nothing of it.</exception>
    /// <exception cref="QueryStartException">It does not fit the operators.</exception>
    internal CommitEntry Load(long version)
    {
        using StoredVersion stored = checkpoint.State.Open(version);

        // Operators that have taken half of a state could not begin without it any more, so all is looked at before.
        stored.Verify();
        foreach (StateDamagedException mended in stored.Mended)
        {
            warn($"{mended.Message} What it held was read from its copy.");
            checkpoint.State.NoteMended(mended.Path);
        }

        return Give(stored);
    }

    private CommitEntry Give(StoredVersion stored)
    {
        long version = stored.BatchId;
        try
        {
            CommitEntry commit = CommitEntry.Read(stored.Note.ToArray(), $"{checkpoint.State.Description}, batch {version}", version);
            OperatorsChange change = runner.Compare(stored.Operators.Select(one => one.Shape));
            if (StateFit.Refusal(change) is { } refusal)
                throw new QueryStartException(refusal.Rule, $"The state after batch {version} in {checkpoint.State.Description} does not fit the pipeline '{checkpoint.Identity.Pipeline}': {refusal.What}");
            if (!change.Rewrites)
            {
                // What is dropped or begins absent is not to be found out from results.
                if (change.Changes.Count > 0)
                    warn($"The state after batch {version} in {checkpoint.State.Description} was stored by another version of the pipeline; the query goes on from it: {StateFit.Describe(change)}.");
                runner.LoadState(stored);
                return commit;
            }

            warn($"The state after batch {version} in {checkpoint.State.Description} was stored by another version of the pipeline and is written anew: {StateFit.Describe(change)}.");
            IReadOnlyList<StateRewriting> anewOperators = runner.Rewriting(stored.Operators, change);
            try
            {
                checkpoint.State.Rewrite(version, anewOperators);
            }
            finally
            {
                foreach (StateRewriting one in anewOperators)
                    one.Tables.Dispose();
            }

            using StoredVersion anew = checkpoint.State.Open(version);
            runner.LoadState(anew);
            return commit;
        }
        catch (MigrationFailedException e)
        {
            throw new QueryStartException(
                "state-schema-changed",
                $"The state after batch {version} in {checkpoint.State.Description} is to be written anew for the changed pipeline, and it is as it was: {e.Message} Mend the method, so that it takes each value that is stored; or start with the pipeline as it was, or with a new checkpoint.",
                e);
        }
        catch (InvalidDataException e)
        {
            // The checksum was right, so this is no accident of the disk; an older version would not help.
            throw new QueryStartException(
                "state-schema-changed",
                $"The state after batch {version} in {checkpoint.State.Description} does not fit the operators of the pipeline: {e.Message}. Start with the pipeline as it was, or with a new checkpoint.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string now = e is StateRewritingException { IsAnew: true }
                ? "It is written anew, and what was to come after that is missing, its copy or that older files go: the changed pipeline goes on from it, the one before cannot."
                : "It is as it was.";
            throw new QueryStartException(
                "checkpoint-not-writable",
                $"The state after batch {version} in {checkpoint.State.Description} is to be written anew for the changed pipeline, and that failed: {ErrorText.Sentence(e)} {now} Make room, or give the process the right to write there.",
                e);
        }
        catch (StateDamagedException e)
        {
            throw new QueryStartException("checkpoint-damaged", $"{e.Message} It was whole a moment ago, so somebody changes it or the disk fails. Start the query again when it is put right.", e);
        }
    }
}
