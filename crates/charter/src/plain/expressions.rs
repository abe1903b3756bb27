//! Expressions in a customer's words. What is simple is said; what is not is named by what it is.

use makegood_money::Money;

use super::Plain;
use crate::clock::parse_duration;
use crate::expr::Expr;
use crate::value::Type;

/// How deep an expression is followed before it is named by its type.
const DEPTH: usize = 8;

impl Plain<'_> {
    /// A measure or amount: `the delay`, `the quantity ordered less the quantity delivered`.
    pub fn expression(&self, expression: &Expr) -> String {
        self.part(expression.source(), expression, DEPTH).unwrap_or_else(|| self.generic(expression.kind()).to_owned())
    }

    /// A condition on what was chosen: `means of payment: card`. `None` for any other.
    pub fn condition(&self, condition: &Expr) -> Option<String> {
        let (left, right) = split(condition.source(), "==")?;
        let word = right.trim().strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
        let word = self.choice(word)?;
        let (scope, name) = left.trim().split_once('.')?;
        let kind = matches!(scope, "data" | "made").then_some(self.read(left.trim(), condition)?);
        let colon = self.pick(": ", "：", ": ");
        Some(format!("{}{colon}{word}", without_article(&self.field(name, kind))))
    }

    fn read<'e>(&self, path: &str, expression: &'e Expr) -> Option<&'e Type> {
        expression.reads().iter().find(|read| &*read.path == path).map(|read| &read.kind)
    }

    fn part(&self, source: &str, whole: &Expr, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let source = source.trim();
        if let Some(term) = source.strip_prefix("term.").and_then(|name| self.charter.terms.get(name))
            && !term.says.is_empty()
        {
            return Some(self.name(&term.says));
        }
        if let Some(known) = self.known(source) {
            return Some(known.to_owned());
        }
        if let Some((scope, name)) = source.split_once('.')
            && matches!(scope, "data" | "made" | "evidence")
            && let Some(kind) = self.read(source, whole)
        {
            return Some(self.field(name, Some(kind)));
        }
        if let Some(inside) = call(source, "") {
            return self.part(inside, whole, depth);
        }
        self.literal(source).or_else(|| self.compound(source, whole, depth))
    }

    fn known(&self, source: &str) -> Option<&'static str> {
        Some(match source {
            "promise.worth" => self.pick("the price", "价款", "prisen"),
            "promise.paid" => self.pick("what you paid", "您支付的款项", "det du betalte"),
            "promise.due" => self.pick("the agreed time", "约定时间", "avtalt tid"),
            "promise.made" => self.pick("the time of the agreement", "订立时间", "avtaletidspunktet"),
            "days_between(promise.due, at)" => self.pick(
                "the number of days after the agreed time",
                "超出约定时间的天数",
                "antall dager etter avtalt tid",
            ),
            "at" => self.pick("the time it happened", "发生时间", "tidspunktet det skjedde"),
            "at - promise.due" => {
                self.pick("the time after the agreed time", "超出约定时间的时长", "tiden etter avtalt tid")
            }
            "promise.due - at" => {
                self.pick("the time before the agreed time", "早于约定时间的时长", "tiden før avtalt tid")
            }
            _ => return None,
        })
    }

    fn literal(&self, source: &str) -> Option<String> {
        let quoted = |name| call(source, name)?.trim().strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"']);
        if let Some(amount) = quoted("money") {
            return Money::parse(amount, &self.charter.commodities).ok().map(|amount| self.money(amount));
        }
        if let Some(length) = quoted("duration") {
            return parse_duration(length).ok().map(|length| self.length(length));
        }
        let number = source.parse::<f64>().is_ok() && source.starts_with(|sign: char| sign.is_ascii_digit());
        number.then(|| self.pick(source.to_owned(), source.to_owned(), source.replace('.', ",")))
    }

    fn compound(&self, source: &str, whole: &Expr, depth: usize) -> Option<String> {
        let choices = [
            ("min", self.pick("the lower of {a} and {b}", "{a}与{b}中较低者", "det laveste av {a} og {b}")),
            ("periods", self.pick("each whole {b} of {a}", "{a}中每满 {b}", "hver hele periode på {b} av {a}")),
            (
                "begun",
                self.pick("each {b} begun of {a}", "{a}中每满或不足 {b}", "hver påbegynte periode på {b} av {a}"),
            ),
            ("days_between", self.pick("the days from {a} to {b}", "从{a}到{b}的天数", "dagene fra {a} til {b}")),
            ("max", self.pick("the higher of {a} and {b}", "{a}与{b}中较高者", "det høyeste av {a} og {b}")),
        ];
        if call(source, "distance").is_some() {
            let words = self.pick("the distance as the crow flies", "大圆航程距离", "avstanden i luftlinje");
            return Some(words.to_owned());
        }
        for (name, words) in choices {
            if let Some((left, right)) = call(source, name).and_then(|inside| split(inside, ",")) {
                return self.both(words, left, right, whole, depth);
            }
        }
        let signs = [
            (" - ", self.pick("{a} less {b}", "{a}减去{b}", "{a} minus {b}")),
            (" + ", self.pick("{a} and {b}", "{a}加{b}", "{a} pluss {b}")),
            (" * ", "{a} × {b}"),
            (" / ", "{a} ÷ {b}"),
        ];
        let found = signs.into_iter().find_map(|(sign, words)| split(source, sign).map(|parts| (words, parts)));
        found.and_then(|(words, (left, right))| self.both(words, left, right, whole, depth))
    }

    fn both(&self, words: &str, left: &str, right: &str, whole: &Expr, depth: usize) -> Option<String> {
        let (left, right) = (self.part(left, whole, depth)?, self.part(right, whole, depth)?);
        let (before, after) = words.split_once("{a}")?;
        let (between, end) = after.split_once("{b}")?;
        Some(format!("{before}{left}{between}{right}{end}"))
    }

    fn generic(&self, kind: &Type) -> &'static str {
        match kind {
            Type::Money => self.pick(
                "an amount worked out for your case",
                "按您的具体情况计算的金额",
                "et beløp som regnes ut for ditt tilfelle",
            ),
            other => self.typed(Some(other)),
        }
    }
}

/// A noun without its English article, for headings.
pub(super) fn bare(words: &str) -> String {
    super::capital(without_article(words))
}

fn without_article(words: &str) -> &str {
    words.strip_prefix("the ").unwrap_or(words)
}

/// What stands between the brackets of `name(…)`, when the last bracket closes the first.
fn call<'s>(source: &'s str, name: &str) -> Option<&'s str> {
    let inside = source.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_i32;
    for (_, sign) in signs(inside) {
        depth = depth.saturating_add(i32::from(sign == '(')).saturating_sub(i32::from(sign == ')'));
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(inside)
}

/// The two sides of the last `sign` outside brackets and quotes.
fn split<'s>(source: &'s str, sign: &str) -> Option<(&'s str, &'s str)> {
    let mut depth = 0_i32;
    let mut last = None;
    for (at, found) in signs(source) {
        depth = depth
            .saturating_add(i32::from(matches!(found, '(' | '[')))
            .saturating_sub(i32::from(matches!(found, ')' | ']')));
        if depth == 0 && source.get(at..).is_some_and(|rest| rest.starts_with(sign)) {
            last = Some(at);
        }
        if depth == 0
            && (source
                .get(at..)
                .is_some_and(|rest| rest.starts_with("? ") || rest.starts_with("&&") || rest.starts_with("||")))
        {
            return None;
        }
    }
    let (left, right) = source.split_at_checked(last?)?;
    Some((left, right.strip_prefix(sign)?))
}

/// The characters outside quotes, with their places.
fn signs(source: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut quote = None;
    source.char_indices().filter(move |(_, sign)| match quote {
        Some(open) => {
            if *sign == open {
                quote = None;
            }
            false
        }
        None if matches!(sign, '\'' | '"') => {
            quote = Some(*sign);
            false
        }
        None => true,
    })
}
