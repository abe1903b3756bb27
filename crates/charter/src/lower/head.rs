//! The head of a charter: name, version, time in force, title, source, zone and currency.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use makegood_money::{Commodities, Commodity};

use super::{literal, texts};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, closest};
use crate::limits;
use crate::model::Source;
use crate::syntax::Node;
use crate::text::Texts;
use crate::value::Moment;

/// The head, with stand-ins for what could not be read, so that the sections below can still be judged.
pub(super) struct Head {
    pub name: Option<Box<str>>,
    pub version: Option<Box<str>>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// Where `in_force.from` stands.
    pub from_span: Span,
    pub title: Texts,
    pub title_span: Span,
    pub source: Source,
    pub zone: TimeZone,
    pub zone_name: Box<str>,
    pub money: Commodity,
    /// False when `money` is a stand-in: nothing is judged by it then.
    pub money_known: bool,
    pub draft: bool,
}

/// Reads the head. `None` never comes: it would mean that the US dollar is no currency.
pub(super) fn read(root: &Node, text: &str, out: &mut Diagnostics) -> Option<Head> {
    let name = root.get("charter").and_then(|node| literal::name(node.text()?, &node.span, out));
    let version = root.get("version").and_then(|node| version(node, out));
    let (zone, zone_name) =
        root.get("time_zone").and_then(|node| zone(node, out)).unwrap_or((TimeZone::UTC, "UTC".into()));
    let in_force = root.get("in_force");
    let from_node = in_force.and_then(|node| node.get("from"));
    let from = from_node.and_then(|node| literal::moment(node, &zone, out));
    let until_node = in_force.and_then(|node| node.get("until"));
    let until = until_node.and_then(|node| literal::moment(node, &zone, out));
    if let (Some(node), Some(first), Some(end)) = (until_node, from, until)
        && end <= first
    {
        let never = Diagnostic::error(Code::BadTime, &node.span, "the charter ends before it begins");
        out.push(never.help("let `until` be later than `from`"));
    }
    let title = root.get("title");
    let money = root.get("money").and_then(|node| currency(node, out));
    Some(Head {
        name,
        version,
        from,
        until,
        from_span: from_node.map_or(0..0, |node| node.span.clone()),
        title: title.map(|node| texts::title(node, text, out)).unwrap_or_default(),
        title_span: title.map_or(0..0, |node| node.span.clone()),
        source: root.get("source").map(source).unwrap_or_default(),
        draft: root.get("draft").and_then(Node::text) == Some("true"),
        zone,
        zone_name,
        money_known: money.is_some(),
        money: money.or_else(|| Commodities::iso().get("USD").ok())?,
    })
}

fn version(node: &Node, out: &mut Diagnostics) -> Option<Box<str>> {
    let text = node.text()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+');
    if text.len() <= limits::NAME_BYTES && text.bytes().all(plain) {
        return Some(text.into());
    }
    let bad = Diagnostic::error(Code::BadName, &node.span, format!("`{text}` cannot be a version"));
    out.push(bad.help("use letters, digits, `-`, `_`, `.` and `+`, such as `2025-01`"));
    None
}

fn zone(node: &Node, out: &mut Diagnostics) -> Option<(TimeZone, Box<str>)> {
    let name = node.text()?;
    let database = TimeZoneDatabase::bundled();
    if let Ok(zone) = database.get(name) {
        return Some((zone, name.into()));
    }
    let unknown = Diagnostic::error(Code::BadZone, &node.span, format!("unknown time zone `{name}`"));
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let help = match closest(name, names.iter().map(String::as_str)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "write a name of the IANA database, such as `Europe/Oslo`".to_owned(),
    };
    out.push(unknown.help(help));
    None
}

fn currency(node: &Node, out: &mut Diagnostics) -> Option<Commodity> {
    let code = node.text()?;
    match Commodities::iso().get(code) {
        Ok(currency) => Some(currency),
        Err(_) => {
            let unknown = Diagnostic::error(Code::UnknownTender, &node.span, format!("unknown currency `{code}`"));
            let common = ["USD", "EUR", "GBP", "NOK", "CNY", "CAD", "SEK", "DKK", "JPY", "CHF"];
            out.push(unknown.help(match closest(code, common) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "write an ISO 4217 code, such as `USD`".to_owned(),
            }));
            None
        }
    }
}

fn source(node: &Node) -> Source {
    let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().into();
    Source {
        what: text("what"),
        as_of: text("as_of"),
        verified: node.get("verified").and_then(Node::text) == Some("true"),
        note: text("note"),
    }
}
