//! The stage that evidence shows at a moment: a function of the evidence up to it and of the charter's clauses.

use makegood_charter::model::{Silence, Stage, Stages};
use makegood_charter::value::{Moment, NUMBER_SCALE};

use super::{Ended, Grounds, Judged, Seen, ShortIdent, Shows, Standing};

/// A stage, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The stage.
    pub stage: Stage,
    /// Since when, where that was asked for; otherwise the moment that was looked at.
    pub since: Moment,
    /// What shows it.
    pub grounds: Grounds,
}

impl Standing {
    /// The stage at `at`, by all that is known now; nothing when nothing had happened.
    pub fn on(&self, stages: &Stages, at: Moment) -> Option<Stand> {
        let (stage, grounds) = match self.bought_by(at) {
            [] => self.before_buying(stages, at)?,
            bought => self.lost(stages, bought, at).unwrap_or_else(|| self.buying(stages, bought, at)),
        };
        Some(Stand { stage, since: at, grounds })
    }

    /// Every stage up to `until` with what showed it, by all that is known now, in order.
    pub fn history(&self, stages: &Stages, until: Moment) -> Vec<Stand> {
        let mut found: Vec<Stand> = Vec::new();
        for at in self.moments(stages, until) {
            if let Some(stand) = self.on(stages, at)
                && found.last().is_none_or(|last| last.stage != stand.stage)
            {
                found.push(stand);
            }
        }
        found
    }

    /// What disqualifies the party at `at`.
    pub fn disqualified(&self, at: Moment) -> Option<&Seen> {
        let by = self.latest(Shows::Disqualified, at, None)?;
        let lifted = self.latest(Shows::Lifted, at, None);
        lifted.is_none_or(|lifted| lifted.at < by.at).then_some(by)
    }

    /// Since when a stage that was found at `at` has stood without a break, and what showed it then.
    pub(super) fn since(&self, stages: &Stages, found: Stand, at: Moment) -> Stand {
        let earlier = self.moments(stages, at).into_iter().rev().map(|moment| self.on(stages, moment));
        let same = earlier.map_while(|stand| stand.filter(|stand| stand.stage == found.stage));
        same.last().unwrap_or(found)
    }

    /// When the stage changes after `at` unless something is heard.
    pub(super) fn changes_at(&self, stages: &Stages, at: Moment) -> Option<Moment> {
        let now = self.on(stages, at)?.stage;
        let bought = self.bought_by(at);
        let fades = |stage: Stage| {
            let within = stages.clause(stage)?.within?;
            Some(self.latest(Shows::Stage(stage), at, Some(within))?.at.plus(within))
        };
        let silent = stages.silence.and_then(|silence| silent_from(silence, bought));
        let ends = match now {
            Stage::Suspect | Stage::FirstTime | Stage::Repeat | Stage::Lost => None,
            Stage::Prospect | Stage::Advocate => fades(now),
            Stage::Client => self.regular_until(stages, bought).max(fades(now)),
        };
        let silent = silent.filter(|_| now != Stage::Lost);
        ends.into_iter().chain(silent).filter(|moment| *moment > at).min()
    }

    /// Why `from` does not hold any more at `at`, where what shows `to` does not say it.
    pub(super) fn ended(&self, stages: &Stages, from: Stage, to: Stage, at: Moment) -> Option<Ended> {
        if from == Stage::Lost {
            let last = self.bought_by(at).last().map(|(last, _)| *last)?;
            let rejudged = self.judgement(at).filter(|judged| judged.chance >= judged.below);
            return Some(match rejudged {
                _ if last > self.since => Ended::Returned(last),
                Some(judged) => Ended::Rejudged(judged.clone()),
                None => Ended::Corrected,
            });
        }
        // What shows a suspect again says itself that nothing more was heard.
        if to == Stage::Lost || to > from || to == Stage::Suspect {
            return None;
        }
        let faded = || {
            let within = stages.clause(from)?.within?;
            let last = self.latest(Shows::Stage(from), at, None)?.clone();
            Some(Ended::Faded { last, within })
        };
        let fewer = || {
            let regular = stages.client.filter(|_| from == Stage::Client)?;
            let times = self.count(at, regular.within);
            Some(Ended::Fewer { times, least: regular.purchases, within: regular.within })
        };
        Some(faded().or_else(fewer).unwrap_or(Ended::Corrected))
    }

    fn bought_by(&self, at: Moment) -> &[(Moment, ShortIdent)] {
        let known = self.bought.partition_point(|(bought, _)| *bought <= at);
        self.bought.get(..known).unwrap_or_default()
    }

    /// The latest that was seen by `at`, and within so long before it.
    fn latest(&self, shows: Shows, at: Moment, within: Option<i64>) -> Option<&Seen> {
        let end = self.seen.partition_point(|seen| (seen.shows, seen.at) <= (shows, at));
        let seen = self.seen.get(end.checked_sub(1)?).filter(|seen| seen.shows == shows)?;
        within.is_none_or(|within| seen.at.plus(within) > at).then_some(seen)
    }

    fn judgement(&self, at: Moment) -> Option<&Judged> {
        let known = self.judged.partition_point(|judged| judged.at <= at);
        self.judged.get(known.checked_sub(1)?)
    }

    fn shown(&self, stages: &Stages, stage: Stage, at: Moment) -> Option<(Stage, Grounds)> {
        let clause = stages.clause(stage)?;
        self.latest(Shows::Stage(stage), at, clause.within).map(|seen| (stage, Grounds::Seen(seen.clone())))
    }

    fn before_buying(&self, stages: &Stages, at: Moment) -> Option<(Stage, Grounds)> {
        let faded = || {
            let within = stages.clause(Stage::Prospect)?.within?;
            stages.clause(Stage::Suspect)?;
            let last = self.latest(Shows::Stage(Stage::Prospect), at, None)?.clone();
            Some((Stage::Suspect, Grounds::Faded { last, within }))
        };
        let suspect = || {
            let clause = stages.clause(Stage::Suspect)?;
            // Nobody stops being a suspect: there is nothing before it.
            let seen = self.latest(Shows::Stage(Stage::Suspect), at, None).filter(|_| !clause.shown_by.is_empty())?;
            Some((Stage::Suspect, Grounds::Seen(seen.clone())))
        };
        self.shown(stages, Stage::Prospect, at).or_else(faded).or_else(suspect)
    }

    fn lost(&self, stages: &Stages, bought: &[(Moment, ShortIdent)], at: Moment) -> Option<(Stage, Grounds)> {
        let (last, event) = *bought.last()?;
        let ended = self.latest(Shows::Stage(Stage::Lost), at, None).filter(|ended| ended.at > last);
        if let Some(ended) = ended {
            return Some((Stage::Lost, Grounds::Seen(ended.clone())));
        }
        let judged = self.judgement(at).filter(|_| stages.judged);
        if let Some(judged) = judged.filter(|judged| judged.chance < judged.below && judged.as_of >= last) {
            return Some((Stage::Lost, Grounds::Judged(judged.clone())));
        }
        let silence = stages.silence?;
        silent_from(silence, bought).filter(|from| *from <= at)?;
        let purchases = u32::try_from(bought.len()).unwrap_or(u32::MAX);
        let (usual, limit) = rhythm(silence, bought)?;
        let times = if usual == 0 { 0 } else { silence.times };
        Some((Stage::Lost, Grounds::Silent { last, event, purchases, usual, times, limit }))
    }

    fn buying(&self, stages: &Stages, bought: &[(Moment, ShortIdent)], at: Moment) -> (Stage, Grounds) {
        let advocate = || self.shown(stages, Stage::Advocate, at);
        let (last, event) = bought.last().copied().unwrap_or_default();
        let regular = || {
            let regular = stages.client?;
            let times = self.count(at, regular.within);
            let grounds = Grounds::Regular { times, least: regular.purchases, within: regular.within, last, event };
            (times >= regular.purchases).then_some((Stage::Client, grounds))
        };
        let client = || self.shown(stages, Stage::Client, at);
        advocate().or_else(regular).or_else(client).unwrap_or_else(|| {
            let times = u32::try_from(bought.len()).unwrap_or(u32::MAX);
            (if times > 1 { Stage::Repeat } else { Stage::FirstTime }, Grounds::Bought { times, last, event })
        })
    }

    /// Purchases within so long before `at`.
    fn count(&self, at: Moment, within: i64) -> u32 {
        let bought = self.bought_by(at);
        let old = bought.partition_point(|(time, _)| time.plus(within) <= at);
        u32::try_from(bought.len().saturating_sub(old)).unwrap_or(u32::MAX)
    }

    /// Until when enough purchases lie within the time; nothing where an event shows a client for ever.
    fn regular_until(&self, stages: &Stages, bought: &[(Moment, ShortIdent)]) -> Option<Moment> {
        let regular = stages.client?;
        let place = bought.len().checked_sub(usize::try_from(regular.purchases).ok()?)?;
        Some(bought.get(place)?.0.plus(regular.within))
    }

    /// The moments up to `until` at which the stage may change, in order.
    fn moments(&self, stages: &Stages, until: Moment) -> Vec<Moment> {
        let mut moments: Vec<Moment> = Vec::new();
        for (place, (at, _)) in self.bought.iter().enumerate() {
            moments.push(*at);
            moments.extend(stages.client.map(|regular| at.plus(regular.within)));
            let so_far = self.bought.get(..=place).unwrap_or_default();
            let next = self.bought.get(place.saturating_add(1)).map_or(until, |(next, _)| *next);
            let silent = stages.silence.and_then(|silence| silent_from(silence, so_far));
            moments.extend(silent.filter(|silent| *silent <= next));
        }
        for seen in &self.seen {
            moments.push(seen.at);
            if let Shows::Stage(stage) = seen.shows {
                moments
                    .extend(stages.clause(stage).and_then(|clause| clause.within).map(|within| seen.at.plus(within)));
            }
        }
        moments.extend(self.judged.iter().map(|judged| judged.at));
        moments.retain(|moment| *moment <= until);
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}

/// The usual time between these purchases, and how long a silence means lost; nothing where none does.
fn rhythm(silence: Silence, bought: &[(Moment, ShortIdent)]) -> Option<(i64, i64)> {
    let ((first, _), (last, _)) = (bought.first()?, bought.last()?);
    let gaps = i64::try_from(bought.len()).ok()?.saturating_sub(1);
    if gaps == 0 {
        return silence.once.map(|once| (0, once));
    }
    let usual = last.0.saturating_sub(first.0).checked_div(gaps)?;
    let scaled = i128::from(usual).saturating_mul(i128::from(silence.times)).checked_div(i128::from(NUMBER_SCALE))?;
    let limit = i64::try_from(scaled).unwrap_or(i64::MAX);
    Some((usual, limit.max(silence.at_least)))
}

/// The first moment at which the silence after these purchases is longer than that.
fn silent_from(silence: Silence, bought: &[(Moment, ShortIdent)]) -> Option<Moment> {
    let (_, limit) = rhythm(silence, bought)?;
    Some(bought.last()?.0.plus(limit).plus(1))
}
