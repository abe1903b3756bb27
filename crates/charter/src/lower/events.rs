//! Event shapes: the declared ones, then the built-in ones.

use super::context::Context;
use super::literal;
use crate::builtin;
use crate::diagnostic::{Code, Diagnostic, closest};
use crate::grammar::one_of;
use crate::syntax::{Entry, Kind, Node};
use crate::value::{Field, Shape, Type};

/// The types that are written as one word.
const WORDS: [&str; 8] = ["bool", "int", "number", "money", "duration", "time", "text", "tenders"];

pub(super) fn read(root: &Node, context: &mut Context<'_>) {
    for entry in root.get("events").map(Node::entries).unwrap_or_default() {
        let shape = shape(entry, context);
        push(shape, context);
    }
    for shape in builtin::shapes() {
        push(shape, context);
    }
}

fn push(shape: Shape, context: &mut Context<'_>) {
    context.shape_ids.entry(shape.name.clone()).or_insert(context.shapes.len());
    context.shapes.push(shape);
}

/// The shape, whole or as far as it can be read; with a fault its place is noted, and nothing that reads it is judged.
fn shape(entry: &Entry, context: &mut Context<'_>) -> Shape {
    let id = context.shapes.len();
    if builtin::is_builtin(&entry.key) || builtin::of_charters(&entry.key) {
        let again = Diagnostic::error(Code::BuiltInEvent, &entry.key_span, format!("`{}` is built in", entry.key));
        context.out.push(again.help("leave it out: every charter knows it; or choose another name"));
    }
    let mut sound = literal::event_type(&entry.key, &entry.key_span, context.out).is_some();
    let mut kind = |key: &str, context: &mut Context<'_>| {
        let node = entry.value.get(key)?;
        let name = node.text().and_then(|text| literal::name(text, &node.span, context.out));
        sound &= name.is_some();
        name
    };
    let (party, about) = (kind("party", context), kind("about", context));
    if entry.value.get("party").is_none() && entry.value.get("about").is_none() {
        let nobody = Diagnostic::error(
            Code::MissingKey,
            &entry.key_span,
            format!("`{}` is about nobody and nothing", entry.key),
        );
        context
            .out
            .push(nobody.help("write `party: customer` for whom it is about, `about: flight` for what, or both"));
        sound = false;
    }
    for (kind, key, other) in [(&party, "party", false), (&about, "about", true)] {
        let Some(kind) = kind else { continue };
        if &**kind == builtin::CHARTER {
            let span = entry.value.get(key).map_or(entry.key_span.clone(), |node| node.span.clone());
            let clash = Diagnostic::error(Code::KindOfBoth, &span, "`charter` is what charters themselves are");
            context.out.push(clash.help("what people do with a charter stands under it: give the kind another name"));
            sound = false;
        }
        let both =
            if other { is_party(kind, context) || party.as_ref() == Some(kind) } else { is_thing(kind, context) };
        if both {
            let span = entry.value.get(key).map_or(entry.key_span.clone(), |node| node.span.clone());
            let clash = Diagnostic::error(Code::KindOfBoth, &span, format!("`{kind}` is a party and a thing"));
            context
                .out
                .push(clash.help("a promise is made to a party about a thing: give the two kinds different names"));
            sound = false;
        }
    }
    let mut fields = Vec::new();
    for field in entry.value.get("data").map(Node::entries).unwrap_or_default() {
        match self::field(field, context) {
            Some(field) => fields.push(field),
            None => sound = false,
        }
    }
    if !sound {
        context.faulty.insert(id);
    }
    Shape::new(&entry.key, party.as_deref(), about.as_deref(), fields)
}

/// True of a kind of key that is a party under any charter, or in a shape before this one.
fn is_party(kind: &str, context: &Context<'_>) -> bool {
    builtin::PARTIES.contains(&kind) || context.shapes.iter().any(|shape| shape.party.as_deref() == Some(kind))
}

/// True of a kind of key that is a thing in a shape before this one.
fn is_thing(kind: &str, context: &Context<'_>) -> bool {
    context.shapes.iter().any(|shape| shape.about.as_deref() == Some(kind))
}

fn field(entry: &Entry, context: &mut Context<'_>) -> Option<Field> {
    let name = literal::field_name(&entry.key, &entry.key_span, context.out)?;
    let (kind, optional) = match &entry.value.kind {
        Kind::List(_) => (choice(&entry.value, context)?, false),
        Kind::Map(_) => {
            let optional = entry.value.get("optional").and_then(Node::text) == Some("true");
            (choice(entry.value.get("one_of")?, context)?, optional)
        }
        Kind::Scalar(_) => {
            let text = entry.value.text()?;
            let (word, optional) = text.strip_suffix('?').map_or((text, false), |word| (word, true));
            (word_type(word.trim_end(), &entry.value, context)?, optional)
        }
    };
    Some(Field { name, kind, optional })
}

fn word_type(word: &str, node: &Node, context: &mut Context<'_>) -> Option<Type> {
    let (first, second) = word.split_once(' ').map_or((word, None), |(first, second)| (first, Some(second.trim())));
    match (first, second) {
        ("bool", None) => Some(Type::Bool),
        ("int", None) => Some(Type::Int),
        ("number", None) => Some(Type::Number { unit: None }),
        ("number", Some(unit)) if is_unit(unit) => Some(Type::Number { unit: Some(unit.into()) }),
        ("money", None) => Some(Type::Money),
        ("duration", None) => Some(Type::Duration),
        ("time", None) => Some(Type::Time),
        ("text", None) => Some(Type::Text),
        ("tenders", None) => Some(Type::Tenders),
        ("key", Some(kind)) => Some(Type::Key { kind: literal::name(kind, &node.span, context.out)? }),
        _ => {
            let unknown = Diagnostic::error(Code::BadType, &node.span, format!("unknown type `{word}`"));
            context.fail(unknown.help(match closest(first, WORDS.into_iter().chain(["key"])) {
                Some(close) => format!("did you mean `{close}`?"),
                None => {
                    format!("write {}, `number UNIT`, `key KIND`, or a list of words to choose from", one_of(&WORDS))
                }
            }))
        }
    }
}

fn is_unit(unit: &str) -> bool {
    !unit.is_empty()
        && unit.len() <= 12
        && unit.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '°' | '%' | '²' | '³'))
}

fn choice(node: &Node, context: &mut Context<'_>) -> Option<Type> {
    let mut words: Vec<Box<str>> = Vec::new();
    let mut sound = true;
    for item in node.items() {
        let Some(text) = item.text() else {
            sound = false;
            continue;
        };
        match literal::name(text, &item.span, context.out) {
            Some(word) if words.contains(&word) => {
                let twice =
                    Diagnostic::error(Code::BadType, &item.span, format!("`{word}` stands twice in the choice"));
                context.out.push(twice.help("keep one of the two"));
                sound = false;
            }
            Some(word) => words.push(word),
            None => sound = false,
        }
    }
    if words.is_empty() && sound {
        let empty = Diagnostic::error(Code::BadType, &node.span, "the choice has no words");
        return context.fail(empty.help("write the words, such as `[carrier, weather]`"));
    }
    sound.then(|| Type::Choice(words.into()))
}
