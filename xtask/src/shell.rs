//! Running other programs: what is run is shown, and what fails says so.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::place::Place;

/// A program with arguments, to be run in the workspace.
pub fn program<S: AsRef<OsStr>>(
    place: &Place,
    name: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(&place.root);
    command
}

/// Runs a program; its output is shown as it comes.
pub fn run(command: &mut Command) -> Result<()> {
    show(command);
    let status = command.status().with_context(|| format!("`{}` cannot be started", line(command)))?;
    if status.success() { Ok(()) } else { bail!("`{}` failed: {status}", line(command)) }
}

/// Runs a program and gives what it wrote to its standard output.
pub fn read(command: &mut Command) -> Result<String> {
    show(command);
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let text = String::from_utf8(output.stdout).with_context(|| format!("`{}` wrote no text", line(command)))?;
    if !output.status.success() {
        print!("{text}");
        bail!("`{}` failed: {}", line(command), output.status);
    }
    Ok(text)
}

/// Runs a program whose standard error is shown as it comes, and gives the lines of it from the first that holds `from`.
pub fn run_noting(command: &mut Command, from: &str) -> Result<Vec<String>> {
    show(command);
    let mut child =
        command.stderr(Stdio::piped()).spawn().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let mut noted = Vec::new();
    if let Some(errors) = child.stderr.take() {
        for said in BufReader::new(errors).lines() {
            let said = said?;
            eprintln!("{said}");
            if !noted.is_empty() || said.contains(from) {
                noted.push(said);
            }
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(noted) } else { bail!("`{}` failed: {status}", line(command)) }
}

/// True when the program can be run with these arguments; nothing is shown.
pub fn works(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn show(command: &Command) {
    println!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
