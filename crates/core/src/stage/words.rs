//! Stages and their reasons in words.

use makegood_charter::model::{Charter, Phase, Stage};
use makegood_charter::number::format_number;
use makegood_charter::value::Moment;
use makegood_charter::words::show_duration;

use super::{Ended, Grounds, MoveReason, Seen};
use crate::because::{say, when};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A stage in words.
pub fn stage_word(stage: Stage, language: &str) -> &'static str {
    let [en, zh, nb] = match stage {
        Stage::Suspect => [stage.word(), "潜在客户", "mulig kunde"],
        Stage::Prospect => [stage.word(), "意向客户", "interessent"],
        Stage::FirstTime => ["first-time customer", "首购客户", "førstegangskunde"],
        Stage::Repeat => ["repeat customer", "复购客户", "gjenkjøpskunde"],
        Stage::Client => [stage.word(), "常客", "fast kunde"],
        Stage::Advocate => [stage.word(), "推荐者", "ambassadør"],
        Stage::Lost => [stage.word(), "流失客户", "tapt kunde"],
    };
    pick(language, [en, zh, nb])
}

/// A phase in words.
pub fn phase_word(phase: Phase, language: &str) -> &'static str {
    match phase {
        Phase::Gain => pick(language, ["gain", "赢得", "vinne"]),
        Phase::Keep => pick(language, ["keep", "留住", "beholde"]),
        Phase::Regain => pick(language, ["regain", "赢回", "vinne tilbake"]),
    }
}

fn pick(language: &str, [en, zh, nb]: [&'static str; 3]) -> &'static str {
    match language {
        "zh" => zh,
        "nb" => nb,
        _ => en,
    }
}

/// Why a move was made, a sentence for each reason.
pub fn move_words(charter: &Charter, reason: &MoveReason, language: &str) -> Vec<String> {
    let ended = reason.ended.as_ref().map(|ended| ended_words(charter, ended, language));
    let late = reason.late.then(|| {
        let late = ["This was learnt of late.", "此事是事后得知的。", "Dette ble kjent i ettertid."];
        pick(language, late).to_owned()
    });
    ended.into_iter().chain([grounds_words(charter, &reason.grounds, language)]).chain(late).collect()
}

fn date(charter: &Charter, moment: Moment) -> String {
    when(charter, moment, false)
}

fn seen_words(seen: &Seen) -> String {
    if seen.why.is_empty() { format!("`{}`", seen.kind) } else { format!("`{}` ({})", seen.kind, seen.why) }
}

/// A share in millionths as hundredths.
fn percent(millionths: i64) -> String {
    format!("{} %", format_number(millionths.saturating_mul(100)))
}

/// A length of time, in whole days from two days on.
fn length(milliseconds: i64, language: &str) -> String {
    let whole = if milliseconds < DAY.saturating_mul(2) {
        milliseconds
    } else {
        milliseconds.saturating_sub(milliseconds.checked_rem(DAY).unwrap_or_default())
    };
    show_duration(whole, language)
}

/// The evidence as a sentence.
pub fn grounds_words(charter: &Charter, grounds: &Grounds, language: &str) -> String {
    match grounds {
        Grounds::Seen(seen) => say(
            language,
            ["Heard on {at}: {what}.", "{at} 得知：{what}。", "Hørt {at}: {what}."],
            &[("at", &date(charter, seen.at)), ("what", &seen_words(seen))],
        ),
        Grounds::Bought { times: 1, last, .. } => say(
            language,
            ["First bought on {last}.", "于 {last} 首次购买。", "Kjøpte første gang {last}."],
            &[("last", &date(charter, *last))],
        ),
        Grounds::Bought { times, last, .. } => say(
            language,
            [
                "Bought on {times} days, last on {last}.",
                "共在 {times} 天购买，最近一次为 {last}。",
                "Kjøpte på {times} dager, sist {last}.",
            ],
            &[("times", &times.to_string()), ("last", &date(charter, *last))],
        ),
        Grounds::Regular { times, least, within, last, .. } => say(
            language,
            [
                "Bought on {times} days within {within}, last on {last}; {least} make a client.",
                "在 {within}内有 {times} 天购买，最近一次为 {last}；满 {least} 天即为常客。",
                "Kjøpte på {times} dager i løpet av {within}, sist {last}; {least} gjør en fast kunde.",
            ],
            &[
                ("times", &times.to_string()),
                ("least", &least.to_string()),
                ("within", &length(*within, language)),
                ("last", &date(charter, *last)),
            ],
        ),
        Grounds::Silent { last, usual: 0, limit, .. } => say(
            language,
            [
                "Bought once, on {last}, and nothing for more than {limit} since.",
                "仅在 {last} 购买一次，此后超过 {limit}没有购买。",
                "Kjøpte én gang, {last}, og ingenting på mer enn {limit} siden.",
            ],
            &[("last", &date(charter, *last)), ("limit", &length(*limit, language))],
        ),
        Grounds::Silent { last, purchases, usual, times, limit, .. } => say(
            language,
            [
                "Last bought on {last}, and nothing for more than {limit} since: it bought on {purchases} days, every {usual} on average, and {times} times that (or the least the charter waits) is silence.",
                "最近一次购买为 {last}，此后超过 {limit}没有购买：共在 {purchases} 天购买，平均每 {usual}一次，其 {times} 倍（或章程规定的最短时间）即视为沉寂。",
                "Kjøpte sist {last}, og ingenting på mer enn {limit} siden: den kjøpte på {purchases} dager, i snitt med {usual} imellom, og {times} ganger det (eller det minste løftene venter) er taushet.",
            ],
            &[
                ("last", &date(charter, *last)),
                ("limit", &length(*limit, language)),
                ("purchases", &purchases.to_string()),
                ("usual", &length(*usual, language)),
                ("times", &format_number(*times)),
            ],
        ),
        Grounds::Judged(judged) => say(
            language,
            [
                "{by} judged on {at}, by what was known on {as_of}: a chance of {chance} of still being a customer; below {below} is lost.",
                "{by} 于 {at} 依据截至 {as_of} 的信息判断：仍为客户的概率为 {chance}；低于 {below} 即为流失。",
                "{by} vurderte {at}, ut fra det som var kjent {as_of}: sjansen for fortsatt å være kunde er {chance}; under {below} er tapt.",
            ],
            &[
                ("by", &judged.by),
                ("at", &date(charter, judged.at)),
                ("as_of", &date(charter, judged.as_of)),
                ("chance", &percent(judged.chance)),
                ("below", &percent(judged.below)),
            ],
        ),
        Grounds::Faded { last, within } => faded_words(charter, last, *within, language),
    }
}

fn faded_words(charter: &Charter, last: &Seen, within: i64, language: &str) -> String {
    say(
        language,
        [
            "Last heard on {at}: {what}. That counts for {within}.",
            "最近一次于 {at} 得知：{what}，有效期为 {within}。",
            "Sist hørt {at}: {what}. Det teller i {within}.",
        ],
        &[("at", &date(charter, last.at)), ("what", &seen_words(last)), ("within", &length(within, language))],
    )
}

fn ended_words(charter: &Charter, ended: &Ended, language: &str) -> String {
    match ended {
        Ended::Fewer { times, least, within } => say(
            language,
            [
                "Only {times} days with a purchase within {within}; {least} make a client.",
                "在 {within}内仅有 {times} 天购买；满 {least} 天才为常客。",
                "Bare {times} dager med kjøp i løpet av {within}; {least} gjør en fast kunde.",
            ],
            &[("times", &times.to_string()), ("least", &least.to_string()), ("within", &length(*within, language))],
        ),
        Ended::Faded { last, within } => faded_words(charter, last, *within, language),
        Ended::Returned(at) => say(
            language,
            ["Bought again on {at}.", "于 {at} 再次购买。", "Kjøpte igjen {at}."],
            &[("at", &date(charter, *at))],
        ),
        Ended::Rejudged(judged) => say(
            language,
            [
                "{by} judged again on {at}: a chance of {chance} of still being a customer.",
                "{by} 于 {at} 重新判断：仍为客户的概率为 {chance}。",
                "{by} vurderte på nytt {at}: sjansen for fortsatt å være kunde er {chance}.",
            ],
            &[("by", &judged.by), ("at", &date(charter, judged.at)), ("chance", &percent(judged.chance))],
        ),
        Ended::Corrected => pick(
            language,
            [
                "What is known by now shows that it had not been so.",
                "目前所知表明先前的判断并不成立。",
                "Det som nå er kjent, viser at det ikke var slik.",
            ],
        )
        .to_owned(),
    }
}
