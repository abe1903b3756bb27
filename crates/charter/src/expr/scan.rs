//! A first look at an expression, before the parser sees it: its words and signs with their places, its size and its
//! depth. What CEL allows and a charter does not is refused here, with advice; so the parser meets only plain, bounded
//! text.

use std::ops::Range;

use super::ExprProblem;
use crate::limits;

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Word,
    Number,
    Text,
    Sign,
}

/// A word, a literal or a sign.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub sort: Sort,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

const SIGNS: [&str; 22] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ",", ".", "(", ")", "[", "]",
];

/// Words that people write where CEL has a sign.
const SPELLINGS: [(&str, &str); 8] =
    [("and", "&&"), ("or", "||"), ("not", "!"), ("AND", "&&"), ("OR", "||"), ("NOT", "!"), ("is", "=="), ("mod", "%")];

/// The tokens of `source`, or what is wrong with it.
pub(super) fn scan(source: &str) -> Result<Vec<Token>, ExprProblem> {
    if source.len() > limits::EXPRESSION_BYTES {
        let message = format!("the expression is longer than {} bytes", limits::EXPRESSION_BYTES);
        return Err(problem(0..source.len(), message, "Split it into several clauses."));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len().saturating_sub(rest.trim_start_matches([' ', '\t', '\n', '\r']).len());
        let length = if blank > 0 {
            blank
        } else {
            let (sort, length) = token(rest).map_err(|fault| fault.at(at, rest))?;
            tokens.push(Token { sort, range: at..at.saturating_add(length) });
            length
        };
        at = at.saturating_add(length);
    }
    check_size(source, &tokens)?;
    check_neighbours(source, &tokens)?;
    Ok(tokens)
}

struct Fault {
    length: usize,
    message: String,
    help: &'static str,
}

impl Fault {
    fn at(self, at: usize, rest: &str) -> ExprProblem {
        problem(at..at.saturating_add(self.length.min(rest.len())), self.message, self.help)
    }
}

pub(super) fn problem(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> ExprProblem {
    ExprProblem { range, message: message.into(), help: help.into() }
}

/// The sort and the length of the first token of `rest`.
fn token(rest: &str) -> Result<(Sort, usize), Fault> {
    let Some(first) = rest.chars().next() else { return Ok((Sort::Sign, 0)) };
    match first {
        'a'..='z' | 'A'..='Z' | '_' => Ok((Sort::Word, leading(rest, |c| c.is_ascii_alphanumeric() || c == '_'))),
        '0'..='9' => number(rest),
        '\'' | '"' => text(rest, first),
        _ => {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            sign.map(|sign| (Sort::Sign, sign.len())).ok_or_else(|| strange(first))
        }
    }
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn number(rest: &str) -> Result<(Sort, usize), Fault> {
    let whole = leading(rest, |c| c.is_ascii_digit());
    let tail = rest.get(whole..).unwrap_or_default();
    let decimals = tail.strip_prefix('.').map_or(0, |digits| leading(digits, |c| c.is_ascii_digit()));
    let length = if decimals > 0 { whole.saturating_add(1).saturating_add(decimals) } else { whole };
    let after = rest.get(length..).unwrap_or_default();
    let glued = leading(after, |c| c.is_ascii_alphanumeric() || c == '_');
    let digits = rest.get(..length).unwrap_or_default();
    if glued == 0 && decimals == 0 && digits.parse::<i64>().is_err() {
        return Err(Fault {
            length,
            message: format!("`{digits}` is too large"),
            help: "Whole numbers end at 9223372036854775807.",
        });
    }
    if glued == 0 {
        return Ok((Sort::Number, length));
    }
    let length = length.saturating_add(glued);
    let written = rest.get(..length).unwrap_or_default();
    let help = "Write plain decimals; a length of time is `duration('15m')`, an amount `money('50 USD')`.";
    Err(Fault { length, message: format!("`{written}` is not a number"), help })
}

fn text(rest: &str, quote: char) -> Result<(Sort, usize), Fault> {
    let inner = rest.get(1..).unwrap_or_default();
    let Some(end) = inner.find([quote, '\\', '\n']) else {
        return Err(Fault {
            length: rest.len(),
            message: "a text is not closed".into(),
            help: "Close it with the same quote.",
        });
    };
    let length = end.saturating_add(2);
    match inner.get(end..).and_then(|tail| tail.chars().next()) {
        Some('\\') => Err(Fault {
            length,
            message: "a text may hold no backslash".into(),
            help: "Write the character itself; put a text with `'` in it between double quotes.",
        }),
        Some('\n') => {
            Err(Fault { length, message: "a text is not closed".into(), help: "Close it on the line it begins." })
        }
        _ => Ok((Sort::Text, length)),
    }
}

fn strange(character: char) -> Fault {
    let help = match character {
        '=' => "Compare with `==`.",
        '&' => "Write `&&` where both must hold.",
        '|' => "Write `||` where one of them must hold.",
        '{' | '}' => "An expression has no maps and no slots.",
        '≤' => "Write `<=`.",
        '≥' => "Write `>=`.",
        '≠' => "Write `!=`.",
        '‘' | '’' | '“' | '”' | '`' => "Put a text between straight quotes: `'text'`.",
        _ => "Names are ASCII letters, digits and underscores; put a text between quotes.",
    };
    Fault { length: character.len_utf8(), message: format!("`{character}` has no meaning here"), help }
}

fn check_size(source: &str, tokens: &[Token]) -> Result<(), ExprProblem> {
    if let Some(beyond) = tokens.get(limits::EXPRESSION_TOKENS) {
        let message = format!("the expression has more than {} words and signs", limits::EXPRESSION_TOKENS);
        return Err(problem(beyond.range.clone(), message, "Split it into several clauses."));
    }
    let mut open = 0_usize;
    let mut questions = 0_usize;
    for token in tokens {
        match sign(source, token) {
            "(" | "[" => open = open.saturating_add(1),
            ")" | "]" => open = open.saturating_sub(1),
            "?" => questions = questions.saturating_add(1),
            _ => {}
        }
        if open.saturating_add(questions) > limits::EXPRESSION_DEPTH {
            let message = format!("the expression is nested deeper than {}", limits::EXPRESSION_DEPTH);
            return Err(problem(token.range.clone(), message, "Split it into several clauses."));
        }
    }
    Ok(())
}

/// What two tokens may not do side by side, or one by itself.
fn check_neighbours(source: &str, tokens: &[Token]) -> Result<(), ExprProblem> {
    let mut before: Option<&Token> = None;
    for token in tokens {
        if let Some(before) = before.filter(|before| before.range.end == token.range.start) {
            if token.sort == Sort::Text && matches!(before.sort, Sort::Word | Sort::Text) {
                let help = "Texts have no prefix and no doubled quotes: `'text'`.";
                return Err(problem(before.range.start..token.range.end, "this is not a text", help));
            }
            let split = match (before.sort, token.sort) {
                (Sort::Sign, Sort::Number) => sign(source, before) == ".",
                (Sort::Number, Sort::Sign) => sign(source, token) == ".",
                _ => false,
            };
            if split {
                let help = "Write digits on both sides of the point: `0.5`.";
                return Err(problem(before.range.start..token.range.end, "this is not a number", help));
            }
            if (sign(source, before), sign(source, token)) == ("/", "/") {
                return Err(problem(
                    token.range.clone(),
                    "an expression has no comments",
                    "Put it in the YAML, after `#`.",
                ));
            }
        }
        if before.is_some_and(|before| matches!((sign(source, before), sign(source, token)), ("!", "-") | ("-", "!"))) {
            let help = "`!` turns a condition around, `-` a number.";
            return Err(problem(token.range.clone(), "one value cannot be turned around by both `!` and `-`", help));
        }
        let field = before.is_some_and(|before| sign(source, before) == ".");
        let word = written(source, token);
        let spelling = SPELLINGS.iter().find(|(spelling, _)| token.sort == Sort::Word && *spelling == word);
        if let Some((_, meant)) = spelling.filter(|_| !field) {
            return Err(problem(
                token.range.clone(),
                format!("`{word}` has no meaning here"),
                format!("Write `{meant}`."),
            ));
        }
        before = Some(token);
    }
    Ok(())
}

/// The token as it stands in the source.
pub(super) fn written<'a>(source: &'a str, token: &Token) -> &'a str {
    source.get(token.range.clone()).unwrap_or_default()
}

/// The sign, or nothing for a word or a literal.
pub(super) fn sign<'a>(source: &'a str, token: &Token) -> &'a str {
    if token.sort == Sort::Sign { written(source, token) } else { "" }
}
