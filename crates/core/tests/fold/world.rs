//! One party, the charters that judge, and everything that was said so far.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use makegood_charter::clock::parse_moment;
use makegood_charter::decode::Envelope;
use makegood_charter::diagnostic::Style;
use makegood_charter::{Charter, Moment};
use makegood_core::id::{Kind, about_of};
use makegood_core::ledger::Entry;
use makegood_core::{
    Beside, BesideKind, Clause, Context, Event, FoldError, Form, Happening, Ident, Loaded, Message, Name, PartId,
    Party, Promise, Refusal, Remedy, Rulebook, Topic, fold, needs, with_ties,
};
use serde_json::{Value as Json, json};

/// Whose story it is.
pub const PARTY: &str = "customer:1";
/// The thing it is about, unless another is named.
pub const FLIGHT: &str = "flight:1";

/// The clauses that most stories need; what follows are rights, stacking and limits.
const HEAD: &str = r#"
charter: air
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our promise, zh: 我们的承诺, nb: Vårt løfte}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
tenders:
  points: {name: {en: points, zh: 积分, nb: poeng}, worth: 0.01 USD}
  credit: {name: {en: travel credit, zh: 旅行抵用金, nb: reisekreditt}, worth: 1 USD, decimals: 2}
values:
  late:
    - {from: 2025-01-01, bands: [{at: 3h, give: 50 USD}, {at: 4h, below: 6h, give: 100 USD}]}
events:
  booking.made: {party: customer, about: flight, data: {departs: time, fare: money, paid: tenders, class: [saver, full]}}
  booking.cancelled: {party: customer, about: flight}
  flight.delayed: {about: flight}
  flight.departed: {about: flight, data: {late: duration}}
  flight.cancelled: {about: flight}
  bag.lost: {party: customer, about: flight, data: {days: int}}
  weather.observed: {about: flight, data: {wind: number}}
  alternate.accepted: {party: customer, about: flight}
promises:
  departure:
    made: {on: booking.made, due: data.departs, worth: data.fare, paid: data.paid}
    says: {en: "{thing} leaves at {due}", zh: "{thing} 于 {due} 起飞", nb: "{thing} går {due}"}
    owner: operations
    kept: {on: flight.departed, if: data.late < duration('15m')}
    late: {on: flight.departed}
    broken: {on: flight.cancelled}
    released: {on: booking.cancelled}
    at_risk: [{before: 2h}, {on: flight.delayed}]
    silent: {after: 24h, then: ask owner}
"#;

/// What the clause says, in every language the charter has.
pub const SAYS: &str = "says: {en: We make it good., zh: 我们会补偿。, nb: Vi gjør det godt.}";

/// A charter with these rights (and what follows them) after the common clauses. `SAYS` stands for a text in every language.
pub fn charter(rights: &str) -> String {
    format!("{HEAD}{}", rights.replace("SAYS", SAYS))
}

/// The charter of a text.
///
/// # Panics
/// With what is wrong, when it has faults.
pub fn compile(text: &str) -> Arc<Charter> {
    let read = Charter::read("test.yaml", text);
    let report = read.report(text, Style::Plain);
    Arc::new(read.charter.unwrap_or_else(|| panic!("{report}")))
}

/// A moment of the year 2025: `06-01 12:00`.
pub fn at(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let seconds = if time.len() == 5 { ":00" } else { "" };
    parse_moment(&format!("2025-{day}T{time}{seconds}Z"), &jiff::tz::TimeZone::UTC).unwrap()
}

pub struct World {
    pub book: Rulebook,
    pub party: Party,
    pub promises: BTreeMap<PartId, Promise>,
    pub remedies: BTreeMap<PartId, Remedy>,
    /// Its other parts.
    pub beside: BTreeMap<(BesideKind, PartId), Beside>,
    pub entries: Vec<Entry>,
    pub messages: Vec<Message>,
    pub withdrawn: Vec<PartId>,
    pub spent: Vec<String>,
    /// True while the day's budget is spent.
    pub budget_spent: bool,
    said: BTreeMap<Box<str>, Vec<Event>>,
    heard: BTreeSet<Ident>,
    interests: BTreeSet<Box<str>>,
    told: u32,
}

impl World {
    /// A party under one charter with these rights.
    pub fn new(rights: &str) -> Self {
        Self::under(&[&charter(rights)])
    }

    /// A party under these versions of a charter.
    pub fn under(texts: &[&str]) -> Self {
        Self {
            book: Rulebook::new(texts.iter().map(|text| compile(text))),
            party: Party::default(),
            promises: BTreeMap::new(),
            remedies: BTreeMap::new(),
            beside: BTreeMap::new(),
            entries: Vec::new(),
            messages: Vec::new(),
            withdrawn: Vec::new(),
            spent: Vec::new(),
            budget_spent: false,
            said: BTreeMap::new(),
            heard: BTreeSet::new(),
            interests: BTreeSet::new(),
            told: 0,
        }
    }

    /// Books a seat for 200.00 USD, paid in cash, leaving at `departs`.
    pub fn book(&mut self, departs: &str) -> &mut Self {
        self.book_for(departs, "200 USD", &["200 USD"])
    }

    /// Books a seat on 2025-05-01.
    pub fn book_for(&mut self, departs: &str, fare: &str, paid: &[&str]) -> &mut Self {
        let data = json!({ "departs": at(departs).to_string(), "fare": fare, "paid": paid, "class": "full" });
        self.say("booking.made", "05-01", data)
    }

    /// Tells an event of 2025 under an id of its own.
    ///
    /// # Panics
    /// When it is refused.
    pub fn say(&mut self, kind: &str, time: &str, data: Json) -> &mut Self {
        self.told += 1;
        let id = format!("event-{}", self.told);
        self.tell(kind, &id, time, data).unwrap_or_else(|error| panic!("{kind} was refused: {error}"));
        self
    }

    /// Tells an event that is to be refused, and gives the refusal's code. Nothing has changed then.
    pub fn refused(&mut self, kind: &str, time: &str, data: Json) -> &'static str {
        self.told += 1;
        let id = format!("event-{}", self.told);
        let before = self.pictured();
        let code = match self.tell(kind, &id, time, data) {
            Err(FoldError::Refused(Refusal { code, .. })) => code,
            other => panic!("{kind} was to be refused, but gave {other:?}"),
        };
        assert_eq!(self.pictured(), before);
        code
    }

    /// Tells an event under a chosen id; told again, it counts once. `data` may hold `actor`.
    pub fn tell(&mut self, kind: &str, id: &str, time: &str, data: Json) -> Result<(), FoldError> {
        self.tell_of(FLIGHT, kind, id, time, data)
    }

    /// The same, about another thing.
    pub fn tell_of(&mut self, thing: &str, kind: &str, id: &str, time: &str, data: Json) -> Result<(), FoldError> {
        let shape = self.book.versions().iter().find_map(|rules| {
            let charter = &rules.charter;
            charter.shapes.get(*charter.shape_ids.get(kind)?)
        });
        let about_party = shape.unwrap_or_else(|| panic!("no charter knows `{kind}`")).party.is_some();
        let mut json = json!({
            "specversion": "1.0", "id": id, "source": "/tests", "type": kind, "time": at(time).to_string(),
            "subject": if about_party { PARTY } else { thing }, "data": data,
        });
        if let Some(actor) = data.get("actor") {
            json["actor"] = actor.clone();
        }
        if about_party && (kind == "play.assigned" || shape.is_some_and(|shape| shape.about.is_some())) {
            json["about"] = thing.into();
        }
        let event = self.read(&json.to_string());
        if about_party {
            return self.hear(&event);
        }
        self.said.entry(thing.into()).or_default().push(event.clone());
        if self.interests.contains(thing) { self.hear(&event) } else { Ok(()) }
    }

    fn read(&self, line: &str) -> Event {
        let envelope = Envelope::parse(line.as_bytes()).unwrap();
        let mut about = None;
        let mut fault = None;
        let form = |rules: &makegood_core::Rules| {
            let id = *rules.charter.shape_ids.get(&*envelope.kind)?;
            let shape = &rules.charter.shapes[id];
            about = shape.subjects(&envelope).unwrap().thing.or(envelope.about.as_deref()).map(Into::into);
            match shape.decode(envelope.data, &rules.charter.commodities) {
                Ok(data) => Some(Form { shape: id, data }),
                Err(error) => {
                    fault = Some(error);
                    None
                }
            }
        };
        let forms: Vec<_> = self.book.versions().iter().map(form).collect();
        assert!(forms.iter().any(Option::is_some), "{fault:?}");
        let ident = makegood_core::id::part_id(&envelope.source, "", &[0; 16], &envelope.id, 0);
        let mut padded = Ident::default();
        padded[..12].copy_from_slice(&ident);
        Event {
            ident: padded,
            kind: (&*envelope.kind).into(),
            subject: (&*envelope.subject).into(),
            about,
            time: envelope.time,
            actor: envelope.actor.as_deref().map(Into::into),
            forms,
        }
    }

    fn hear(&mut self, event: &Event) -> Result<(), FoldError> {
        if self.heard.contains(&event.ident) {
            return Ok(());
        }
        let interests = self.fold(&Happening::Event(event))?;
        self.heard.insert(event.ident);
        for thing in interests {
            self.interests.insert(thing.clone());
            for earlier in self.said.get(&thing).cloned().unwrap_or_default() {
                self.hear(&earlier)?;
            }
        }
        Ok(())
    }

    fn fold(&mut self, happening: &Happening) -> Result<Vec<Box<str>>, FoldError> {
        let needs = needs(&self.book, PARTY, happening);
        let wanted = self.promises.values().filter(|promise| needs.wants(promise));
        let mut promises: Vec<Arc<Promise>> = wanted.cloned().map(Arc::new).collect();
        let get = |id: &PartId| Ok::<_, std::convert::Infallible>(self.promises.get(id).cloned().map(Arc::new));
        with_ties(&mut promises, get).unwrap();
        let about: Vec<[u8; 4]> = needs.beside_of(&promises).collect();
        let loaded = |part: &&Beside| part.kind().is_loaded() && about.contains(&about_of(&part.id()));
        let beside = self.beside.values().filter(loaded);
        let loaded = Loaded {
            beside: beside.cloned().map(Arc::new).collect(),
            promises,
            remedies: needs.remedies.iter().filter_map(|id| self.remedies.get(id)).cloned().map(Arc::new).collect(),
        };
        let context = Context { budget_spent: self.budget_spent };
        let folded = fold(&self.book, PARTY, self.party.clone(), loaded, happening, context);
        // What a fold did not ask for changes nothing of it.
        let all = Loaded {
            promises: self.promises.values().cloned().map(Arc::new).collect(),
            remedies: self.remedies.values().cloned().map(Arc::new).collect(),
            beside: self.beside.values().filter(|part| part.kind().is_loaded()).cloned().map(Arc::new).collect(),
        };
        let given_all = fold(&self.book, PARTY, self.party.clone(), all, happening, context);
        assert_eq!(format!("{folded:?}"), format!("{given_all:?}"));
        let folded = folded?;
        self.party = folded.party;
        self.promises.extend(folded.promises.into_iter().map(|promise| (promise.id, promise)));
        self.remedies.extend(folded.remedies.into_iter().map(|remedy| (remedy.id, remedy)));
        self.beside.extend(folded.beside.into_iter().map(|part| ((part.kind(), part.id()), part)));
        self.entries.extend(folded.entries);
        self.messages.extend(folded.messages);
        self.withdrawn.extend(folded.withdrawn);
        self.spent.extend(folded.spent.iter().map(ToString::to_string));
        self.audit();
        Ok(folded.interests)
    }

    /// Moves the clock: every moment that some promise waits for, one after the other.
    ///
    /// # Panics
    /// When it does not come to an end.
    pub fn clock(&mut self, until: &str) -> &mut Self {
        let until = at(until);
        for round in 0_u32..1_000 {
            let next = self.promises.values().filter_map(|promise| promise.wake_at);
            let next = next.chain(self.party.wake_at()).min();
            let Some(moment) = next.filter(|moment| *moment <= until) else { return self };
            let mut ident = Ident::default();
            ident[..8].copy_from_slice(&moment.0.to_be_bytes());
            ident[12..].copy_from_slice(&round.to_be_bytes());
            self.fold(&Happening::Clock { at: moment, ident }).unwrap();
        }
        panic!("the clock does not come to rest");
    }

    /// What must be true at any time: the party counts its parts, the books balance and owe what the remedies say.
    fn audit(&self) {
        let mut counted = Party {
            given: self.party.given.clone(),
            counted: self.party.counted.clone(),
            weighed: self.party.weighed.clone(),
            told: self.party.told,
            dealings: self.party.dealings.clone(),
            stages: self.party.stages.clone(),
            roles: self.party.roles.clone(),
            absences: self.party.absences.clone(),
            credits: self.party.credits.clone(),
            ..Party::default()
        };
        self.promises.values().for_each(|promise| counted.tally(promise));
        counted.remedies = u32::try_from(self.remedies.len()).unwrap();
        assert_eq!(self.party, counted);
        crate::ledger::audit(self);
        let ids: BTreeSet<_> = self.entries.iter().map(|entry| entry.id).collect();
        assert_eq!(ids.len(), self.entries.len(), "two movements have one identity");
        let ids: BTreeSet<_> = self.messages.iter().map(|message| message.id).collect();
        assert_eq!(ids.len(), self.messages.len(), "two messages have one identity");
    }

    /// How the promises of the charter stand, in the order they were made.
    pub fn states(&self) -> String {
        let mut promises: Vec<_> =
            self.promises.values().filter(|promise| matches!(promise.clause, Clause::Promise(_))).collect();
        promises.sort_by_key(|promise| (promise.made_at, promise.due, promise.id));
        promises.iter().map(|promise| promise.state.word()).collect::<Vec<_>>().join(", ")
    }

    /// How the promises to pay stand, the soonest first.
    pub fn payments(&self) -> String {
        let mut promises: Vec<_> =
            self.promises.values().filter(|promise| matches!(promise.clause, Clause::Pay { .. })).collect();
        promises.sort_by_key(|promise| (promise.due, promise.id));
        promises.iter().map(|promise| promise.state.word()).collect::<Vec<_>>().join(", ")
    }

    /// What is owed: `late 50.00 USD approved`, in the order in which it came to be owed.
    pub fn owed(&self) -> Vec<String> {
        let mut remedies: Vec<_> = self.remedies.values().collect();
        remedies.sort_by_key(|remedy| (remedy.owed_at, remedy.kind, remedy.right.clone(), remedy.amounts.to_string()));
        let words = |remedy: &&Remedy| format!("{} {} {}", remedy.right, remedy.amounts, remedy.state.word());
        remedies.iter().map(words).collect()
    }

    /// The one remedy there is.
    pub fn remedy(&self) -> &Remedy {
        assert_eq!(self.remedies.len(), 1, "{:?}", self.owed());
        self.remedies.values().next().unwrap()
    }

    /// The name of the remedy under a right.
    pub fn name_of(&self, right: &str) -> String {
        let remedy = self.remedies.values().find(|remedy| &*remedy.right == right).unwrap();
        Name::new(Kind::Remedy, PARTY, remedy.id).to_string()
    }

    /// The name of the one promise of the charter there is.
    pub fn promise_name(&self) -> String {
        let promise = self.promises.values().find(|promise| matches!(promise.clause, Clause::Promise(_))).unwrap();
        Name::new(Kind::Promise, PARTY, promise.id).to_string()
    }

    /// The messages of a topic.
    pub fn sent(&self, topic: Topic) -> Vec<&Json> {
        self.messages.iter().filter(|message| message.topic == topic).map(|message| &message.body).collect()
    }

    /// Everything, to be compared.
    pub fn pictured(&self) -> String {
        format!("{:?}", (&self.party, &self.promises, &self.remedies, &self.entries, &self.messages))
    }
}
