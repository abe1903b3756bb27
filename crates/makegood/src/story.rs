//! `makegood explain`: the whole story of a remedy, a promise, a play or a party, in the words one would show a customer.

mod custody;
mod people;
mod play;
mod stage;

pub use stage::stage;

pub(crate) use custody::chain;

use makegood_charter::value::{Moment, Type, Value};
use makegood_charter::{builtin, words};
use makegood_core::because::{because, tenders_words};
use makegood_core::id::{Kind, Name};
use makegood_core::{Beside, DeniedBy, Event, Promise, PromiseState, Remedy, RemedyState, Rules, promise_text};
use makegood_engine::{Logged, read_line, rows};
use makegood_store::{Body, OutboxRow, PartKind, PostingRow, Reader, Slot, slot_of};

use crate::Failure;
use crate::arguments::Explain;
use crate::language::Language;
use crate::open::{self, Opened};
use crate::output::{amount, put, table};

/// Lines of a log read at once.
const LINES: usize = 10_000;

/// How many of those who hold an interest in a thing are named.
const PARTIES: usize = 20;

struct Teller<'o> {
    opened: &'o Opened,
    reader: Box<dyn Reader>,
    language: Language<'o>,
    party: String,
    slot: Slot,
}

/// Tells the story.
pub fn run(arguments: &Explain) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let language = Language(&arguments.language);
    put!("{}", tell(&opened, &arguments.subject, language)?);
    Ok(true)
}

/// The thing, where there is one.
fn thing_of(thing: &str) -> Vec<&str> {
    Some(thing).filter(|thing| !thing.is_empty()).into_iter().collect()
}

fn tell(opened: &Opened, subject: &str, language: Language) -> Result<String, Failure> {
    let mut reader = opened.store.reader()?;
    if subject.split_once(':').is_some_and(|(kind, _)| kind == builtin::CHARTER) {
        return crate::commands::in_force::told(&mut *reader, subject);
    }
    let Some(name) = Name::parse(subject) else {
        let slot = slot_of(subject);
        let head = reader.heads(&[(slot, subject)])?.into_iter().next().flatten();
        let Some(head) = head else {
            return Err(Failure::new(
                "M023",
                format!("nothing was heard of `{subject}`"),
                "name a remedy (`r-…`), a promise (`p-…`), a play (`c-…`), a party such as `customer:42` or a thing such as `flight:7`",
            ));
        };
        let mut teller = Teller { opened, reader, language, party: subject.to_owned(), slot };
        return if head.state.is_empty() { teller.thing() } else { teller.party() };
    };
    let slot = Slot(u16::from_be_bytes(name.place) >> 6);
    let kind = match name.kind {
        Kind::Promise => PartKind::Promise,
        Kind::Remedy => PartKind::Remedy,
        Kind::Play => PartKind::Play,
        Kind::Suggestion => {
            return Err(Failure::new(
                "M023",
                format!("`{subject}` is a suggestion, and nothing has come of it yet"),
                "`makegood promise confirm-suggestion` makes a promise of it",
            ));
        }
    };
    let found = reader.parts_by_id(slot, kind, &name.id)?;
    let row = found.into_iter().find(|row| Name::new(name.kind, &row.party, name.id) == name);
    let Some(row) = row else {
        return Err(Failure::new(
            "M023",
            format!("there is no `{subject}`"),
            "`makegood explain PARTY` names what a party has",
        ));
    };
    let mut teller = Teller { opened, reader, language, party: row.party.to_string(), slot };
    match name.kind {
        Kind::Remedy => teller.remedy(&rows::remedy(&row)?),
        Kind::Promise | Kind::Suggestion => teller.promise(&rows::promise(&row)?),
        Kind::Play => match rows::beside(&row)? {
            Some(Beside::Play(play)) => teller.play(&play),
            _ => Ok(String::new()),
        },
    }
}

impl<'o> Teller<'o> {
    fn party(&mut self) -> Result<String, Failure> {
        let party = self.party.clone();
        let mut text = format!("{party}\n");
        let promises = self.reader.parts_of(self.slot, &party, PartKind::Promise)?;
        let mut lines = Vec::new();
        for row in &promises {
            let promise = rows::promise(row)?;
            let Some(rules) = self.rules(&promise.charter) else { continue };
            let name = Name::new(Kind::Promise, &party, promise.id).to_string();
            let due = moment(rules, promise.due, self.language);
            lines.push((
                promise.due,
                vec![due, row.clause.to_string(), about(&promise), self.state(promise.state).to_owned(), name],
            ));
        }
        section(&mut text, self.language.of(["Promises", "承诺", "Løfter"]), &by_time(lines));
        let mut lines = Vec::new();
        for row in self.reader.parts_of(self.slot, &party, PartKind::Remedy)? {
            let remedy = rows::remedy(&row)?;
            let Some(rules) = self.rules(&remedy.reason.charter) else { continue };
            let name = Name::new(Kind::Remedy, &party, remedy.id).to_string();
            let owed = moment(rules, remedy.owed_at, self.language);
            lines.push((
                remedy.owed_at,
                vec![
                    owed,
                    remedy.right.to_string(),
                    tenders_words(&rules.charter, &remedy.amounts, self.language.0),
                    self.remedy_state(remedy.state).to_owned(),
                    name,
                ],
            ));
        }
        section(&mut text, self.language.of(["Remedies", "补救", "Oppreisning"]), &by_time(lines));
        text.push_str(&self.stages(None)?);
        let plays = self.plays()?;
        section(&mut text, self.language.of(["Cases", "处理流程", "Saker"]), &plays);
        let custody = self.custody(None)?;
        section(&mut text, self.language.of(["Custody", "交接记录", "Overleveringer"]), &custody);
        let history = self.history(None)?;
        section(&mut text, self.language.of(["What happened", "经过", "Hva som skjedde"]), &history);
        let postings = self.reader.postings_of(self.slot, &party)?;
        section(&mut text, self.language.of(["In the books", "账目", "I regnskapet"]), &books(&postings));
        Ok(text)
    }

    fn thing(&mut self) -> Result<String, Failure> {
        let thing = self.party.clone();
        let mut text = format!("{thing}\n");
        let history = self.history(None)?;
        section(&mut text, self.language.of(["What happened", "经过", "Hva som skjedde"]), &history);
        let parties = self.reader.interested(self.slot, &thing, "", PARTIES.saturating_add(1))?;
        let mut named: String = parties.iter().take(PARTIES).map(|party| format!("  {party}\n")).collect();
        if parties.len() > PARTIES {
            named.push_str("  …\n");
        }
        section(&mut text, self.language.of(["Who hears of it", "相关方", "Hvem som får høre om det"]), &named);
        Ok(text)
    }

    fn promise(&mut self, promise: &Promise) -> Result<String, Failure> {
        let name = Name::new(Kind::Promise, &self.party, promise.id).to_string();
        let state = self.state(promise.state);
        let mut text = format!("{name} · {} · {}\n", self.party, state);
        text.push_str(&self.promised(promise));
        text.push_str(&self.between_people(promise)?);
        let history = self.history(Some((&thing_of(&promise.thing), &name)))?;
        section(&mut text, self.language.of(["What happened", "经过", "Hva som skjedde"]), &history);
        let mut owed = String::new();
        for granted in &promise.granted {
            let remedy = Name::new(Kind::Remedy, &self.party, granted.remedy);
            owed.push_str(&format!("  {}  {}  {remedy}\n", granted.amount, granted.right));
        }
        for denied in &promise.denied {
            let Some(rules) = self.rules(&denied.charter) else { continue };
            let right = rules.charter.rights.get(denied.right);
            let says = match denied.by {
                DeniedBy::Exception(position) => {
                    let exception = right.and_then(|right| right.unless.get(position));
                    let says = exception.and_then(|exception| exception.says.get(self.language.0));
                    says.map(|says| says.render(&|_| None))
                }
                DeniedBy::Limit => Some(
                    self.language
                        .of([
                            "It was given as much or as often as one customer gets it in this time.",
                            "在此期间该客户已获得的次数或金额已达上限。",
                            "Det er gitt så mye eller så ofte som én kunde får i dette tidsrommet.",
                        ])
                        .to_owned(),
                ),
                DeniedBy::Excluded => Some(
                    self.language
                        .of([
                            "Something was given for the same under another right, and nobody is paid twice.",
                            "已就同一事项按另一项权利给予补偿，不重复给付。",
                            "Noe er gitt for det samme etter en annen rettighet, og ingen får betalt to ganger.",
                        ])
                        .to_owned(),
                ),
            };
            let name = right.map_or("", |right| &right.name);
            owed.push_str(&format!(
                "  {}: {name}. {}\n",
                self.language.of(["nothing under", "不适用", "ingenting etter"]),
                says.unwrap_or_default()
            ));
        }
        if promise.claims.is_empty() && owed.is_empty() {
            owed.push_str(self.language.of(["  nothing\n", "  无\n", "  ingenting\n"]));
        }
        for claim in &promise.claims {
            let Some(rules) = self.rules(&claim.charter) else { continue };
            let right = rules.charter.rights.get(claim.right).map_or("", |right| &right.name);
            let (when, words) = match claim.ask_by {
                Some(ask_by) => (ask_by, ["can be asked for until", "可在此前提出请求：", "kan bes om inntil"]),
                None => (claim.decide_at, ["to be decided at", "待裁定时间", "avgjøres"]),
            };
            let when = moment(rules, when, self.language);
            owed.push_str(&format!("  {right}: {} {when}\n", self.language.of(words)));
        }
        section(&mut text, self.language.of(["What is owed for it", "应给予的补救", "Hva som skyldes for det"]), &owed);
        Ok(text)
    }

    fn remedy(&mut self, remedy: &Remedy) -> Result<String, Failure> {
        let party = self.party.clone();
        let name = Name::new(Kind::Remedy, &party, remedy.id).to_string();
        let Some(rules) = self.rules(&remedy.reason.charter) else {
            return Err(Failure::new(
                "M024",
                "the charter that judged is not kept",
                "restore the database from a backup",
            ));
        };
        let charter = &rules.charter;
        let language = self.language;
        let mut text = format!(
            "{} · {}\n{party} · {} · {name}\n",
            tenders_words(charter, &remedy.amounts, language.0),
            self.remedy_state(remedy.state),
            remedy.thing
        );
        let promise = match remedy.promise {
            Some(id) => self
                .reader
                .part(self.slot, &party, PartKind::Promise, &id)?
                .map(|row| rows::promise(&row))
                .transpose()?,
            None => None,
        };
        if let Some(promise) = &promise {
            text.push_str(&self.promised(promise));
        }
        let history = self.history(Some((&thing_of(&remedy.thing), &name)))?;
        section(&mut text, language.of(["What happened", "经过", "Hva som skjedde"]), &history);
        if let Some(right) = charter.rights.iter().find(|right| right.name == remedy.right) {
            let says = right.says.get(language.0).map(|says| says.render(&|_| None)).unwrap_or_default();
            let clause = format!("  “{says}”\n  {} · {} {}\n", right.name, charter.name, charter.version);
            section(
                &mut text,
                language.of(["The clause, as published", "公布的条款", "Løftet, slik det er kunngjort"]),
                &clause,
            );
        }
        let mut why = String::new();
        for (path, shown) in &remedy.reason.inputs {
            why.push_str(&format!("  {path} = {}\n", shown.words(charter, language.0)));
        }
        for sentence in because(charter, &remedy.reason, language.0) {
            why.push_str(&format!("  {sentence}\n"));
        }
        section(
            &mut text,
            language.of(["Why, and how it was reckoned", "原因与计算", "Hvorfor, og hvordan det er regnet ut"]),
            &why,
        );
        let mut paid = String::new();
        if let Some(pay_by) = remedy.pay_by {
            paid.push_str(&format!(
                "  {} {}\n",
                language.of(["to be paid by", "支付期限", "betales innen"]),
                moment(rules, pay_by, language)
            ));
        }
        if let Some((at, reference)) = &remedy.paid {
            paid.push_str(&format!(
                "  {} {}  {reference}\n",
                language.of(["paid", "已支付", "betalt"]),
                moment(rules, *at, language)
            ));
        }
        section(&mut text, language.of(["Payment", "支付", "Betaling"]), &paid);
        let postings = self.reader.postings_of(self.slot, &party)?;
        let postings: Vec<_> = postings.into_iter().filter(|line| line.remedy == remedy.id).collect();
        section(&mut text, language.of(["In the books", "账目", "I regnskapet"]), &books(&postings));
        let sent = self.sent(&name)?;
        section(&mut text, language.of(["What we sent", "已发送", "Hva vi har sendt"]), &sent);
        Ok(text)
    }

    fn promised(&self, promise: &Promise) -> String {
        let Some(rules) = self.rules(&promise.charter) else { return String::new() };
        let language = self.language;
        let due = moment(rules, promise.due, language);
        let what = promise.hands.as_ref().map(|hands| &*hands.what).filter(|_| promise.delegation().is_some());
        let own = what.map(|what| format!("{what} ({due})"));
        let said = own.or_else(|| promise_text(rules, promise, language.0)).unwrap_or_else(|| {
            let pays = language.of(["What is owed is paid by", "欠款将于此前支付：", "Det som skyldes, betales innen"]);
            format!("{pays} {due}")
        });
        let mut text = format!("  {said}\n");
        if !promise.paid.is_empty() {
            text.push_str(&format!(
                "  {} {}\n",
                language.of(["paid for it:", "所付：", "betalt for det:"]),
                promise.paid
            ));
        }
        let how = match promise.settled {
            Some((at, _)) => format!("  {} · {}\n", self.state(promise.state), moment(rules, at, language)),
            None => format!("  {}\n", self.state(promise.state)),
        };
        text.push_str(&how);
        let mut whole = String::new();
        section(&mut whole, language.of(["What was promised", "承诺内容", "Hva som ble lovet"]), &text);
        whole
    }

    /// The log in words: all of it, or what is about one thing or names one promise or remedy.
    fn history(&mut self, only: Option<(&[&str], &str)>) -> Result<String, Failure> {
        let mut rows = Vec::new();
        let mut after = 0;
        loop {
            let lines = self.reader.log(self.slot, &self.party, after, LINES)?;
            let Some(last) = lines.last() else { return Ok(by_time(rows)) };
            after = last.seq;
            for line in lines.iter().filter(|line| !matches!(line.body, Body::Erased(_))) {
                // What was told again stands there already.
                if let Logged::Event(event) = read_line(&mut *self.reader, &self.opened.book, line)? {
                    rows.extend(self.happened(&event, only));
                }
            }
        }
    }

    /// An event in words, if it is about one of the things or names the promise or remedy that is asked for.
    fn happened(&self, event: &Event, only: Option<(&[&str], &str)>) -> Option<(Moment, Vec<String>)> {
        let (version, form) =
            event.forms.iter().enumerate().find_map(|(version, form)| Some((version, form.as_ref()?)))?;
        let rules = self.opened.book.versions().get(version)?;
        let shape = rules.charter.shapes.get(form.shape)?;
        if let Some((things, name)) = only
            && !things.contains(&event.thing().unwrap_or_default())
            && !form.data.iter().any(|value| matches!(value, Value::Text(text) if text.as_ref() == name))
        {
            return None;
        }
        let told = shape.fields.iter().zip(&form.data).filter(|(_, value)| **value != Value::Absent);
        let told = told.map(|(field, value)| {
            format!("{} {}", field.name, words::show(value, &field.kind, &rules.charter.zone, self.language.0))
        });
        let by = event.actor.iter().map(|actor| format!("{} {actor}", self.language.of(["by", "经办：", "av"])));
        let said = told.chain(by).collect::<Vec<_>>().join(", ");
        Some((event.time, vec![moment(rules, event.time, self.language), event.kind.to_string(), said]))
    }

    fn sent(&mut self, remedy: &str) -> Result<String, Failure> {
        let mut text = String::new();
        let messages = self.reader.outbox_of(self.slot, &self.party)?;
        let about = |message: &OutboxRow| {
            let body: serde_json::Value = serde_json::from_slice(&message.body).ok()?;
            (body.get("remedy")?.as_str()? == remedy).then_some(body)
        };
        for (message, body) in messages.iter().filter_map(|message| Some((message, about(message)?))) {
            let when = match (message.delivered, message.next_try) {
                (Some(at), _) => Moment(at).to_string(),
                (None, Some(_)) => self.language.of(["waits to leave", "待发送", "venter på å bli sendt"]).to_owned(),
                (None, None) => self.language.of(["given up", "已放弃", "gitt opp"]).to_owned(),
            };
            text.push_str(&format!("  {}  {when}\n", message.topic));
            let words = body.pointer(&format!("/text/{}", self.language.0)).and_then(|text| text.as_str());
            if let Some(words) = words {
                text.push_str(&format!("    “{words}”\n"));
            }
        }
        Ok(text)
    }

    fn rules(&self, tag: &[u8; 8]) -> Option<&'o Rules> {
        self.opened.book.by_tag(*tag).map(|(_, rules)| rules)
    }

    fn state(&self, state: PromiseState) -> &'static str {
        self.language.promise(state)
    }

    fn remedy_state(&self, state: RemedyState) -> &'static str {
        use RemedyState as S;
        match state {
            S::Held => self.language.of(["held for approval", "待批准", "venter på godkjenning"]),
            S::Approved => self.language.of(["owed, on its way", "应付，办理中", "skyldes, er på vei"]),
            S::Paid => self.language.of(["paid", "已支付", "betalt"]),
            S::Failed => self.language.of(["owed, payment failed", "应付，支付失败", "skyldes, betalingen feilet"]),
            S::Waived => self.language.of(["waived", "已放弃", "frafalt"]),
        }
    }
}

/// What a promise is about: the thing, and what a person said of it.
fn about(promise: &Promise) -> String {
    let what = promise.hands.as_ref().map(|hands| &*hands.what).unwrap_or_default();
    let parts = [&*promise.thing, what].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(": ")
}

/// Rows of a table in the order of their moments.
fn by_time(mut rows: Vec<(Moment, Vec<String>)>) -> String {
    rows.sort();
    table(&rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), &[])
}

fn section(text: &mut String, title: &str, content: &str) {
    if !content.is_empty() {
        text.push_str(&format!("\n{title}\n{content}"));
    }
}

fn moment(rules: &Rules, moment: Moment, language: Language) -> String {
    words::show(&Value::Time(moment), &Type::Time, &rules.charter.zone, language.0)
}

fn books(postings: &[PostingRow]) -> String {
    let mut postings: Vec<&PostingRow> = postings.iter().collect();
    postings.sort_by_key(|line| (line.time, line.movement, line.line));
    let rows = postings.iter().map(|line| {
        let date: String = Moment(line.time).to_string().chars().take(10).collect();
        vec![date, line.account.to_string(), amount(i128::from(line.amount), line.decimals), line.commodity.to_string()]
    });
    table(&rows.collect::<Vec<_>>(), &[2])
}
