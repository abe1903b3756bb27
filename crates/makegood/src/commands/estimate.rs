use std::sync::Arc;

use makegood_engine::{Estimate, Total, estimate};

use super::simulate::{kind_word, plain};
use crate::arguments::{EstimateArguments, Format};
use crate::output::{amount, bar, grouped, put, put_line, table};
use crate::{Failure, open};

/// `makegood charter estimate`: what plain rights would have given over a history, from the columns they read.
pub fn run(arguments: &EstimateArguments) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(&arguments.draft)?;
    let draft = Arc::new(open::draft(&name, &text)?);
    let history = super::history::whole(&arguments.history)?;
    let progress = bar(history.parties().len() as u64, "estimating");
    let threads = open::threads();
    let found = estimate(&history, &draft, threads, &|| progress.inc(1))?;
    progress.finish_and_clear();
    match arguments.format {
        Format::Json => put_line!("{:#}", json(&found)),
        Format::Text => {
            put!(
                "`{}` {} as the only version, over {} lines\n{}",
                draft.name,
                draft.version,
                grouped(found.lines),
                text_of(&found)
            );
        }
    }
    Ok(true)
}

fn text_of(found: &Estimate) -> String {
    let mut rows = vec![["right", "remedies", "amount"].map(str::to_owned).to_vec()];
    for ((right, kind), Total { remedies, amounts }) in &found.rights {
        let written: Vec<String> =
            amounts.iter().map(|(of, minor)| format!("{} {}", amount(*minor, of.decimals()), of.code())).collect();
        rows.push(vec![format!("{right} ({})", kind_word(*kind)), grouped(*remedies), written.join(", ")]);
    }
    let mut text = if rows.len() > 1 { table(&rows, &[1, 2]) } else { "  nothing\n".to_owned() };
    if !found.left_out.is_empty() {
        text.push_str("\nNot reckoned here; `makegood charter simulate` folds everything\n");
        let rows: Vec<_> = found.left_out.iter().map(|(name, why)| vec![name.to_string(), (*why).to_owned()]).collect();
        text.push_str(&table(&rows, &[]));
    }
    text
}

fn json(found: &Estimate) -> serde_json::Value {
    let rights = found.rights.iter().map(|((right, kind), Total { remedies, amounts })| {
        let amounts: std::collections::BTreeMap<&str, String> =
            amounts.iter().map(|(of, minor)| (of.code(), plain(*minor, of.decimals()))).collect();
        (format!("{right}/{}", kind_word(*kind)), serde_json::json!({ "remedies": remedies, "amounts": amounts }))
    });
    let left_out: std::collections::BTreeMap<&str, &str> =
        found.left_out.iter().map(|(name, why)| (&**name, *why)).collect();
    serde_json::json!({
        "lines": found.lines, "rights": rights.collect::<serde_json::Map<_, _>>(), "left_out": left_out,
    })
}
