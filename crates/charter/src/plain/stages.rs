//! The stages of a relationship, key by key, as they are explained and compared.

use super::Plain;
use crate::model::{Sign, Stage};
use crate::number::format_number;
use crate::words::show_duration;

impl Plain<'_> {
    /// What shows each stage of the charter, by its key; nothing when it knows no stages. No customer reads it.
    pub fn stages(&self) -> Vec<(&'static str, String)> {
        let Some(stages) = &self.charter.stages else { return Vec::new() };
        let mut facts: Vec<(&'static str, String)> =
            stages.purchases.iter().map(|sign| ("purchases", self.sign(sign))).collect();
        for (stage, clause) in &stages.kinds {
            let key = stage.word();
            let counts = clause.within.map(|within| {
                let within = show_duration(within, self.language);
                self.pick(format!(", for {within}"), format!("，有效期 {within}"), format!(", i {within}"))
            });
            let counts = counts.unwrap_or_default();
            facts.extend(clause.shown_by.iter().map(|sign| (key, format!("{}{counts}", self.sign(sign)))));
            match stage {
                Stage::FirstTime => facts.push((key, self.pick("one purchase", "一次购买", "ett kjøp").to_owned())),
                Stage::Repeat => {
                    let words = self.pick("two purchases or more", "两次或以上购买", "to kjøp eller flere");
                    facts.push((key, words.to_owned()));
                }
                Stage::Client => facts.extend(self.regular().map(|words| (key, words))),
                Stage::Lost => facts.extend(self.silence().into_iter().map(|words| (key, words))),
                Stage::Suspect | Stage::Prospect | Stage::Advocate => {}
            }
        }
        if let Some(disqualified) = &stages.disqualified {
            facts.extend(disqualified.shown_by.iter().map(|sign| ("disqualified", self.sign(sign))));
            let lifted = self.pick("lifted by", "解除：", "oppheves av");
            facts.extend(
                disqualified.lifted_by.iter().map(|sign| ("disqualified", format!("{lifted} {}", self.sign(sign)))),
            );
        }
        facts
    }

    fn regular(&self) -> Option<String> {
        let regular = self.charter.stages.as_ref()?.client?;
        let (count, within) = (regular.purchases, show_duration(regular.within, self.language));
        Some(self.pick(
            format!("{count} purchases within {within}"),
            format!("{within}内 {count} 次购买"),
            format!("{count} kjøp i løpet av {within}"),
        ))
    }

    fn silence(&self) -> Vec<String> {
        let Some(stages) = &self.charter.stages else { return Vec::new() };
        let mut words = Vec::new();
        if let Some(silence) = stages.silence {
            let (times, least) = (format_number(silence.times), show_duration(silence.at_least, self.language));
            words.push(self.pick(
                format!(
                    "silence of more than {times} times its own usual time between purchases, and of {least} at least"
                ),
                format!("沉寂超过自身平均购买间隔的 {times} 倍，且至少 {least}"),
                format!("taushet i mer enn {times} ganger dens egen vanlige tid mellom kjøp, og i minst {least}"),
            ));
            words.extend(silence.once.map(|once| {
                let once = show_duration(once, self.language);
                self.pick(
                    format!("after a single purchase, silence of more than {once}"),
                    format!("仅购买一次后沉寂超过 {once}"),
                    format!("etter ett eneste kjøp, taushet i mer enn {once}"),
                )
            }));
        }
        if stages.judged {
            let judged = self.pick("a judgement from outside", "外部判断", "en vurdering utenfra");
            words.push(format!("{judged} (`{}`)", crate::builtin::JUDGED));
        }
        words
    }

    fn sign(&self, sign: &Sign) -> String {
        let because = sign.because.as_ref().map(|because| format!(", because `{}`", because.source()));
        format!("{}{}", self.valued(sign.on, sign.when.as_ref()), because.unwrap_or_default())
    }
}
