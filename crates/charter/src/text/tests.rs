use super::*;

fn fill(name: &str) -> Option<String> {
    match name {
        "thing" => Some("flight B6-1".to_owned()),
        "made.seat" => Some("12A".to_owned()),
        _ => None,
    }
}

#[test]
fn slots_are_filled_and_gaps_are_seen() {
    for (text, shown) in [
        ("plain", "plain"),
        ("{thing} waits", "flight B6-1 waits"),
        ("座位 {made.seat}。", "座位 12A。"),
        ("{unknown} stays", "{unknown} stays"),
        ("{{thing}} is {thing}", "{thing} is flight B6-1"),
        ("", ""),
    ] {
        assert_eq!(Template::parse(text).unwrap().render(&fill), shown, "{text}");
    }
}

#[test]
fn faults_say_where_they_are() {
    for (text, message, range) in [
        ("a {thing", "a `{` is opened and not closed", 2..3),
        ("a } b", "a `}` closes nothing", 2..3),
        ("é {} b", "`` cannot name a slot", 3..5),
        ("{a b}", "`a b` cannot name a slot", 0..5),
        ("{a.b.c}", "`a.b.c` cannot name a slot", 0..7),
    ] {
        let error = Template::parse(text).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.range()), (message, range), "{text}");
    }
}

#[test]
fn a_missing_language_falls_back() {
    let template = |text| Template::parse(text).unwrap();
    let texts = Texts::new([("en".into(), template("e")), ("zh".into(), template("z"))]);
    let bare = Texts::new([("nb".into(), template("n"))]);
    for (texts, language, shown) in
        [(&texts, "zh", "z"), (&texts, "zh-Hant", "z"), (&texts, "nb", "e"), (&bare, "en", "n")]
    {
        assert_eq!(texts.get(language).unwrap().render(&|_| None), shown, "{language}");
    }
    assert!(Texts::default().get("en").is_none());
}
