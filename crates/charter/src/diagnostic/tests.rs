use super::*;

#[test]
fn the_number_of_a_fault_is_its_own() {
    let mut numbers: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(numbers.is_sorted());
    numbers.dedup();
    assert_eq!(numbers.len(), Code::ALL.len());
}

#[test]
fn a_place_outside_the_file_is_drawn_at_its_end() {
    let fault = Diagnostic::error(Code::NotYaml, &(7..99), "odd").help("look");
    for text in ["", "short", "é", "第一行\n第二行"] {
        assert!(render(std::slice::from_ref(&fault), "a.yaml", text, Style::Plain).contains("odd"), "{text}");
    }
}

#[test]
fn columns_count_characters() {
    for (text, byte, place) in [("abc", 1, (1, 2)), ("é\nbc", 4, (2, 2)), ("第一行", 3, (1, 2)), ("a", 99, (1, 2))]
    {
        assert_eq!(line_and_column(text, byte), place, "{text}");
    }
}

#[test]
fn names_are_guessed_only_when_they_are_close() {
    let known = ["compensation", "restitution", "on", "if"];
    for (word, guess) in [
        ("compensaton", Some("compensation")),
        ("Restitution", Some("restitution")),
        ("no", Some("on")),
        ("penalty", None),
    ] {
        assert_eq!(closest(word, known), guess, "{word}");
    }
    assert_eq!(suggestion("x1", []), "none is declared");
}

#[test]
fn help_is_shown_as_a_clause() {
    let fault = Diagnostic::error(Code::NotYaml, &(0..0), "odd");
    assert_eq!(fault.clone().help("Write `a`.").help.as_deref(), Some("write `a`"));
    assert_eq!(fault.help("").help, None);
}

#[test]
fn more_faults_than_can_be_read_are_not_kept() {
    let mut out = Diagnostics::default();
    for place in 0..10_000 {
        out.push(Diagnostic::error(Code::NotYaml, &(place..place), "odd"));
    }
    assert!(out.has_errors());
    assert_eq!(out.into_sorted().len(), limits::DIAGNOSTICS);
}
