//! Balances as different programs print them, made comparable.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// Decimals to which every amount is brought.
const DECIMALS: usize = 9;

/// What stands on each account in each commodity, in billionths. Accounts at zero are left out.
pub type Balances = BTreeMap<(String, String), i128>;

/// Those of `makegood ledger balance`: account, amount and commodity, two spaces or more between them.
pub fn ours(text: &str) -> Result<Balances> {
    let mut balances = Balances::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        if let [account, amount, commodity] = cells.as_slice() {
            add(&mut balances, account, commodity, amount)?;
        }
    }
    done(balances)
}

/// Those of `hledger balance --layout=bare -O csv`: account, commodity, amount.
pub fn hledgers(text: &str) -> Result<Balances> {
    summed(text, ["account", "commodity", "balance"])
}

/// Those of the exported lines, summed.
pub fn of_lines(text: &str) -> Result<Balances> {
    summed(text, ["account", "commodity", "amount"])
}

fn summed(text: &str, columns: [&str; 3]) -> Result<Balances> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let mut places = [0; 3];
    for (place, column) in places.iter_mut().zip(columns) {
        *place =
            header.iter().position(|name| name == column).with_context(|| format!("there is no column `{column}`"))?;
    }
    let mut balances = Balances::new();
    for record in reader.records() {
        let record = record?;
        let [account, commodity, amount] = places.map(|place| record.get(place).unwrap_or_default());
        add(&mut balances, account, commodity, amount)?;
    }
    done(balances)
}

fn add(balances: &mut Balances, account: &str, commodity: &str, amount: &str) -> Result<()> {
    let amount = billionths(amount).with_context(|| format!("`{amount}` on `{account}` is not an amount"))?;
    let place = balances.entry((account.to_owned(), commodity.to_owned())).or_default();
    *place = place.checked_add(amount).with_context(|| format!("`{account}` is too large"))?;
    Ok(())
}

fn done(mut balances: Balances) -> Result<Balances> {
    ensure!(!balances.is_empty(), "there are no balances");
    balances.retain(|_, amount| *amount != 0);
    Ok(balances)
}

/// `-1 234.50` in billionths.
fn billionths(text: &str) -> Option<i128> {
    let text: String = text.chars().filter(|letter| *letter != ' ').collect();
    let (negative, size) = text.strip_prefix('-').map_or((false, text.as_str()), |size| (true, size));
    let (whole, part) = size.split_once('.').unwrap_or((size, ""));
    let digits = !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    if !digits || part.len() > DECIMALS {
        return None;
    }
    let size: i128 = format!("{whole}{part:0<DECIMALS$}").parse().ok()?;
    Some(if negative { size.checked_neg()? } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balances(found: &[(&str, &str, i128)]) -> Balances {
        found.iter().map(|(account, code, amount)| (((*account).into(), (*code).into()), *amount)).collect()
    }

    #[test]
    fn three_programs_say_the_same() {
        let expected = balances(&[("Assets:Cash", "USD", -1_234_500_000_000), ("Costs", "points", 7_000_000_000)]);
        let table = "  Assets:Cash  -1 234.50  USD\n  Costs               7  points\n  Zero             0.00  USD\n";
        let verdict = "  all accounts in USD sum to 0.00: they balance\n";
        assert_eq!(ours(&format!("{table}{verdict}")).unwrap(), expected);
        let theirs =
            "\"account\",\"commodity\",\"balance\"\n\"Assets:Cash\",\"USD\",\"-1234.50\"\n\"Costs\",\"points\",\"7\"\n";
        assert_eq!(hledgers(theirs).unwrap(), expected);
        let lines =
            "date,account,commodity,amount\n1,Assets:Cash,USD,-1234\n2,Assets:Cash,USD,-0.50\n3,Costs,points,7\n";
        assert_eq!(of_lines(lines).unwrap(), expected);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", "1,000", "1.0.0", "1e3", "0.1234567890", "--1"] {
            assert_eq!(billionths(text), None, "{text}");
        }
    }
}
