use std::path::Path;

use makegood_charter::diff::diff;
use makegood_charter::explain::explain;
use makegood_charter::fmt::{self, FormatError};
use makegood_charter::publish::{self, Format};
use makegood_charter::tests_file::CharterTest;
use makegood_charter::{Charter, diagnostic, grammar};

use crate::arguments::{CharterCommand, PageFormat};
use crate::output::{put, put_line};
use crate::{Failure, judge, open};

/// `makegood charter`: checks, tests, explains, publishes, formats, compares; gives the schema.
pub fn run(arguments: &CharterCommand) -> Result<bool, Failure> {
    match arguments {
        CharterCommand::Check { files } => files.iter().try_fold(true, |fine, file| Ok(check(file)? && fine)),
        CharterCommand::Test { files } => files.iter().try_fold(true, |fine, file| Ok(test(file)? && fine)),
        CharterCommand::Explain { file, language } => {
            let (name, text) = open::charter_file(file)?;
            put!("{}", explain(&*open::compile(&name, &text)?, language));
            Ok(true)
        }
        CharterCommand::Publish { file, languages, format, output } => {
            let format = match format {
                PageFormat::Html => Format::Html,
                PageFormat::Markdown => Format::Markdown,
            };
            pages(file, languages, format, output.as_deref())
        }
        CharterCommand::Fmt { files, check } => {
            files.iter().try_fold(true, |fine, file| Ok(lay_out(file, *check)? && fine))
        }
        CharterCommand::Simulate(arguments) => super::simulate::run(arguments),
        CharterCommand::Estimate(arguments) => super::estimate::run(arguments),
        CharterCommand::PutInForce(arguments) => super::in_force::run(arguments),
        CharterCommand::History(arguments) => super::in_force::history(arguments),
        CharterCommand::Diff { old, new, language } => compare(old, new, language),
        CharterCommand::Schema { tests } => {
            let schema = if *tests { grammar::tests_schema() } else { grammar::schema() };
            put_line!("{schema:#}");
            Ok(true)
        }
    }
}

fn pages(file: &Path, languages: &[String], format: Format, folder: Option<&Path>) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(file)?;
    let charter = open::compile(&name, &text)?;
    let spoken = publish::languages(&charter);
    if let Some(unknown) = languages.iter().find(|language| !spoken.contains(&language.as_str())) {
        let help = format!("its languages are {}: name one of them, or translate every text", spoken.join(", "));
        return Err(Failure::new("M014", format!("the charter `{name}` has no texts in `{unknown}`"), help));
    }
    let chosen: Vec<&str> = if languages.is_empty() { spoken } else { languages.iter().map(String::as_str).collect() };
    let Some(folder) = folder else {
        if languages.len() > 1 {
            let message = "several pages cannot be written to standard output";
            return Err(Failure::new("M005", message, "name a folder with `--output`, or one language"));
        }
        print!("{}", publish::publish(&charter, chosen.first().copied().unwrap_or_default(), format));
        return Ok(true);
    };
    let unwritable = |path: &Path, error: &std::io::Error| {
        Failure::from_error("M005", error, format!("`{}` cannot be written: check the path", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for language in chosen {
        let path = folder.join(publish::file_name(&charter, language, format));
        let page = publish::publish(&charter, language, format);
        std::fs::write(&path, page).map_err(|error| unwritable(&path, &error))?;
        println!("{}", path.display());
    }
    Ok(true)
}

fn compare(old: &Path, new: &Path, language: &str) -> Result<bool, Failure> {
    let compiled = |file: &Path| {
        let (name, text) = open::charter_file(file)?;
        open::compile(&name, &text)
    };
    for change in diff(&*compiled(old)?, &*compiled(new)?, language) {
        println!("{change}");
    }
    Ok(true)
}

/// True unless the file is refused, or only looked at and not laid out.
fn lay_out(file: &Path, only_look: bool) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(file)?;
    let formatted = match fmt::format(&text) {
        Ok(formatted) => formatted,
        Err(FormatError::Unreadable { diagnostics }) => {
            eprint!("{}", diagnostic::render(&diagnostics, &name, &text, open::style()));
            return Ok(false);
        }
        Err(error @ FormatError::WouldChange) => {
            eprintln!("{name}: {error}; it is left as it is");
            return Ok(false);
        }
    };
    if formatted == text {
        return Ok(true);
    }
    println!("{name}");
    if !only_look {
        let help = format!("`{name}` cannot be written: check the path");
        std::fs::write(file, formatted).map_err(|error| Failure::from_error("M005", &error, help))?;
    }
    Ok(!only_look)
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
