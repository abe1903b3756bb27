use std::path::Path;

use makegood_charter::explain::explain;
use makegood_charter::tests_file::CharterTest;
use makegood_charter::{Charter, grammar};

use crate::arguments::CharterCommand;
use crate::output::{put, put_line};
use crate::{Failure, judge, open};

/// `makegood charter`: checks, tests, explains; gives the schema.
pub fn run(arguments: &CharterCommand) -> Result<bool, Failure> {
    match arguments {
        CharterCommand::Check { files } => files.iter().try_fold(true, |fine, file| Ok(check(file)? && fine)),
        CharterCommand::Test { files } => files.iter().try_fold(true, |fine, file| Ok(test(file)? && fine)),
        CharterCommand::Explain { file, language } => {
            let (name, text) = open::charter_file(file)?;
            put!("{}", explain(&*open::compile(&name, &text)?, language));
            Ok(true)
        }
        CharterCommand::Schema { tests } => {
            let schema = if *tests { grammar::tests_schema() } else { grammar::schema() };
            put_line!("{schema:#}");
            Ok(true)
        }
    }
}

fn check(file: &Path) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(file)?;
    let read = Charter::read(&name, &text);
    eprint!("{}", read.report(&text, open::style()));
    if let Some(charter) = &read.charter {
        put_line!(
            "{name}: {} {} has no faults; promises: {}, rights: {}",
            charter.name,
            charter.version,
            charter.promises.len(),
            charter.rights.len()
        );
    }
    Ok(read.charter.is_some())
}

fn test(file: &Path) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(file)?;
    let charter = open::compile(&name, &text)?;
    let tests_file = file.with_file_name("tests.yaml");
    let (tests_name, tests_text) = open::charter_file(&tests_file)?;
    let read = CharterTest::read_all(&tests_name, &tests_text, &charter);
    eprint!("{}", read.report(&tests_text, open::style()));
    let Some(tests) = read.tests else { return Ok(false) };
    let mut failed = 0_usize;
    for test in &tests {
        let faults = judge::run(&charter, test)?;
        let verdict = if faults.is_empty() { "ok  " } else { "FAIL" };
        put_line!("{verdict} {}:{} {}", tests_name, test.line, test.name);
        for fault in &faults {
            put_line!("       {fault}");
        }
        failed = failed.saturating_add(usize::from(!faults.is_empty()));
    }
    put_line!("{}: {} passed, {failed} failed", name, tests.len().saturating_sub(failed));
    Ok(failed == 0)
}
