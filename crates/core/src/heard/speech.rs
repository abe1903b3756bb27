//! Sentences, and how a promise is found in one.

use std::sync::LazyLock;

use regex::Regex;

use super::when::{Found, Now, Rule, pattern};
use super::{Suggestion, english, mandarin, norwegian};

/// A language in which promises can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
    /// Norwegian.
    Norwegian,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::Chinese, Self::Norwegian];

    /// Its code: `en`, `zh`, `nb`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
            Self::Norwegian => "nb",
        }
    }

    /// The language of a code; `zh-Hans` and `no` are understood.
    pub fn parse(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let main = if main == "no" || main == "nn" { "nb" } else { main.as_str() };
        Self::ALL.into_iter().find(|language| language.code() == main)
    }

    pub(super) fn tongue(self) -> &'static Tongue {
        match self {
            Self::English => &english::TONGUE,
            Self::Chinese => &mandarin::TONGUE,
            Self::Norwegian => &norwegian::TONGUE,
        }
    }
}

/// How promises are made in one language.
pub(super) struct Tongue {
    pub language: Language,
    /// Where a sentence is taken apart, so that a denial in one part does not deny the other.
    pub parts: Option<Regex>,
    /// "I will …": what follows the match, or stands in the group `what`, is what is promised.
    pub promises: Vec<Option<Regex>>,
    /// What is no promise anywhere in a sentence: conditions, and what others say or do.
    pub never: Vec<Option<Regex>>,
    /// What makes a part none: denials and hedges.
    pub not_here: Vec<Option<Regex>>,
    /// What makes none where it follows directly: "be honest".
    pub not_next: Option<Regex>,
    pub when: Vec<Rule>,
    /// Kinds by the verbs that speak of them, the first that is found counts.
    pub kinds: Vec<(Option<Regex>, &'static str)>,
}

impl Tongue {
    pub fn found(&self, sentence: &str, now: &Now) -> Option<Suggestion> {
        let question = sentence.trim_end().ends_with(['?', '？']);
        if question || matches(&self.never, sentence) {
            return None;
        }
        let parts: Vec<&str> = match &self.parts {
            Some(parts) => parts.split(sentence).collect(),
            None => vec![sentence],
        };
        parts.into_iter().find_map(|part| self.promised(part, sentence, now))
    }

    fn promised(&self, part: &str, sentence: &str, now: &Now) -> Option<Suggestion> {
        if matches(&self.not_here, part) {
            return None;
        }
        let rest = self.promises.iter().flatten().find_map(|promise| {
            let found = promise.captures(part)?;
            let what = found.name("what").map(|what| part.get(what.start()..));
            what.unwrap_or_else(|| part.get(found.get(0)?.end()..))
        })?;
        if self.not_next.as_ref().is_some_and(|never| never.is_match(rest)) {
            return None;
        }
        let when = now.found(part, &self.when);
        let (when, source) = match when {
            Some(when) => (Some(when), part),
            None => (now.found(sentence, &self.when), sentence),
        };
        let what = self.without_time(rest, now);
        if what.chars().count() < 2 {
            return None;
        }
        let kind = self.kinds.iter().find(|(verbs, _)| verbs.as_ref().is_some_and(|verbs| verbs.is_match(part)));
        Some(Suggestion {
            said: sentence.trim().into(),
            kind: kind.map_or("other", |(_, kind)| *kind),
            when: when.as_ref().map(|when| words(when, source)).unwrap_or_default().into(),
            due: when.and_then(|when| when.due),
            what: what.into(),
            language: self.language,
        })
    }

    /// What is promised, with the words of time taken out.
    fn without_time(&self, rest: &str, now: &Now) -> String {
        let mut what = String::new();
        let mut from = 0;
        for place in now.found(rest, &self.when).into_iter().flat_map(|found| found.places) {
            what.push_str(rest.get(from..place.start).unwrap_or_default());
            from = place.end;
        }
        what.push_str(rest.get(from..).unwrap_or_default());
        let words = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let ends = |c: char| c.is_whitespace() || ".,;:!。，；：！、".contains(c);
        words.replace(" ,", ",").trim_matches(ends).to_owned()
    }
}

fn words(found: &Found, source: &str) -> String {
    let words = found.places.iter().filter_map(|place| source.get(place.clone()));
    words.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn matches(patterns: &[Option<Regex>], text: &str) -> bool {
    patterns.iter().flatten().any(|pattern| pattern.is_match(text))
}

/// A character as the patterns write it.
pub(super) fn plain(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' => '\'',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    }
}

/// Where a full stop ends no sentence: after an abbreviation, and after a number before a small letter.
static NO_STOP: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?:\b(?:kl|ca|nr|mr|mrs|dr|st|bl\.a|f\.eks|[ap]\.m|[ap])|\d)\.$"));

/// The sentences of a text, each with the mark that ends it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    for (place, c) in text.char_indices() {
        let end = place.saturating_add(c.len_utf8());
        let after = text.get(end..).unwrap_or_default();
        let ends = match c {
            '!' | '?' | ';' | '\n' | '。' | '！' | '？' | '；' => true,
            '.' => after.chars().next().is_none_or(char::is_whitespace) && !goes_on(text.get(from..end), after),
            _ => false,
        };
        if ends {
            found.extend(text.get(from..end));
            from = end;
        }
    }
    found.extend(text.get(from..));
    found.retain(|sentence| !sentence.trim().is_empty());
    found
}

fn goes_on(before: Option<&str>, after: &str) -> bool {
    let next = after.trim_start().chars().next();
    let small = next.is_some_and(|c| c.is_lowercase() || c.is_numeric());
    small && NO_STOP.as_ref().zip(before).is_some_and(|(stop, before)| stop.is_match(before))
}

/// The languages a sentence may be in.
pub(super) fn guess(sentence: &str) -> Vec<Language> {
    if sentence.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        vec![Language::Chinese]
    } else {
        vec![Language::English, Language::Norwegian]
    }
}
