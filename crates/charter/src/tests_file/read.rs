//! From the tree to the tests, checked against the charter they stand beside.

use std::collections::BTreeMap;

use makegood_money::{Money, Tenders};
use serde_json::value::RawValue;

use super::{
    CharterTest, Expected, InStage, Owed, OwedKind, PlayStands, ReadTests, Standing, Stands, Step, TestEvent, data,
};
use crate::clock::parse_moment;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, line_and_column, suggestion};
use crate::model::{Charter, Stage};
use crate::syntax::{Entry, Kind, Node};
use crate::value::{Moment, Shape};
use crate::{builtin, grammar, syntax};

impl CharterTest {
    /// Reads the tests that stand beside `charter`.
    pub fn read_all(file_name: &str, text: &str, charter: &Charter) -> ReadTests {
        let mut out = Diagnostics::default();
        let tests = syntax::read(text, &mut out).map(|root| {
            grammar::check(&root, &grammar::TESTS, &mut out);
            let mut reader = Reader { text, charter, out: &mut out, background: BTreeMap::new() };
            reader.file(&root)
        });
        let tests = tests.filter(|_| !out.has_errors());
        ReadTests { tests, diagnostics: out.into_sorted(), file_name: file_name.into() }
    }
}

struct Reader<'a> {
    text: &'a str,
    charter: &'a Charter,
    out: &'a mut Diagnostics,
    background: BTreeMap<String, Vec<Step>>,
}

impl Reader<'_> {
    fn file(&mut self, root: &Node) -> Vec<CharterTest> {
        for entry in root.get("background").map(Node::entries).unwrap_or_default() {
            let steps = entry.value.items().iter().filter_map(|node| self.step(node)).collect();
            self.background.insert(entry.key.clone(), steps);
        }
        let tests = root.get("tests").map(Node::items).unwrap_or_default();
        tests.iter().filter_map(|node| self.test(node)).collect()
    }

    fn test(&mut self, node: &Node) -> Option<CharterTest> {
        let mut given = Vec::new();
        for item in node.get("given").map(Node::items).unwrap_or_default() {
            match item.text() {
                Some(name) => given.extend(self.background(name, &item.span).unwrap_or_default()),
                None => given.extend(self.step(item)),
            }
        }
        let then = node.get("then").map(|node| self.expected(node)).unwrap_or_default();
        let name = node.get("name")?.text()?.into();
        Some(CharterTest { name, line: self.line(&node.span), given, then })
    }

    fn background(&mut self, name: &str, span: &Span) -> Option<Vec<Step>> {
        if let Some(steps) = self.background.get(name) {
            return Some(steps.clone());
        }
        let help = suggestion(name, self.background.keys().map(String::as_str));
        self.fail(Diagnostic::error(Code::UnknownBackground, span, format!("unknown background `{name}`")).help(help))
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        match (node.get("event"), node.get("clock")) {
            (Some(event), None) => self.event(event, node).map(Step::Event),
            (None, Some(clock)) => self.moment(clock).map(Step::Clock),
            (Some(event), Some(clock)) => {
                let both =
                    Diagnostic::error(Code::KeysExclude, &clock.span, "a step is an event or the passing of time");
                self.fail(both.with(&event.span, "the event").help("write two steps"))
            }
            (None, None) => {
                let neither = Diagnostic::error(Code::MissingKey, &node.span, "the step says nothing");
                self.fail(neither.help("write `event:` and what happened, or `clock:` and a time"))
            }
        }
    }

    fn event(&mut self, event: &Node, node: &Node) -> Option<TestEvent> {
        let kind = event.text()?;
        let charter = self.charter;
        let Some(shape) = charter.shape_ids.get(kind).and_then(|id| charter.shapes.get(*id)) else {
            let help = suggestion(kind, charter.shape_ids.keys().map(AsRef::as_ref));
            let unknown = Diagnostic::error(Code::UnknownEvent, &event.span, format!("unknown event `{kind}`"));
            return self.fail(unknown.help(help));
        };
        let time = match node.get("time") {
            Some(time) => self.moment(time),
            None => {
                let lacks = Diagnostic::error(Code::MissingKey, &event.span, "the event lacks `time`");
                self.fail(lacks.help("write when it happened, such as `time: 2025-05-01T15:00:00-04:00`"))
            }
        };
        let party = self.key("party", shape.party.as_deref(), node, shape);
        let about = match node.entry("about") {
            // A person may promise something about any thing.
            Some(entry) if kind == builtin::PROMISE_MADE => self.key_of_any_kind(entry).map(Some),
            _ => self.key("about", shape.about.as_deref(), node, shape),
        };
        let data = data::json(node.get("data"), shape);
        self.known_fields(node.get("data"), shape)?;
        self.fits(&data, shape, node.get("data").unwrap_or(event))?;
        Some(TestEvent {
            kind: kind.into(),
            time: time?,
            party: party?,
            about: about?,
            actor: node.get("actor").and_then(Node::text).map(Into::into),
            data,
            line: self.line(&node.span),
        })
    }

    /// The key of the party or thing: there exactly when the shape has one, and of its kind.
    fn key(&mut self, name: &str, kind: Option<&str>, node: &Node, shape: &Shape) -> Option<Option<Box<str>>> {
        match (kind, node.entry(name)) {
            (None, None) => Some(None),
            (Some(kind), None) => {
                let place = node.get("event").map_or(&node.span, |event| &event.span);
                let lacks = Diagnostic::error(Code::WrongSubject, place, format!("`{}` lacks `{name}`", shape.name));
                self.fail(lacks.help(format!("write `{name}: {kind}:` and its key")))
            }
            // What is built in may be about any thing.
            (None, Some(entry)) if name == "about" && builtin::is_builtin(&shape.name) => {
                let kind = entry.value.text().and_then(|text| text.split_once(':')).map_or("", |(kind, _)| kind);
                self.key_of_kind(if kind.is_empty() { "thing" } else { kind }, entry).map(Some)
            }
            (None, Some(entry)) => {
                let extra =
                    Diagnostic::error(Code::WrongSubject, &entry.key_span, format!("`{}` has no `{name}`", shape.name));
                self.fail(extra.help(format!("take it out, or declare the event with `{name}:`")))
            }
            (Some(kind), Some(entry)) => self.key_of_kind(kind, entry).map(Some),
        }
    }

    fn key_of_any_kind(&mut self, entry: &Entry) -> Option<Box<str>> {
        let kind = entry.value.text()?.split_once(':').map_or("order", |(kind, _)| kind).to_owned();
        self.key_of_kind(&kind, entry)
    }

    fn key_of_kind(&mut self, kind: &str, entry: &Entry) -> Option<Box<str>> {
        let text = entry.value.text()?;
        match text.split_once(':') {
            Some((written, rest))
                if !rest.is_empty()
                    && (written == kind || [builtin::ANY_PARTY, builtin::ANY_THING].contains(&kind)) =>
            {
                Some(text.into())
            }
            _ => {
                let other = Diagnostic::error(
                    Code::WrongSubject,
                    &entry.value.span,
                    format!("`{text}` is not the key of a {kind}"),
                );
                self.fail(other.help(format!("write `{kind}:` and its key, such as `{kind}:1`")))
            }
        }
    }

    /// Live events may carry more than their shape says; in a test such a field is a slip.
    fn known_fields(&mut self, data: Option<&Node>, shape: &Shape) -> Option<()> {
        let mut sound = Some(());
        for entry in data.map(Node::entries).unwrap_or_default() {
            if !shape.positions.contains_key(entry.key.as_str()) {
                let message = format!("`{}` has no field `{}`", shape.name, entry.key);
                let help = suggestion(&entry.key, shape.fields.iter().map(|field| field.name.as_ref()));
                sound = self.fail(Diagnostic::error(Code::BadData, &entry.key_span, message).help(help));
            }
        }
        sound
    }

    /// The data must be what the shape says. The fault stands at the field that it names, when it names one.
    fn fits(&mut self, data: &serde_json::Value, shape: &Shape, node: &Node) -> Option<()> {
        let raw: Box<RawValue> = serde_json::value::to_raw_value(data).ok()?;
        match shape.decode(Some(&raw), &self.charter.commodities) {
            Ok(_) => Some(()),
            Err(error) => {
                let message = error.to_string();
                let named = node.entries().iter().find(|entry| message.contains(&format!("`{}`", entry.key)));
                let span = named.map_or(&node.span, |entry| &entry.value.span).clone();
                let bad = Diagnostic::error(Code::BadData, &span, message);
                self.fail(bad.help(error.help()))
            }
        }
    }

    fn expected(&mut self, node: &Node) -> Expected {
        let nothing = node.get("nothing").and_then(Node::text) == Some("true");
        let mut owes = nothing.then(Vec::new);
        if let Some(list) = node.get("owes") {
            if nothing {
                let both = Diagnostic::error(Code::KeysExclude, &list.span, "`nothing` and `owes` exclude each other");
                self.out.push(both.help("keep one of the two"));
            }
            owes = Some(list.items().iter().filter_map(|node| self.owed(node)).collect());
        }
        let mut promises = Vec::new();
        for entry in node.get("promises").map(Node::entries).unwrap_or_default() {
            self.stands(entry, &mut promises);
        }
        if node.entries().is_empty() {
            let empty = Diagnostic::error(Code::MissingKey, &node.span, "the test expects nothing at all");
            self.out.push(empty.help(
                "write `nothing: true` when nobody is owed anything, or `owes:`, `promises:`, `plays:` or `stage:`",
            ));
        }
        let stages = node.get("stage").map(|node| self.stages(node)).unwrap_or_default();
        let notices = node.get("notices").and_then(|node| self.whole(node));
        let mut plays = Vec::new();
        for entry in node.get("plays").map(Node::entries).unwrap_or_default() {
            self.plays(entry, &mut plays);
        }
        let refused = node.get("refused").map(Node::items).unwrap_or_default();
        let refused = refused.iter().filter_map(|code| Some(code.text()?.into())).collect();
        Expected { owes, notices, promises, stages, plays, refused }
    }

    fn plays(&mut self, entry: &Entry, plays: &mut Vec<PlayStands>) {
        let charter = self.charter;
        let known = &charter.playbooks;
        let Some(id) = known.iter().position(|playbook| *playbook.name == *entry.key) else {
            let help = suggestion(&entry.key, known.iter().map(|playbook| playbook.name.as_ref()));
            let message = format!("unknown playbook `{}`", entry.key);
            self.out.push(Diagnostic::error(Code::UnknownPlaybook, &entry.key_span, message).help(help));
            return;
        };
        let Some(playbook) = known.get(id) else { return };
        for node in entry.value.items() {
            let words = |node: &Node| node.text().map(|text| text.replace('_', " ").into());
            let ending = node.get("ending").and_then(|ending| {
                let name = ending.text()?;
                let found = playbook.endings.iter().position(|ending| *ending.name == *name);
                if found.is_none() {
                    let help = suggestion(name, playbook.endings.iter().map(|ending| ending.name.as_ref()));
                    let message = format!("`{}` has no ending `{name}`", playbook.name);
                    self.out.push(Diagnostic::error(Code::UnknownPlaybook, &ending.span, message).help(help));
                }
                found
            });
            let mut steps = Vec::new();
            for step in node.get("steps").map(Node::entries).unwrap_or_default() {
                let found = playbook.steps.iter().position(|known| *known.name == *step.key);
                if found.is_none() {
                    let help = suggestion(&step.key, playbook.steps.iter().map(|step| step.name.as_ref()));
                    let message = format!("`{}` has no step `{}`", playbook.name, step.key);
                    self.out.push(Diagnostic::error(Code::UnknownPlaybook, &step.key_span, message).help(help));
                }
                steps.extend(found.zip(words(&step.value)));
            }
            let key = |name: &str| node.get(name).and_then(Node::text).map(Into::into);
            if let Some(state) = node.get("state").and_then(words) {
                let (party, about, line) = (key("party"), key("about"), self.line(&node.span));
                plays.push(PlayStands { playbook: id, party, about, state, ending, steps, line });
            }
        }
    }

    fn owed(&mut self, node: &Node) -> Option<Owed> {
        let right = node.get("right").and_then(|right| self.right(right));
        let amounts = self.kind(node).and_then(|(kind, amount)| Some((kind, self.amounts(amount)?)));
        let pay_by = node.get("pay_by").map(|time| self.moment(time));
        let key = |name: &str| node.get(name).and_then(Node::text).map(Into::into);
        let held = node.get("held").and_then(Node::text).map(|text| text == "true");
        let pay_by = match pay_by {
            Some(None) => return None,
            Some(moment) => moment,
            None => None,
        };
        let (kind, amounts) = amounts?;
        Some(Owed {
            right: right?,
            kind,
            amounts,
            party: key("party"),
            about: key("about"),
            pay_by,
            held,
            line: self.line(&node.span),
        })
    }

    /// What is owed, and how much: exactly one of the keys that say so.
    fn kind<'n>(&mut self, node: &'n Node) -> Option<(OwedKind, &'n Node)> {
        let mut written = OwedKind::ALL.into_iter().filter_map(|kind| Some((kind, node.get(kind.as_str())?)));
        match (written.next(), written.next()) {
            (Some(one), None) => Some(one),
            (Some((_, first)), Some((_, second))) => {
                let both = Diagnostic::error(Code::KeysExclude, &second.span, "each remedy is written by itself");
                self.fail(both.with(&first.span, "the other").help("write two entries with the same `right`"))
            }
            (None, _) if node.entries().is_empty() => None,
            (None, _) => {
                let nothing = Diagnostic::error(Code::MissingKey, &node.span, "nothing says what is owed");
                self.fail(nothing.help("write `restitution:`, `compensation:` or `penalty:` and the amount"))
            }
        }
    }

    fn right(&mut self, node: &Node) -> Option<Box<str>> {
        let name = node.text()?;
        let rights = &self.charter.rights;
        if rights.iter().any(|right| *right.name == *name) {
            return Some(name.into());
        }
        let help = suggestion(name, rights.iter().map(|right| right.name.as_ref()));
        self.fail(Diagnostic::error(Code::UnknownRight, &node.span, format!("unknown right `{name}`")).help(help))
    }

    fn amounts(&mut self, node: &Node) -> Option<Tenders> {
        let mut amounts = Vec::new();
        for item in node.items() {
            match Money::parse(item.text()?, &self.charter.commodities) {
                Ok(money) => amounts.push(money),
                Err(error) => {
                    let bad = Diagnostic::error(Code::BadAmount, &item.span, error.to_string());
                    return self.fail(bad.help("write an amount and its tender, such as `50 USD`"));
                }
            }
        }
        match Tenders::new(amounts) {
            Ok(tenders) => Some(tenders),
            Err(error) => {
                let bad = Diagnostic::error(Code::BadAmount, &node.span, error.to_string());
                self.fail(bad.help("write amounts above zero"))
            }
        }
    }

    fn stands(&mut self, entry: &Entry, promises: &mut Vec<Stands>) {
        let known = &self.charter.promises;
        if !known.iter().any(|promise| *promise.name == *entry.key) {
            let help = suggestion(&entry.key, known.iter().map(|promise| promise.name.as_ref()));
            let message = format!("unknown promise `{}`", entry.key);
            self.out.push(Diagnostic::error(Code::UnknownPromise, &entry.key_span, message).help(help));
            return;
        }
        for node in entry.value.items() {
            let state =
                if matches!(node.kind, Kind::Map(_)) { node.get("state").and_then(Node::text) } else { node.text() };
            let key = |name: &str| node.get(name).and_then(Node::text).map(Into::into);
            if let Some(state) = state.and_then(Standing::parse) {
                let line = self.line(&node.span);
                promises.push(Stands {
                    promise: entry.key.as_str().into(),
                    party: key("party"),
                    about: key("about"),
                    state,
                    line,
                });
            }
        }
    }

    /// One stage for all, or one for each party. `none` is no stage.
    fn stages(&mut self, node: &Node) -> Vec<InStage> {
        if self.charter.stages.is_none() {
            let none = Diagnostic::error(Code::NeverApplies, &node.span, "the charter knows no stages");
            self.out.push(none.help("write `stages:` into the charter, or take this out"));
        }
        let line = self.line(&node.span);
        let all = node.text().map(|word| InStage { party: None, stage: Stage::parse(word), line });
        let each = node.entries().iter().filter_map(|entry| {
            let stage = Stage::parse(entry.value.text()?);
            Some(InStage { party: Some(entry.key.as_str().into()), stage, line: self.line(&entry.key_span) })
        });
        all.into_iter().chain(each).collect()
    }

    fn whole(&mut self, node: &Node) -> Option<usize> {
        let text = node.text()?;
        match text.parse() {
            Ok(count) => Some(count),
            Err(_) => {
                let bad = Diagnostic::error(Code::BadWhole, &node.span, format!("`{text}` is not a whole number"));
                self.fail(bad.help("write how many, such as `notices: 1`"))
            }
        }
    }

    fn moment(&mut self, node: &Node) -> Option<Moment> {
        match parse_moment(node.text()?, &self.charter.zone) {
            Ok(moment) => Some(moment),
            Err(error) => self.fail(Diagnostic::error(Code::BadTime, &node.span, error.to_string()).help(error.help())),
        }
    }

    fn line(&self, span: &Span) -> usize {
        line_and_column(self.text, span.start).0
    }

    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.out.push(diagnostic);
        None
    }
}
