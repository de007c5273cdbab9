using System.Globalization;
using System.Text;

namespace Typed.Conformance.Sql;

/// <summary>
/// Reads an expression. Binding, loosest first: or, and, not, comparison, + -, * / % div, unary minus, primary (the conventions of
/// <c>fuzz.json</c>).
/// </summary>
internal sealed class SqlParser
{
    private static readonly string[] Symbols = ["<=>", "==", "!=", "<>", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "(", ")", ","];
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _next;

    private SqlParser(string text)
    {
        _text = text;
        Tokenize();
    }

    private enum TokenKind
    {
        Word,
        Number,
        Text,
        Symbol,
        End,
    }

    private Token Current => _tokens[_next];

    public static SqlExpression Parse(string text)
    {
        // window_time:W is a spelling of the cases for window_time(W).
        if (text.StartsWith("window_time:", StringComparison.Ordinal))
            return new SqlCall("window_time", [new SqlName(text["window_time:".Length..])]);
        SqlParser parser = new(text);
        SqlExpression expression = parser.Or();
        return parser.Current.Kind == TokenKind.End ? expression : throw parser.Unexpected();
    }

    private SqlExpression Or()
    {
        SqlExpression left = And();
        while (TakeWord("or"))
            left = new SqlBinary("or", left, And());
        return left;
    }

    private SqlExpression And()
    {
        SqlExpression left = Not();
        while (TakeWord("and"))
            left = new SqlBinary("and", left, Not());
        return left;
    }

    private SqlExpression Not() => TakeWord("not") ? new SqlUnary("not", Not()) : Comparison();

    private SqlExpression Comparison()
    {
        SqlExpression left = Sum();
        while (true)
        {
            if (Current.Kind == TokenKind.Symbol && Current.Text is "==" or "=" or "!=" or "<>" or "<" or "<=" or ">" or ">=" or "<=>")
            {
                string symbol = _tokens[_next++].Text switch { "=" => "==", "<>" => "!=", string other => other };
                left = new SqlBinary(symbol, left, Sum());
            }
            else if (TakeWord("is"))
            {
                bool negated = TakeWord("not");
                ExpectWord("null");
                left = new SqlIsNull(left, negated);
            }
            else if (IsWord("not") && IsWord("in", 1))
            {
                _next += 2;
                left = new SqlUnary("not", new SqlIn(left, Arguments()));
            }
            else if (TakeWord("in"))
            {
                left = new SqlIn(left, Arguments());
            }
            else if (IsWord("between") || (IsWord("not") && IsWord("between", 1)))
            {
                bool negated = TakeWord("not");
                _next++;
                SqlExpression low = Sum();
                ExpectWord("and");
                SqlExpression between = new SqlBinary("and", new SqlBinary(">=", left, low), new SqlBinary("<=", left, Sum()));
                left = negated ? new SqlUnary("not", between) : between;
            }
            else
            {
                return left;
            }
        }
    }

    private SqlExpression Sum()
    {
        SqlExpression left = Product();
        while (Current.Kind == TokenKind.Symbol && Current.Text is "+" or "-")
            left = new SqlBinary(_tokens[_next++].Text, left, Product());
        return left;
    }

    private SqlExpression Product()
    {
        SqlExpression left = Unary();
        while (Current.Text is "*" or "/" or "%" && Current.Kind == TokenKind.Symbol || IsWord("div"))
            left = new SqlBinary(_tokens[_next++].Text.ToLowerInvariant(), left, Unary());
        return left;
    }

    private SqlExpression Unary()
    {
        if (TakeSymbol("-"))
        {
            return Unary() switch
            {
                SqlLiteral { Value: long number } => new SqlLiteral(-number),
                SqlLiteral { Value: double number } => new SqlLiteral(-number),
                SqlExpression operand => new SqlUnary("-", operand),
            };
        }

        return TakeSymbol("+") ? Unary() : Primary();
    }

    private SqlExpression Primary()
    {
        Token token = _tokens[_next++];
        switch (token.Kind)
        {
            case TokenKind.Number:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
                    ? new SqlLiteral(whole)
                    : new SqlLiteral(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Text:
                return new SqlLiteral(token.Text);
            case TokenKind.Symbol when token.Text == "(":
                SqlExpression inner = Or();
                ExpectSymbol(")");
                return inner;
            case TokenKind.Word:
                return Word(token.Text);
            default:
                _next--;
                throw Unexpected();
        }
    }

    private SqlExpression Word(string word)
    {
        switch (word.ToLowerInvariant())
        {
            case "null":
                return new SqlLiteral(null);
            case "true":
                return new SqlLiteral(true);
            case "false":
                return new SqlLiteral(false);
            case "case":
                return Case();
            case "cast" when Current.Text == "(":
                ExpectSymbol("(");
                SqlExpression operand = Or();
                ExpectWord("as");
                string type = _tokens[_next++].Text.ToLowerInvariant();
                ExpectSymbol(")");
                return new SqlCast(operand, type);
        }

        return Current.Kind == TokenKind.Symbol && Current.Text == "("
            ? new SqlCall(word.ToLowerInvariant(), Arguments())
            : new SqlName(word);
    }

    private SqlCase Case()
    {
        List<(SqlExpression When, SqlExpression Then)> branches = [];
        while (TakeWord("when"))
        {
            SqlExpression when = Or();
            ExpectWord("then");
            branches.Add((when, Or()));
        }

        SqlExpression otherwise = TakeWord("else") ? Or() : new SqlLiteral(null);
        ExpectWord("end");
        return new SqlCase(branches, otherwise);
    }

    private List<SqlExpression> Arguments()
    {
        List<SqlExpression> arguments = [];
        ExpectSymbol("(");
        if (TakeSymbol(")"))
            return arguments;
        do
        {
            arguments.Add(Or());
        }
        while (TakeSymbol(","));
        ExpectSymbol(")");
        return arguments;
    }

    private bool IsWord(string word, int ahead = 0) =>
        _next + ahead < _tokens.Count && _tokens[_next + ahead] is { Kind: TokenKind.Word } token
        && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool TakeWord(string word)
    {
        bool found = IsWord(word);
        if (found)
            _next++;
        return found;
    }

    private bool TakeSymbol(string symbol)
    {
        bool found = Current.Kind == TokenKind.Symbol && Current.Text == symbol;
        if (found)
            _next++;
        return found;
    }

    private void ExpectWord(string word)
    {
        if (!TakeWord(word))
            throw Unexpected();
    }

    private void ExpectSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
            throw Unexpected();
    }

    private CaseException Unexpected() => new($"the expression '{_text}' cannot be read at '{Current.Text}'");

    private void Tokenize()
    {
        int i = 0;
        while (true)
        {
            while (i < _text.Length && char.IsWhiteSpace(_text[i]))
                i++;
            if (i == _text.Length)
                break;
            int start = i;
            char c = _text[i];
            if (char.IsDigit(c))
            {
                while (i < _text.Length && (char.IsDigit(_text[i]) || _text[i] == '.' || _text[i] is 'e' or 'E' || (_text[i] is '-' or '+' && _text[i - 1] is 'e' or 'E')))
                    i++;
                _tokens.Add(new Token(TokenKind.Number, _text[start..i]));
            }
            else if (char.IsLetter(c) || c == '_')
            {
                while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] is '_' or '.'))
                    i++;
                _tokens.Add(new Token(TokenKind.Word, _text[start..i]));
            }
            else if (c is '\'' or '"')
            {
                StringBuilder text = new();
                for (i++; i < _text.Length && _text[i] != c || i + 1 < _text.Length && _text[i + 1] == c; i++)
                {
                    if (_text[i] == c)
                        i++;
                    text.Append(_text[i]);
                }

                i++;
                _tokens.Add(new Token(TokenKind.Text, text.ToString()));
            }
            else
            {
                string symbol = Symbols.FirstOrDefault(one => string.CompareOrdinal(_text, i, one, 0, one.Length) == 0)
                    ?? throw new CaseException($"the expression '{_text}' cannot be read at '{_text[i..]}'");
                i += symbol.Length;
                _tokens.Add(new Token(TokenKind.Symbol, symbol));
            }
        }

        _tokens.Add(new Token(TokenKind.End, ""));
    }

    private readonly record struct Token(TokenKind Kind, string Text);
}
