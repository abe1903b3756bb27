//! The books as they must stand: sums by account and commodity.

use std::collections::BTreeMap;

use makegood_money::Money;

/// Sums by account and commodity's code, in minor units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books(pub BTreeMap<(String, String), i128>);

/// The accounts that a remedy moves.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    expense: String,
    liability: String,
    income: String,
}

impl Accounts {
    /// Those of a right and a kind, both in words.
    pub fn of(right: &str, kind: &str) -> Self {
        let (right, kind) = (capital(right), capital(kind));
        Self {
            expense: format!("Expenses:{kind}:{right}"),
            liability: format!("Liabilities:Owed:{kind}"),
            income: format!("Income:Waived:{right}"),
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

impl Books {
    fn add(&mut self, account: &str, amount: Money, times: i128) {
        let sum = self.0.entry((account.to_owned(), amount.commodity.code().to_owned())).or_default();
        *sum += i128::from(amount.minor) * times;
    }

    fn movement(&mut self, from: &str, to: &str, amounts: &[Money]) {
        for amount in amounts {
            self.add(to, *amount, 1);
            self.add(from, *amount, -1);
        }
    }

    /// It comes to be owed: it cost something, and we owe it.
    pub fn owed(&mut self, of: &Accounts, amounts: &[Money]) {
        self.movement(&of.liability, &of.expense, amounts);
    }

    /// A person says that so much more (or less) is owed.
    pub fn corrected(&mut self, of: &Accounts, difference: Money) {
        self.movement(&of.liability, &of.expense, &[difference]);
    }

    /// It is paid: the debt ends, or what the customer had let go.
    pub fn paid(&mut self, of: &Accounts, amounts: &[Money], was_waived: bool) {
        let ends = if was_waived { &of.income } else { &of.liability };
        for amount in amounts {
            self.movement(&format!("Assets:Payouts:{}", amount.commodity), ends, &[*amount]);
        }
    }

    /// The customer lets it go: the debt ends, and nothing was paid.
    pub fn waived(&mut self, of: &Accounts, amounts: &[Money]) {
        self.movement(&of.income, &of.liability, amounts);
    }

    /// Without the accounts whose sum is nothing.
    pub fn standing(&self) -> BTreeMap<(String, String), i128> {
        self.0.iter().filter(|(_, sum)| **sum != 0).map(|(of, sum)| (of.clone(), *sum)).collect()
    }
}
