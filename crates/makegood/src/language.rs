//! The language in which a command answers people. What programs read (JSON, CSV, keys, names of clauses) is the same in all.

use makegood_core::{PlayState, PromiseState};

/// English, Chinese or Norwegian.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language<'l>(pub &'l str);

impl Language<'_> {
    /// The text in this language, of English, Chinese and Norwegian.
    pub fn of(self, [en, zh, nb]: [&str; 3]) -> &str {
        match self.0 {
            "zh" => zh,
            "nb" => nb,
            _ => en,
        }
    }

    /// Several texts in this language, such as the head of a table.
    pub fn each<const N: usize>(self, texts: [[&str; 3]; N]) -> Vec<String> {
        texts.map(|text| self.of(text).to_owned()).into()
    }

    /// A decimal number, written with a point, as it is written here.
    pub fn decimal(self, number: String) -> String {
        if self.0 == "nb" { number.replace('.', ",") } else { number }
    }

    /// How a promise stands.
    pub fn promise(self, state: PromiseState) -> &'static str {
        use PromiseState as S;
        self.of(match state {
            S::Open => ["open", "进行中", "åpent"],
            S::AtRisk => ["at risk", "有风险", "i fare"],
            S::Overdue => ["overdue", "已逾期", "forfalt"],
            S::Kept => ["kept", "已履行", "holdt"],
            S::KeptLate => ["kept late", "迟延履行", "holdt for sent"],
            S::Broken => ["broken", "已违约", "brutt"],
            S::Released => ["released", "已解除", "frafalt"],
            S::Renegotiated => ["renegotiated", "已重新约定", "reforhandlet"],
        })
    }

    /// How a play stands.
    pub fn play(self, state: PlayState) -> &'static str {
        self.of(match state {
            PlayState::Running => ["running", "进行中", "pågår"],
            PlayState::Done => ["done", "已完成", "fullført"],
            PlayState::Ended => ["ended", "已结束", "avsluttet"],
            PlayState::Control => ["left alone", "对照组", "latt i fred"],
        })
    }
}
