//! Good charters are sound, and every fault is drawn as it should be: the drawings are snapshots beside this file.

#![expect(clippy::unwrap_used, reason = "a corpus that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use makegood_charter::Charter;
use makegood_charter::diagnostic::{Code, Severity, Style};
use makegood_charter::tests_file::CharterTest;

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

fn shipped() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../charters");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &Path, name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    paths
        .iter()
        .map(|path| (path.display().to_string(), read(path, "charter.yaml"), read(path, "tests.yaml")))
        .collect()
}

#[test]
fn good_charters_are_sound() {
    for (name, text) in files("tests/corpus/good") {
        let read = Charter::read(&name, &text);
        assert_eq!(read.report(&text, Style::Plain), "", "{name}");
        assert!(read.charter.is_some(), "{name}");
    }
}

#[test]
fn shipped_charters_and_their_tests_are_sound() {
    for (name, text, tests) in shipped() {
        let read = Charter::read(&name, &text);
        assert_eq!(read.report(&text, Style::Plain), "", "{name}");
        let charter = read.charter.unwrap();
        assert!(!charter.source.what.is_empty() && !charter.source.as_of.is_empty(), "{name}");
        assert_eq!(charter.title.languages().collect::<Vec<_>>(), ["en", "nb", "zh"], "{name}");
        assert_eq!(&*charter.source.note, "example only, not legal advice", "{name}");
        let read = CharterTest::read_all("tests.yaml", &tests, &charter);
        assert_eq!(read.report(&tests, Style::Plain), "", "{name}");
        assert!(read.tests.unwrap().len() >= 8, "{name}");
        for (file, text) in [("charter.yaml", &text), ("tests.yaml", &tests)] {
            assert_eq!(makegood_charter::fmt::format(text).unwrap(), *text, "{name}: `makegood charter fmt {file}`");
        }
    }
}

#[test]
fn every_fault_is_drawn_and_named_by_its_number() {
    let mut seen = BTreeSet::new();
    for (name, text) in files("tests/corpus/bad") {
        let read = Charter::read(&format!("{name}.yaml"), &text);
        let code = name.split('-').next().unwrap();
        let codes: Vec<&str> = read.diagnostics.iter().map(|fault| fault.code.as_str()).collect();
        assert!(name == "all-in-one-run" || codes.contains(&code), "{name}: {codes:?}");
        let errors = read.diagnostics.iter().any(|fault| fault.severity == Severity::Error);
        assert_eq!(read.charter.is_none(), errors, "{name}");
        for fault in &read.diagnostics {
            assert!(fault.help.is_some(), "{name} says nothing of what to do about `{}`", fault.message);
        }
        seen.extend(read.diagnostics.iter().map(|fault| fault.code));
        insta::assert_snapshot!(name.clone(), read.report(&text, Style::Plain));
    }
    let charter = Charter::read("smallest", include_str!("corpus/good/smallest.yaml")).charter.unwrap();
    for (name, text) in files("tests/corpus/bad-tests") {
        let read = CharterTest::read_all(&format!("{name}.yaml"), &text, &charter);
        let code = name.split('-').next().unwrap();
        assert!(read.diagnostics.iter().any(|fault| fault.code.as_str() == code), "{name}");
        assert!(read.tests.is_none(), "{name}");
        seen.extend(read.diagnostics.iter().map(|fault| fault.code));
        insta::assert_snapshot!(format!("tests-{name}"), read.report(&text, Style::Plain));
    }
    let unseen: Vec<&str> = Code::ALL.iter().filter(|code| !seen.contains(code)).map(|code| code.as_str()).collect();
    assert!(unseen.is_empty(), "no file of the corpus shows {unseen:?}");
}
