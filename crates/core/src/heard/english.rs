//! English.

use std::sync::LazyLock;

use jiff::civil::{Weekday, time};
use regex::Captures;

use super::speech::{Language, Tongue};
use super::when::{Length, Means, Now, Rule, group, hour, iso, over, pattern};

const NUMBER: &str = r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a couple of|a few)";
const DAYS: &str = "(?P<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const MONTHS: &str = "(?P<month>january|february|march|april|may|june|july|august|september|october|november|december)";

pub(super) static TONGUE: LazyLock<Tongue> = LazyLock::new(|| Tongue {
    language: Language::English,
    parts: pattern(r",?\s+\b(?:but|however|though)\b\s*"),
    promises: vec![
        pattern(
            r"\b(?:i|we)(?:'ll| will| shall| promise(?: you)?(?: that)? (?:i|we)(?:'ll| will)| promise(?: you)? to| can promise(?: you)? to|'m going to| am going to|'re going to| are going to)\s+(?:definitely\s+|certainly\s+|personally\s+|also\s+|then\s+|just\s+)?",
        ),
        pattern(r"\blet me (?P<what>(?:get|call|ring|check|look into|find out|send|ask|sort)\b.*)"),
        pattern(
            r"\b(?:i'm|i am|we're|we are) (?P<what>(?:calling|sending|coming|bringing|delivering|replacing|refunding|shipping)\b.*)",
        ),
        pattern(r"\byou have my word(?: that)? (?:i|we)(?:'ll| will)\s+"),
        pattern(r"\byou(?:'ll| will) (?P<what>(?:have|get|receive|hear)\b.* from (?:me|us)\b.*)"),
    ],
    never: vec![
        pattern(r"\b(?:if|unless|whether|provided|providing|as long as|in case|assuming|depending|otherwise)\b"),
        pattern(r"\bwhen(?:ever)? you\b|\bonce you\b|\bshould you\b"),
        pattern(r"\b(?:you|he|she|they|customer) (?:said|told|say|says|promised)\b|\bi (?:said|thought|told)\b"),
    ],
    not_here: vec![
        pattern(r"\b(?:maybe|perhaps|possibly|hopefully|probably|might|hope|wish|doubt)\b"),
        pattern(
            r"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re| are|'m| am)\s+(?:not|never|no longer|hardly)\b",
        ),
    ],
    not_next: pattern(
        r"^(?:not|never|no longer|hardly|try|attempt|have to|need|see (?:if|what|how|you)|think|admit|say|bet|guess|assume|wait|hope|know|miss|remember|regret|understand|consider|want|like|love|hate|be (?:honest|happy|glad|sorry|late|away|out|off|on (?:holiday|leave|vacation)|surprised|fine|\d+)|take your word|leave it (?:there|at that)|pass|skip|a |an |the )",
    ),
    when: rules(),
    kinds: vec![
        (pattern(r"\b(?:call|calling|ring|phone)\b"), "call-back"),
        (pattern(r"\b(?:repair|fix|mend|replace|replacing)\b"), "repair"),
        (pattern(r"\b(?:deliver|delivering|ship|shipping)\b"), "delivery-date"),
        (pattern(r"\b(?:visit|come|coming|stop by|drop by|be there|be at)\b"), "visit"),
        (pattern(r"\b(?:send|sending|e-?mail|forward|quote|invoice|contract)\b"), "document"),
        (
            pattern(r"\b(?:get back|answer|reply|respond|let you know|find out|check|look into|hear|tell|confirm)\b"),
            "answer",
        ),
    ],
});

fn rule(text: &str, means: fn(&Captures, &Now) -> Option<Means>) -> Rule {
    Rule { pattern: pattern(text), means }
}

fn rules() -> Vec<Rule> {
    let lead = r"(?:\b(?:by|before|on|until|no later than|at the latest|from|in|within|at)\s+)?";
    vec![
        rule(r"\b(?:on |by |before )?(?P<iso>\d{4}-\d{2}-\d{2})\b", iso),
        rule(
            &format!(
                r"\b(?:with)?in (?:the next )?{NUMBER} (?P<unit>minutes?|hours?|days?|weeks?|months?|(?:working|business) days?)\b"
            ),
            |found, now| now.after(number(group(found, "n"))?, unit(group(found, "unit"))?),
        ),
        rule(r"\b(?:within|in) (?:half an hour|the half hour)\b", |_, now| now.after(30, Length::Minutes)),
        rule(r"\b(?:right away|straight away|immediately|at once|right now)\b", |_, now| now.after(1, Length::Hours)),
        rule(r"\bwithin the hour\b", |_, now| now.after(1, Length::Hours)),
        rule(r"\b(?:the )?day after tomorrow\b", |_, now| Some(Means::Day(now.in_days(2)?, None))),
        rule(&format!(r"{lead}\btomorrow(?: (?P<part>morning|afternoon|evening|night))?\b"), |found, now| {
            Some(Means::Day(now.in_days(1)?, by(group(found, "part"))))
        }),
        rule(
            &format!(
                r"{lead}\b(?:today|(?:later )?this (?P<part>morning|afternoon|evening)|tonight|(?:by |before )?(?:the )?end of (?:the |this )?day|eod|cob|close of business)\b"
            ),
            |found, now| {
                let text = found.get(0)?.as_str().to_lowercase();
                let part = if text.contains("tonight") { "evening" } else { group(found, "part") };
                Some(Means::Day(now.today(), by(part)))
            },
        ),
        rule(
            &format!(
                r"\b(?P<lead>before|by|on|until|no later than|this|next)?\s*(?:this |next |the )?\b{DAYS}(?: (?P<part>morning|afternoon|evening))?\b"
            ),
            |found, now| {
                let day = now.next(weekday(group(found, "day"))?)?;
                let day = if group(found, "lead").eq_ignore_ascii_case("before") { day.yesterday().ok()? } else { day };
                Some(Means::Day(day, by(group(found, "part"))))
            },
        ),
        rule(&format!(r"{lead}\b(?:by |before )?(?:(?:the )?end of )?(?:the |this )week\b"), |_, now| {
            Some(Means::Day(now.end_of_week()?, None))
        }),
        rule(&format!(r"{lead}(?:(?:the )?end of )?next week\b"), |_, now| {
            Some(Means::Day(now.next_week(Weekday::Friday)?, None))
        }),
        rule(&format!(r"{lead}\b(?:the )?end of (?:the |this )?month\b"), |_, now| {
            Some(Means::Day(now.end_of_month(), None))
        }),
        rule(&format!(r"{lead}(?:the )?\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTHS}\b"), dated),
        rule(&format!(r"{lead}\b{MONTHS} (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"), dated),
        rule(&format!(r"{lead}\bthe (?P<d>\d{{1,2}})(?:st|nd|rd|th)\b"), |found, now| {
            Some(Means::Day(now.dated(None, group(found, "d").parse().ok()?)?, None))
        }),
        rule(
            r"\b(?:at |by |before |around |until )?(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<half>[ap])\.?m\b\.?",
            |found, _| {
                let afternoon = group(found, "half").eq_ignore_ascii_case("p");
                Some(Means::Hour(hour(group(found, "h"), group(found, "m"), afternoon)?))
            },
        ),
        rule(r"\b(?:at|by|before|around|until) (?P<h>\d{1,2})[:.](?P<m>\d{2})\b", |found, _| {
            Some(Means::Hour(hour(group(found, "h"), group(found, "m"), false)?))
        }),
        rule(r"\b(?:at|by|before|around) (?P<h>\d{1,2}) o'clock\b", |found, _| {
            let written: i8 = group(found, "h").parse().ok()?;
            // In an office, two o'clock is in the afternoon.
            Some(Means::Hour(hour(group(found, "h"), "", written < 7)?))
        }),
        rule(r"\b(?:at|by|before|around|until) (?:noon|midday|lunch(?:time)?)\b", |_, _| {
            Some(Means::Hour(time(12, 0, 0, 0)))
        }),
    ]
}

fn by(part: &str) -> Option<jiff::civil::Time> {
    over(match part.to_lowercase().as_str() {
        "night" => "evening",
        "morning" => "morning",
        "afternoon" => "afternoon",
        "evening" => "evening",
        _ => "",
    })
}

fn dated(found: &Captures, now: &Now) -> Option<Means> {
    let name = group(found, "month").to_lowercase();
    let names = MONTHS.trim_start_matches("(?P<month>").trim_end_matches(')');
    let place = names.split('|').position(|month| month == name)?;
    let month = i8::try_from(place).ok()?.checked_add(1)?;
    Some(Means::Day(now.dated(Some(month), group(found, "d").parse().ok()?)?, None))
}

fn number(text: &str) -> Option<i64> {
    let words =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    match text.to_lowercase().as_str() {
        "a" | "an" => Some(1),
        "a couple of" => Some(2),
        "a few" => Some(3),
        word => match words.iter().position(|known| *known == word) {
            Some(place) => i64::try_from(place).ok(),
            None => word.parse().ok(),
        },
    }
}

fn unit(text: &str) -> Option<Length> {
    let text = text.to_lowercase();
    Some(match text.trim_end_matches('s') {
        "minute" => Length::Minutes,
        "hour" => Length::Hours,
        "day" => Length::Days,
        "week" => Length::Weeks,
        "month" => Length::Months,
        _ => Length::WorkingDays,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let text = text.to_lowercase();
    days.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}
