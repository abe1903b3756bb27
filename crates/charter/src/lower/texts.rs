//! Texts in every language, and the slots they may have.

use super::context::{Context, Reach};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, suggestion};
use crate::limits;
use crate::syntax::{Entry, Kind, Node, span_within};
use crate::text::{Template, Texts};

/// Reads the title: its languages become those of every text. It has no slots.
pub(super) fn title(node: &Node, file: &str, out: &mut Diagnostics) -> Texts {
    if node.entries().len() > limits::LANGUAGES {
        let message = format!("a text has at most {} languages", limits::LANGUAGES);
        out.push(Diagnostic::error(Code::BadLanguage, &node.span, message).help("keep the languages that are read"));
    }
    let texts = templates(node, file, out);
    if node.entries().is_empty() && matches!(node.kind, Kind::Map(_)) {
        let empty = Diagnostic::error(Code::MissingTranslation, &node.span, "the title has no language");
        out.push(empty.help("write `title: {en: \"…\"}`"));
    }
    for (template, entry) in texts.iter().filter_map(|(language, template)| Some((template, node.entry(language)?))) {
        for slot in template.slots() {
            unknown_slot(slot, &entry.value.span, &[], out);
        }
    }
    texts
}

/// Reads a text whose slots are `slots` and, when the reach has them, the fields of data and evidence.
pub(super) fn read(node: Option<&Node>, slots: &[&str], reach: Reach, context: &mut Context<'_>) -> Texts {
    let Some(node) = node else { return Texts::default() };
    let texts = templates(node, context.text, context.out);
    languages(node, context);
    let ids = [reach.data, reach.made, reach.evidence];
    if ids.iter().flatten().any(|id| context.faulty.contains(id)) {
        return texts;
    }
    let known = slot_names(slots, reach, context);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for entry in node.entries() {
        let template = entry.value.text().and_then(|text| Template::parse(text).ok()).unwrap_or_default();
        for slot in template.slots().filter(|slot| !known.contains(slot)) {
            let place = slot_span(slot, entry, context.text);
            unknown_slot(slot, &place, &known, context.out);
        }
    }
    texts
}

fn slot_names(slots: &[&str], reach: Reach, context: &Context<'_>) -> Vec<String> {
    let mut known: Vec<String> = slots.iter().map(|slot| (*slot).to_owned()).collect();
    for (scope, id) in [("made", reach.made), ("data", reach.data), ("evidence", reach.evidence)] {
        let fields = id.and_then(|id| context.shape(id)).map(|shape| shape.fields.as_slice()).unwrap_or_default();
        known.extend(fields.iter().map(|field| format!("{scope}.{}", field.name)));
    }
    known
}

fn slot_span(slot: &str, entry: &Entry, file: &str) -> Span {
    let written = format!("{{{slot}}}");
    match entry.value.text().and_then(|text| text.find(&written)) {
        Some(start) => span_within(file, &entry.value, &(start..start.saturating_add(written.len()))),
        None => entry.value.span.clone(),
    }
}

fn unknown_slot(slot: &str, span: &Span, known: &[&str], out: &mut Diagnostics) {
    let help = match known {
        [] => "this text has no slots; a brace is written `{{` or `}}`".to_owned(),
        known => suggestion(slot, known.iter().copied()),
    };
    out.push(Diagnostic::error(Code::UnknownSlot, span, format!("nothing fills the slot `{{{slot}}}`")).help(help));
}

fn templates(node: &Node, file: &str, out: &mut Diagnostics) -> Texts {
    let mut templates = Vec::new();
    for entry in node.entries() {
        if !is_language(&entry.key) {
            let message = format!("`{}` is not a language tag", entry.key);
            let help = "write a tag of BCP 47, such as `en`, `nb` or `zh-Hant`";
            out.push(Diagnostic::error(Code::BadLanguage, &entry.key_span, message).help(help));
            continue;
        }
        let Some(text) = entry.value.text().filter(|text| !text.trim().is_empty()) else {
            if matches!(entry.value.kind, Kind::Scalar(_)) {
                let message = format!("the text is empty in `{}`", entry.key);
                out.push(
                    Diagnostic::error(Code::MissingTranslation, &entry.value.span, message).help("write the words"),
                );
            }
            continue;
        };
        if text.len() > limits::TEXT_BYTES {
            let message = format!("the text is longer than {} bytes", limits::TEXT_BYTES);
            out.push(Diagnostic::error(Code::BadTemplate, &entry.value.span, message).help("say it in fewer words"));
        }
        match Template::parse(text) {
            Ok(template) => templates.push((entry.key.as_str().into(), template)),
            Err(error) => {
                let span = span_within(file, &entry.value, &error.range());
                let fault = Diagnostic::error(Code::BadTemplate, &span, error.to_string());
                out.push(fault.help("a slot is written `{due}`; a brace itself is written `{{` or `}}`"));
            }
        }
    }
    Texts::new(templates)
}

/// The languages must be those of the title.
fn languages(node: &Node, context: &mut Context<'_>) {
    let missing: Vec<String> = context
        .languages
        .iter()
        .filter(|language| node.entry(language).is_none())
        .map(|language| format!("`{language}`"))
        .collect();
    if !missing.is_empty() && matches!(node.kind, Kind::Map(_)) {
        let message = format!("the text is missing in {}", missing.join(", "));
        let fault = Diagnostic::error(Code::MissingTranslation, &node.span, message)
            .with(&context.title_span, "the title's languages are those of every text")
            .help("add the translation, or take the language out of the title");
        context.out.push(fault);
    }
    for entry in node.entries().iter().filter(|entry| is_language(&entry.key)) {
        if !context.languages.is_empty() && !context.languages.iter().any(|language| **language == *entry.key) {
            let message = format!("the title has no `{}`", entry.key);
            let extra = Diagnostic::warning(Code::ExtraLanguage, &entry.key_span, message)
                .with(&context.title_span, "the title's languages are those of every text")
                .help("add the language to the title, or leave it out here");
            context.out.push(extra);
        }
    }
}

/// Two or three small letters, then parts of two to eight letters or digits.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
