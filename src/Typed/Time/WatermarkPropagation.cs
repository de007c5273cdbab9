using Typed.Operators;

namespace Typed.Time;

/// <summary>
/// What the global watermark becomes on its way through the operators (semantics 2.2.2–2.2.4): a node gives the origin, a stateful
/// operator takes the least of its inputs and may pass on less, all others pass on the least of their inputs. All values in µs.
/// </summary>
internal sealed class WatermarkPropagation
{
    private readonly IReadOnlyList<Operator> _operators;
    private readonly int[][] _inputs;
    private readonly long?[] _outputs;
    private readonly Dictionary<StatefulOperator, int> _stateful = [];
    private readonly long[] _inputOf;

    internal WatermarkPropagation(OperatorGraph graph)
    {
        _operators = graph.Operators;
        Dictionary<Operator, int> positions = [];
        for (int i = 0; i < _operators.Count; i++)
            positions[_operators[i]] = i;
        List<int>[] inputs = [.. _operators.Select(_ => new List<int>())];
        for (int i = 0; i < _operators.Count; i++)
        {
            foreach (Operator reader in _operators[i].Readers)
            {
                if (positions.TryGetValue(reader, out int position))
                    inputs[position].Add(i);
            }

            if (_operators[i] is StatefulOperator stateful)
                _stateful[stateful] = i;
        }

        _inputs = [.. inputs.Select(list => list.ToArray())];
        _outputs = new long?[_operators.Count];
        _inputOf = new long[_operators.Count];
    }

    /// <summary>Computes the watermark of the input of each stateful operator for an origin.</summary>
    internal void Compute(long originMicros)
    {
        for (int i = 0; i < _operators.Count; i++)
        {
            long? least = null;
            foreach (int input in _inputs[i])
            {
                if (_outputs[input] is long value)
                    least = least is long other ? Math.Min(value, other) : value;
            }

            _outputs[i] = least;
            if (_operators[i] is WatermarkOperator)
            {
                _outputs[i] = originMicros;
            }
            else if (_operators[i] is StatefulOperator stateful)
            {
                // No watermark upstream makes the operator's value 0 (2.2.4); an origin of 0 gives 0 everywhere.
                _inputOf[i] = originMicros == 0 ? 0 : Math.Max(0, least ?? 0);
                _outputs[i] = !stateful.OutputHasWatermark ? null
                    : originMicros == 0 ? 0 : Math.Max(0, stateful.OutputWatermark(_inputOf[i]));
            }
        }
    }

    /// <summary>The watermark of the input of an operator as last computed.</summary>
    internal long InputOf(StatefulOperator stateful) => _inputOf[_stateful[stateful]];
}
