use serde_json::{Map, Value as Json, json};

use makegood_charter::model::{Charter, Consequence, Duty, OnRequest, Promise as PromiseClause, Right};
use makegood_charter::value::{Moment, Type, Value};
use makegood_charter::words;
use makegood_money::{MoneyError, Tenders};

use crate::because::{Shown, because, money_words, tenders_words};
use crate::fold::Folding;
use crate::id::{Kind, Name, hex, part_id};
use crate::{Custody, Held, PartId, Play, Promise, Remedy, RemedyKind, Rules};

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// To whoever pays: pay this.
    Payout,
    /// To the party: what happened, what is owed, and why.
    Notice,
    /// To whoever may approve: this is owed and waits for you.
    Approval,
    /// To the owner of a promise: nothing was heard, or something needs a person.
    Question,
    /// To whoever does a step of a play: its turn has come.
    Task,
    /// To whom a promise is delegated, or who delegated it: do this, it is done, it is given back.
    Delegation,
    /// To whoever stands above in a delegation: what you rely on is in danger.
    Warning,
    /// To the party: is this what was promised, was it kept?
    Confirmation,
    /// To whoever said it: this sounds like a promise.
    Suggestion,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 9] = [
        Self::Payout,
        Self::Notice,
        Self::Approval,
        Self::Question,
        Self::Task,
        Self::Delegation,
        Self::Warning,
        Self::Confirmation,
        Self::Suggestion,
    ];

    /// The word under which it leaves.
    pub fn word(self) -> &'static str {
        match self {
            Self::Payout => "payout",
            Self::Notice => "notice",
            Self::Approval => "approval",
            Self::Question => "question",
            Self::Task => "task",
            Self::Delegation => "delegation",
            Self::Warning => "warning",
            Self::Confirmation => "confirmation",
            Self::Suggestion => "suggestion",
        }
    }
}

/// Something that must leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The key by which a receiver drops repeats, unique for the party.
    pub id: PartId,
    /// What it is.
    pub topic: Topic,
    /// What leaves.
    pub body: Json,
    /// It does not leave before this moment.
    pub not_before: Option<Moment>,
}

pub(crate) fn leave(folding: &mut Folding, topic: Topic, thing: &str, salt: &str, index: u32, body: Json) {
    let id = part_id(folding.key, thing, &folding.cause, &format!("{}/{salt}", topic.word()), index);
    folding.out.messages.push(Message { id, topic, body, not_before: None });
}

/// Asks whoever pays to pay a remedy.
pub(crate) fn payout(folding: &mut Folding, remedy: &Remedy) {
    let (id, body) = (payout_id(folding, remedy, remedy.sent), claim(folding, remedy));
    folding.out.messages.push(Message { id, topic: Topic::Payout, body, not_before: None });
}

/// Takes back what asks to pay a remedy, unless it has left.
pub(crate) fn withdraw_payout(folding: &mut Folding, remedy: &Remedy) {
    let last = remedy.sent.checked_sub(1).map(|nth| payout_id(folding, remedy, nth));
    folding.out.withdrawn.extend(last);
}

/// The key of the `nth` payout of a remedy: found again from the remedy alone.
fn payout_id(folding: &Folding, remedy: &Remedy, nth: u32) -> PartId {
    let salt = format!("{}/{}", Topic::Payout.word(), hex(&remedy.id));
    part_id(folding.key, &remedy.thing, &remedy.reason.cause, &salt, nth)
}

/// Asks whoever may approve a remedy that is held.
pub(crate) fn approval(folding: &mut Folding, remedy: &Remedy) {
    let mut body = claim(folding, remedy);
    let (to, why) = match &remedy.held_for {
        Some(Held::Over { limit, role }) => (&**role, format!("it is above {limit}")),
        Some(Held::Unweighed { role }) => (&**role, "its worth in the charter's money is not known".to_owned()),
        Some(Held::Budget) => ("finance", "the day's budget is spent".to_owned()),
        Some(Held::Asked) => ("finance", "a person asked for it".to_owned()),
        None => return,
    };
    if let Json::Object(fields) = &mut body {
        fields.insert("to".to_owned(), to.into());
        fields.insert("why".to_owned(), why.into());
    }
    leave(folding, Topic::Approval, &remedy.thing, &hex(&remedy.id), 0, body);
}

fn claim(folding: &Folding, remedy: &Remedy) -> Json {
    let amounts: Vec<_> = remedy.amounts.iter().map(|amount| amount.to_string()).collect();
    json!({
        "remedy": folding.remedy_name(remedy.id),
        "party": folding.key,
        "thing": &*remedy.thing,
        "right": &*remedy.right,
        "amounts": amounts,
        "owed_at": remedy.owed_at.to_string(),
        "pay_by": remedy.pay_by.map(|moment| moment.to_string()),
    })
}

/// Tells the party what is owed and why, unless it is less than the charter finds worth a message.
pub(crate) fn notice(folding: &mut Folding, remedy: &Remedy) {
    let Some((_, rules)) = folding.book.by_tag(remedy.reason.charter) else { return };
    let charter = &rules.charter;
    let worth = crate::award::worth_of(charter, &remedy.amounts);
    if charter.limits.notify_from.is_some_and(|least| worth.is_some_and(|worth| worth.minor < least.minor)) {
        return;
    }
    folding.told.push(remedy.clone());
}

/// Tells the party what the fold made owed, in one notice for each thing: amounts under one right are told together.
pub(crate) fn notices(folding: &mut Folding) -> Result<(), MoneyError> {
    let mut told = std::mem::take(&mut folding.told);
    while let Some(first) = told.first().cloned() {
        let (together, others): (Vec<_>, Vec<_>) = told.into_iter().partition(|remedy| remedy.thing == first.thing);
        told = others;
        let Some((_, rules)) = folding.book.by_tag(first.reason.charter) else { continue };
        let paragraphs = by_right(&together)?;
        let text = |language: &str| {
            let said = paragraphs.iter().filter_map(|remedy| {
                let (_, rules) = folding.book.by_tag(remedy.reason.charter)?;
                Some(notice_text(&rules.charter, remedy, language))
            });
            Json::String(said.collect::<Vec<_>>().join("\n\n"))
        };
        let languages = rules.charter.title.languages();
        let texts: Map<String, Json> = languages.map(|language| (language.to_owned(), text(language))).collect();
        let names: Vec<_> = together.iter().map(|remedy| folding.remedy_name(remedy.id)).collect();
        let mut body = json!({ "party": folding.key, "remedy": names.first(), "thing": &*first.thing, "text": texts });
        if let (Json::Object(fields), true) = (&mut body, names.len() > 1) {
            fields.insert("remedies".to_owned(), names.into());
        }
        tell(folding, &rules.charter, &first.thing, &hex(&first.id), body);
    }
    Ok(())
}

/// What is owed under one right and told alike, as one: the sum, for every reason.
fn by_right(remedies: &[Remedy]) -> Result<Vec<Remedy>, MoneyError> {
    let mut paragraphs: Vec<Remedy> = Vec::new();
    for remedy in remedies {
        let alike = |known: &&mut Remedy| {
            let penalty = |remedy: &Remedy| remedy.kind == RemedyKind::Penalty;
            known.right == remedy.right
                && known.promise == remedy.promise
                && known.reason.charter == remedy.reason.charter
                && !penalty(known)
                && !penalty(remedy)
        };
        match paragraphs.iter_mut().find(alike) {
            Some(known) => {
                known.amounts = Tenders::new(known.amounts.iter().chain(remedy.amounts.iter()))?;
                known.reason.steps.extend(remedy.reason.steps.iter().cloned());
            }
            None => paragraphs.push(remedy.clone()),
        }
    }
    Ok(paragraphs)
}

/// Lets a notice leave, on the first day on which the party still gets one.
fn tell(folding: &mut Folding, charter: &Charter, thing: &str, salt: &str, body: Json) {
    let not_before = charter.limits.notices_per_day.and_then(|most| day_to_tell(folding, charter, most));
    leave(folding, Topic::Notice, thing, salt, 0, body);
    if let Some(message) = folding.out.messages.last_mut() {
        message.not_before = not_before;
    }
}

/// The beginning of the day on which a further notice leaves; `None` when it is the day itself.
fn day_to_tell(folding: &mut Folding, charter: &Charter, most: u32) -> Option<Moment> {
    let zone = &charter.zone;
    let today = jiff::Timestamp::from_millisecond(folding.at.0).ok()?.to_zoned(zone.clone()).date();
    let epoch = jiff::civil::Date::new(1970, 1, 1).ok()?;
    let number = epoch.until(today).ok()?.get_days();
    let (day, count) = match folding.party.told {
        Some((day, count)) if day >= number && count < most => (day, count.saturating_add(1)),
        Some((day, _)) if day >= number => (day.saturating_add(1), 1),
        _ => (number, 1),
    };
    folding.party.told = Some((day, count));
    let later = day.checked_sub(number).filter(|days| *days > 0)?;
    let date = today.checked_add(jiff::Span::new().try_days(later).ok()?).ok()?;
    Some(Moment(date.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

/// Tells a party that it can ask for what it is not given by itself.
pub(crate) fn invitation(
    folding: &mut Folding,
    promise: &Promise,
    rules: &Rules,
    (right, request): (&Right, &OnRequest),
    ask_by: Moment,
    read: &dyn Fn(&str) -> Option<Shown>,
) {
    let charter = &rules.charter;
    let text = |language: &str| {
        let fill = |slot: &str| match slot {
            "thing" => Some(promise.thing.to_string()),
            "ask_by" => Some(words::show_moment(ask_by, &charter.zone, language)),
            slot => read(slot).map(|shown| shown.words(charter, language)),
        };
        request.says.get(language).map(|says| says.render(&fill)).unwrap_or_default()
    };
    let texts: Map<String, Json> =
        charter.title.languages().map(|language| (language.to_owned(), Json::String(text(language)))).collect();
    let body = json!({
        "party": folding.key,
        "right": &*right.name,
        "thing": &*promise.thing,
        "ask_by": ask_by.to_string(),
        "text": texts,
    });
    let salt = format!("ask/{}/{}", right.name, hex(&promise.id));
    tell(folding, charter, &promise.thing, &salt, body);
}

/// What the party is told, in one language.
pub fn notice_text(charter: &Charter, remedy: &Remedy, language: &str) -> String {
    // A penalty is for the late payment; the right's own words speak of what happened before.
    let right = charter.rights.iter().find(|right| right.name == remedy.right && remedy.kind != RemedyKind::Penalty);
    let fill = |slot: &str| fill(charter, remedy, slot, language);
    match right.and_then(|right: &Right| right.tells.get(language)) {
        Some(tells) => tells.render(&fill),
        None => {
            let amount = fill("amount").unwrap_or_default();
            let why = because(charter, &remedy.reason, language).join(" ");
            let thing = &remedy.thing;
            match (language, thing.is_empty()) {
                ("zh", false) => format!("关于 {thing}，我们欠您 {amount}。{why}您无需办理任何手续。"),
                ("zh", true) => format!("我们欠您 {amount}。{why}您无需办理任何手续。"),
                ("nb", false) => format!("Vi skylder deg {amount} for {thing}. {why} Du trenger ikke gjøre noe."),
                ("nb", true) => format!("Vi skylder deg {amount}. {why} Du trenger ikke gjøre noe."),
                (_, false) => format!("We owe you {amount} for {thing}. {why} You need do nothing."),
                (_, true) => format!("We owe you {amount}. {why} You need do nothing."),
            }
        }
    }
}

fn fill(charter: &Charter, remedy: &Remedy, slot: &str, language: &str) -> Option<String> {
    let read = |path: &str| {
        let (_, shown) = remedy.reason.inputs.iter().find(|(known, _)| &**known == path)?;
        Some(shown.words(charter, language))
    };
    match slot {
        "thing" => Some(remedy.thing.to_string()),
        "amount" => Some(tenders_words(charter, &remedy.amounts, language)),
        "because" => Some(because(charter, &remedy.reason, language).join(" ")),
        "pay_by" => remedy.pay_by.map(|pay_by| words::show_moment(pay_by, &charter.zone, language)),
        "due" | "worth" | "paid" => read(&format!("promise.{slot}")),
        path => read(path),
    }
}

/// The promise in the customer's words, as the clause it was made under puts it; `None` for a promise to pay.
pub fn promise_text(rules: &Rules, promise: &Promise, language: &str) -> Option<String> {
    let charter = &rules.charter;
    let clause = promise.words_of(rules)?;
    let says = clause.says.get(language)?;
    Some(says.render(&|slot| match slot {
        "thing" => Some(promise.thing.to_string()),
        "due" => Some(words::show_moment(promise.due, &charter.zone, language)),
        "worth" => promise.worth.map(|worth| money_words(charter, worth, language)),
        "paid" => Some(tenders_words(charter, &promise.paid, language)),
        _ => made_words(rules, promise, slot, language),
    }))
}

/// What a slot `made.FIELD` stands for.
fn made_words(rules: &Rules, promise: &Promise, slot: &str, language: &str) -> Option<String> {
    let charter = &rules.charter;
    let shape = charter.shapes.get(promise.words_of(rules)?.on)?;
    let position = *shape.positions.get(slot.strip_prefix("made.")?)?;
    let kind = &shape.fields.get(position)?.kind;
    Some(words::show(promise.made.get(position)?, kind, &charter.zone, language))
}

/// Asks the owner of an overdue promise what happened.
pub(crate) fn ask_owner(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let clause = promise.clause_of(rules);
    let asked = clause.and_then(|clause| clause.silent_asks.as_deref()).or(promise.owner(clause)).unwrap_or("owner");
    let body = json!({
        "to": asked,
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "clause": clause.map_or("pay", |clause| &clause.name),
        "thing": &*promise.thing,
        "due": promise.due.to_string(),
        "question": "the promise is overdue and nothing was heard: how does it stand?",
    });
    leave(folding, Topic::Question, &promise.thing, &hex(&promise.id), 0, body);
}

/// Tells whoever does a step of a play that its turn has come, in the words in which the customer reads it.
pub(crate) fn task(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let clause = promise.clause_of(rules);
    let languages = rules.charter.title.languages();
    let says =
        languages.filter_map(|language| Some((language.to_owned(), promise_text(rules, promise, language)?.into())));
    let body = json!({
        "to": promise.doer(clause).unwrap_or("owner"),
        "role": clause.and_then(|clause| clause.owner.as_deref()),
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "play": promise.play().map(|play| Name::new(Kind::Play, folding.key, play).to_string()),
        "step": clause.map_or("", |clause| &clause.name),
        "thing": &*promise.thing,
        "due": promise.due.to_string(),
        "says": says.collect::<Map<String, Json>>(),
    });
    leave(folding, Topic::Task, &promise.thing, &hex(&promise.id), 0, body);
}

/// Tells the customer of a hand-off that did not meet its duty, and asks whoever must know, with the chain as it is known.
pub(crate) fn handed_over(
    folding: &mut Folding,
    promise: &Promise,
    rules: &Rules,
    (duty, what, consequence): (&Duty, &str, &Consequence),
    chain: &Custody,
    data: &dyn Fn(&str) -> Option<(Value, Type)>,
) {
    let charter = &rules.charter;
    let salt = format!("{}/{what}/{}", duty.name, hex(&promise.id));
    if !consequence.tells.is_empty() {
        let text = |language: &str| {
            let shown = |(value, kind): (Value, Type)| words::show(&value, &kind, &charter.zone, language);
            let fill = |slot: &str| match slot.split_once('.') {
                Some(("data", field)) => data(field).map(shown),
                Some(("made", _)) => made_words(rules, promise, slot, language),
                _ => (slot == "thing").then(|| promise.thing.to_string()),
            };
            Json::String(consequence.tells.get(language).map(|tells| tells.render(&fill)).unwrap_or_default())
        };
        let texts: Map<String, Json> =
            charter.title.languages().map(|language| (language.to_owned(), text(language))).collect();
        let body = json!({ "party": folding.key, "thing": &*promise.thing, "duty": &*duty.name, "text": texts });
        tell(folding, charter, &promise.thing, &salt, body);
    }
    if let Some(role) = &consequence.asks {
        let hands = chain.hands.iter().map(|hand| {
            json!({
                "at": hand.at.to_string(),
                "giver": &*hand.giver,
                "taker": &*hand.taker,
                "on_behalf_of": &*hand.on_behalf_of,
                "quantity": hand.quantity.map(|quantity| hand.amount(quantity, "en")),
                "note": &*hand.note,
            })
        });
        let body = json!({
            "to": &**role,
            "party": folding.key,
            "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
            "thing": &*promise.thing,
            "duty": &*duty.name,
            "found": what,
            "custody": hands.collect::<Vec<_>>(),
            "question": "a hand-off did not meet its duty: see to it before the customer has to ask",
        });
        leave(folding, Topic::Question, &promise.thing, &salt, 0, body);
    }
}

/// Tells the next rung of the ladder that a promise stays overdue.
pub(crate) fn escalate(folding: &mut Folding, promise: &Promise, clause: &PromiseClause, (to, rung): (&str, u8)) {
    let body = json!({
        "to": to,
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "clause": &*clause.name,
        "thing": &*promise.thing,
        "due": promise.due.to_string(),
        "owner": promise.owner(Some(clause)),
        "rung": rung,
        "question": "the promise stays overdue and its owner is silent: see to it",
    });
    leave(folding, Topic::Question, &promise.thing, &format!("rung/{}", hex(&promise.id)), u32::from(rung), body);
}

/// Tells whoever speaks for the party that a step cannot be entered.
pub(crate) fn ask_about_step(folding: &mut Folding, play: &Play, step: &str, trouble: &str) {
    let body = json!({
        "to": "owner",
        "party": folding.key,
        "play": Name::new(Kind::Play, folding.key, play.id).to_string(),
        "step": step,
        "thing": &*play.thing,
        "question": format!("when the step is due cannot be worked out: {trouble}: decide what follows"),
    });
    leave(folding, Topic::Question, &play.thing, &format!("{step}/{}", hex(&play.id)), 0, body);
}

/// Asks for a person where a right applies but its amount cannot be worked out.
pub(crate) fn ask_about(folding: &mut Folding, promise: &Promise, rules: &Rules, right: &str, trouble: &str) {
    let owner = promise.owner(promise.clause_of(rules)).unwrap_or("owner");
    let body = json!({
        "to": owner,
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "thing": &*promise.thing,
        "right": right,
        "question": format!("the right applies, but {trouble}: decide what is owed"),
    });
    leave(folding, Topic::Question, &promise.thing, &format!("{right}/{}", hex(&promise.id)), 0, body);
}

/// Tells the owner that a promise has heard as many proofs as it remembers.
pub(crate) fn ask_about_proofs(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let heard = promise.proofs.len();
    let question =
        format!("{heard} proofs were heard of it and a further one is not remembered: does one of them decide?");
    ask(folding, promise, rules, "proofs", &question);
}

/// Asks for a person where a promise follows another one, but what it is cannot be worked out.
pub(crate) fn ask_about_duty(folding: &mut Folding, promise: &Promise, rules: &Rules, clause: &str, trouble: &str) {
    ask(folding, promise, rules, clause, &format!("{trouble}: decide what follows from it"));
}

fn ask(folding: &mut Folding, promise: &Promise, rules: &Rules, salt: &str, question: &str) {
    let owner = promise.owner(promise.clause_of(rules)).unwrap_or("owner");
    let body = json!({
        "to": owner,
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "thing": &*promise.thing,
        "question": question,
    });
    leave(folding, Topic::Question, &promise.thing, &format!("{salt}/{}", hex(&promise.id)), 0, body);
}

/// Tells whoever is accountable that a payment did not go through.
pub(crate) fn payment_failed(folding: &mut Folding, remedy: &Remedy, why: &str) {
    let body = json!({
        "to": "owner",
        "party": folding.key,
        "remedy": folding.remedy_name(remedy.id),
        "question": format!("the payment did not go through ({why}): approve it again, or pay it another way"),
    });
    leave(folding, Topic::Question, &remedy.thing, &hex(&remedy.id), remedy.sent, body);
}
