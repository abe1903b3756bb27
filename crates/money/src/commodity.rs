use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::MoneyError;

/// The longest code a commodity may have, in bytes.
const CODE_BYTES: usize = 14;

/// What an amount is counted in: a currency, points, a credit. Carries its number of decimals, so that an amount can be
/// shown without a table at hand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commodity {
    code: [u8; CODE_BYTES],
    length: u8,
    decimals: u8,
}

impl Commodity {
    /// A commodity of this code (a letter, then letters, digits or underscores) and number of decimals (0 to 9).
    pub fn new(code: &str, decimals: u8) -> Result<Self, MoneyError> {
        let bad = || MoneyError::BadCode { code: code.to_owned() };
        let bytes = code.as_bytes();
        let (first, rest) = bytes.split_first().ok_or_else(bad)?;
        let well_formed = first.is_ascii_alphabetic() && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !well_formed || decimals > 9 {
            return Err(bad());
        }
        let mut held = [0; CODE_BYTES];
        held.get_mut(..bytes.len()).ok_or_else(bad)?.copy_from_slice(bytes);
        Ok(Self { code: held, length: bytes.len() as u8, decimals })
    }

    /// The code, as written in the charter: `USD`, `points`.
    pub fn code(&self) -> &str {
        self.code.get(..usize::from(self.length)).and_then(|code| std::str::from_utf8(code).ok()).unwrap_or_default()
    }

    /// How many decimals an amount is shown with: 2 for USD, 0 for points.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// Minor units in one major unit: 100 for USD.
    pub fn scale(&self) -> i64 {
        10_i64.pow(u32::from(self.decimals))
    }
}

impl fmt::Display for Commodity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Commodity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.code(), self.decimals)
    }
}

impl Serialize for Commodity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.code(), self.decimals).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Commodity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (code, decimals) = <(std::borrow::Cow<'de, str>, u8)>::deserialize(deserializer)?;
        Self::new(&code, decimals).map_err(serde::de::Error::custom)
    }
}

/// The commodities a charter may speak of: every ISO 4217 currency, and the tenders it declares itself.
#[derive(Debug, Clone, Default)]
pub struct Commodities {
    declared: BTreeMap<String, Commodity>,
}

impl Commodities {
    /// Only the currencies of ISO 4217.
    pub fn iso() -> Self {
        Self::default()
    }

    /// Adds a tender of the charter's own, which then hides a currency of the same code.
    pub fn declare(&mut self, commodity: Commodity) {
        self.declared.insert(commodity.code().to_owned(), commodity);
    }

    /// The commodity of this code.
    pub fn get(&self, code: &str) -> Result<Commodity, MoneyError> {
        if let Some(commodity) = self.declared.get(code) {
            return Ok(*commodity);
        }
        let unknown = || MoneyError::UnknownCommodity { code: code.to_owned() };
        let currency = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let decimals = currency.exponent().and_then(|e| u8::try_from(e).ok()).ok_or_else(unknown)?;
        Commodity::new(code, decimals)
    }

    /// The declared tenders, in the order of their codes.
    pub fn declared(&self) -> impl Iterator<Item = Commodity> + '_ {
        self.declared.values().copied()
    }
}
