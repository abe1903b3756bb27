//! What people are told of promises between them, in English, Chinese and Norwegian.

use makegood_charter::value::Moment;
use makegood_charter::words::show_moment;
use serde_json::{Map, Value as Json, json};

use crate::fold::Folding;
use crate::id::{Kind, Name, hex};
use crate::message::{leave, promise_text};
use crate::{Finding, Promise, PromiseState, Rules, Topic};

/// One text in every language of the charter's title.
fn texts(rules: &Rules, text: impl Fn(&str) -> String) -> Json {
    let languages = rules.charter.title.languages();
    Json::Object(languages.map(|language| (language.to_owned(), text(language).into())).collect::<Map<_, _>>())
}

fn pick(language: &str, [en, zh, nb]: [String; 3]) -> String {
    match language {
        "zh" => zh,
        "nb" => nb,
        _ => en,
    }
}

/// What was promised: in the person's own words, or as the clause puts it.
fn what(rules: &Rules, promise: &Promise, language: &str) -> String {
    match promise.hands.as_ref().map(|hands| &*hands.what).filter(|what| !what.is_empty()) {
        Some(what) => what.to_owned(),
        None => promise_text(rules, promise, language).unwrap_or_default(),
    }
}

fn when(rules: &Rules, moment: Moment, language: &str) -> String {
    show_moment(moment, &rules.charter.zone, language)
}

fn body(folding: &Folding, promise: &Promise, rules: &Rules, to: &str, text: Json) -> Json {
    json!({
        "to": to,
        "party": folding.key,
        "promise": Name::new(Kind::Promise, folding.key, promise.id).to_string(),
        "clause": promise.words_of(rules).map_or("", |clause| &clause.name),
        "thing": &*promise.thing,
        "due": promise.due.to_string(),
        "text": text,
    })
}

fn tell(folding: &mut Folding, promise: &Promise, rules: &Rules, (topic, salt): (Topic, &str), to: &str, text: Json) {
    let body = body(folding, promise, rules, to, text);
    leave(folding, topic, &promise.thing, &format!("{salt}/{to}/{}", hex(&promise.id)), 0, body);
}

fn add(folding: &mut Folding, field: &str, value: Json) {
    if let Some(Json::Object(fields)) = folding.out.messages.last_mut().map(|message| &mut message.body) {
        fields.insert(field.to_owned(), value);
    }
}

/// Asks whom a promise is delegated to, whether they take it on.
pub(super) fn asked(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let (doer, from) = (promise.doer(None).unwrap_or_default(), from(promise));
    let text = texts(rules, |language| {
        let (what, due, party) = (what(rules, promise, language), when(rules, promise.due, language), folding.key);
        pick(
            language,
            [
                format!("{from} asks you: {what}, by {due}, because we promised it to {party}. Do you take it on?"),
                format!("{from} 请您：{what}，期限 {due}，因为我们已向 {party} 承诺。您接受吗？"),
                format!("{from} ber deg: {what}, innen {due}, fordi vi har lovet det til {party}. Tar du det?"),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Delegation, "asked"), doer, text);
    add(folding, "says", "asked".into());
    add(folding, "from", from.into());
}

fn from(promise: &Promise) -> &str {
    promise.delegation().map(|delegation| &*delegation.from).unwrap_or_default()
}

/// Tells whoever delegated it that it is theirs again.
pub(super) fn given_back(folding: &mut Folding, promise: &Promise, rules: &Rules, because: &str) {
    let doer = promise.doer(None).unwrap_or_default();
    let text = texts(rules, |language| {
        let (what, due) = (what(rules, promise, language), when(rules, promise.due, language));
        pick(
            language,
            [
                format!("{doer} gives it back to you: {what}, by {due}. “{because}” It is yours again."),
                format!("{doer} 将此事退还给您：{what}，期限 {due}。“{because}” 现由您负责。"),
                format!("{doer} gir det tilbake til deg: {what}, innen {due}. «{because}» Det er ditt igjen."),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Delegation, "back"), from(promise), text);
    add(folding, "says", "given back".into());
    add(folding, "because", because.into());
}

/// Tells whoever delegated it that it is done: it is for them to say so of what they promised.
pub(super) fn done(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let doer = promise.doer(None).unwrap_or_default();
    let text = texts(rules, |language| {
        let what = what(rules, promise, language);
        pick(
            language,
            [
                format!("{doer} says it is done: {what}. Is what you promised kept by it?"),
                format!("{doer} 称已完成：{what}。您的承诺是否因此兑现？"),
                format!("{doer} sier det er gjort: {what}. Er det du lovet, holdt med det?"),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Delegation, "done"), from(promise), text);
    add(folding, "says", "done".into());
}

/// Warns the one above, and the owner of what was promised first.
pub(super) fn in_danger(folding: &mut Folding, promise: &Promise, above: &[Promise], rules: &Rules) {
    let doer = promise.doer(None).unwrap_or_default();
    let Some(root) = above.last() else { return };
    let owner = root.owner(root.clause_of(rules)).unwrap_or("owner");
    let text = texts(rules, |language| {
        let (part, whole, party) = (what(rules, promise, language), what(rules, root, language), folding.key);
        let (due, last) = (when(rules, promise.due, language), when(rules, root.due, language));
        let [en, zh, nb] = match promise.state {
            PromiseState::Overdue => ["is overdue", "已逾期", "er forfalt"],
            PromiseState::Broken => ["will not be done", "无法完成", "blir ikke gjort"],
            _ => ["is at risk", "有风险", "er i fare"],
        };
        pick(
            language,
            [
                format!("{part} ({doer}, by {due}) {en}. {party} was promised: {whole}, by {last}."),
                format!("{part}（{doer}，期限 {due}）{zh}。已向 {party} 承诺：{whole}，期限 {last}。"),
                format!("{part} ({doer}, innen {due}) {nb}. {party} er lovet: {whole}, innen {last}."),
            ],
        )
    });
    let people = [from(promise), owner];
    for (place, to) in people.into_iter().enumerate() {
        if people.iter().take(place).any(|told| *told == to) {
            continue;
        }
        let salt = format!("danger/{}", promise.state.word());
        tell(folding, promise, rules, (Topic::Warning, &salt), to, text.clone());
        add(folding, "doer", doer.into());
        add(folding, "state", promise.state.word().into());
        add(folding, "promised", Name::new(Kind::Promise, folding.key, root.id).to_string().into());
    }
}

/// Asks the party whether this is what was promised.
pub(super) fn ask_acknowledgement(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let text = texts(rules, |language| {
        let said = promise_text(rules, promise, language).unwrap_or_default();
        pick(
            language,
            [
                format!("This is what we promised you: {said} Is that right?"),
                format!("我们向您承诺：{said}是否正确？"),
                format!("Dette har vi lovet deg: {said} Stemmer det?"),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Confirmation, "acknowledge"), folding.key, text);
    add(folding, "asks", "acknowledgement".into());
}

/// Reminds the owner that the party has not acknowledged.
pub(super) fn not_acknowledged(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let owner = promise.owner(promise.clause_of(rules)).unwrap_or("owner");
    let text = texts(rules, |language| {
        let (what, party) = (what(rules, promise, language), folding.key);
        pick(
            language,
            [
                format!("{party} has not acknowledged in writing: {what}. Ask whether you both mean the same."),
                format!("{party} 尚未书面确认：{what}。请核实双方理解是否一致。"),
                format!("{party} har ikke bekreftet skriftlig: {what}. Spør om dere mener det samme."),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Question, "unacknowledged"), owner, text);
    add(folding, "question", "the promise was not acknowledged: does the party mean the same?".into());
}

/// Asks the party whether a promise was kept, or asks again whether it still is so.
pub(super) fn ask_verdict(folding: &mut Folding, promise: &Promise, rules: &Rules, again: bool) {
    let text = texts(rules, |language| {
        let said = promise_text(rules, promise, language).unwrap_or_default();
        let asks = if again {
            [
                "Some time has passed. Is it really so?",
                "已经过去一段时间，问题是否真正解决？",
                "Det har gått en tid. Er det virkelig slik?",
            ]
        } else {
            ["Did we keep it?", "我们兑现了吗？", "Holdt vi det?"]
        };
        pick(
            language,
            [
                format!("We promised you: {said} {}", asks[0]),
                format!("我们曾承诺：{said}{}", asks[1]),
                format!("Vi lovet deg: {said} {}", asks[2]),
            ],
        )
    });
    let (salt, asks) = if again { ("again", "verdict again") } else { ("verdict", "verdict") };
    tell(folding, promise, rules, (Topic::Confirmation, salt), folding.key, text);
    add(folding, "asks", asks.into());
}

/// Tells the owner that the promisee found it wanting.
pub(super) fn found_wanting(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let owner = promise.owner(promise.clause_of(rules)).unwrap_or("owner");
    let Some(verdict) = promise.word().and_then(|word| word.verdicts.last()) else { return };
    let anew = promise.word().and_then(|word| word.put_right_by);
    let (by, words, finding) = (&verdict.said.by, &verdict.said.text, verdict.finding);
    let text = texts(rules, |language| {
        let what = what(rules, promise, language);
        let [en, zh, nb] = match finding {
            Finding::Partly => ["was kept only in part", "只部分兑现", "bare delvis ble holdt"],
            _ => ["was not kept", "未兑现", "ikke ble holdt"],
        };
        let quoted =
            |open: &str, close: &str| if words.is_empty() { String::new() } else { format!(" {open}{words}{close}") };
        pick(
            language,
            [
                format!("{by} says that this {en}: {what}.{}", quoted("“", "”")),
                format!("{by} 表示此事{zh}：{what}。{}", quoted("“", "”")),
                format!("{by} sier at dette {nb}: {what}.{}", quoted("«", "»")),
            ],
        )
    });
    tell(folding, promise, rules, (Topic::Question, "wanting"), owner, text);
    add(folding, "question", "the promisee says it was not kept: what is done about it?".into());
    add(folding, "verdict", finding.word().into());
    if let Some(id) = anew {
        add(folding, "put_right_by", Name::new(Kind::Promise, folding.key, id).to_string().into());
    }
}
