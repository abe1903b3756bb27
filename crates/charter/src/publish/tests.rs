use super::*;

const JETBLUE: &str = include_str!("../../../../charters/jetblue/charter.yaml");
const BULK_FUEL: &str = include_str!("../../../../charters/bulk-fuel/charter.yaml");
const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");

fn charter(text: &str) -> Charter {
    Charter::read("charter.yaml", text).charter.unwrap()
}

/// A page without the fingerprint of its file, which every comment changes.
fn page(charter: &Charter, language: &str, format: Format) -> String {
    let digest: String = charter.digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    publish(charter, language, format).replace(&digest, "0123456789abcdef")
}

#[test]
fn a_customer_reads_the_page_in_three_languages() {
    for (name, text) in [("jetblue", JETBLUE), ("bulk_fuel", BULK_FUEL)] {
        for language in ["en", "nb", "zh"] {
            let page = page(&charter(text), language, Format::Markdown);
            insta::assert_snapshot!(format!("{name}_{language}"), page);
        }
    }
}

#[test]
fn every_key_has_words() {
    insta::assert_snapshot!("every_key", page(&charter(EVERY_KEY), "en", Format::Markdown));
}

#[test]
fn the_head_of_the_html_page() {
    let page = page(&charter(BULK_FUEL), "nb", Format::Html);
    let (before, style) = page.split_once("<style>").unwrap();
    let (_, after) = style.split_once("</style>").unwrap();
    let (head, _) = after.split_once("<main>").unwrap();
    let shown = format!("{before}<style>…</style>{head}").replace("><", ">\n<");
    insta::assert_snapshot!("html_head", shown);
}

#[test]
fn nothing_internal_stands_on_the_page() {
    for text in [JETBLUE, BULK_FUEL, EVERY_KEY] {
        let charter = charter(text);
        for (language, format) in [("en", Format::Html), ("zh", Format::Markdown), ("nb", Format::Html)] {
            let page = publish(&charter, language, format);
            for internal in
                ["data.", "made.", "evidence.", "promise.", "finance", "dispatch", "operations", "250,000", "&&", "=="]
            {
                assert!(!page.contains(internal), "`{internal}` stands on the page of {} in {language}", charter.name);
            }
            for right in &charter.rights {
                assert!(format == Format::Markdown || page.contains(&format!("id=\"right-{}\"", right.name)));
            }
        }
    }
}

#[test]
fn words_of_the_charter_cannot_become_markup() {
    let text = include_str!("../../tests/corpus/good/smallest.yaml");
    let title = charter(text).title.get("en").unwrap().render(&|_| None);
    let hostile = text.replacen(&title, "\"</title><script>alert('x')</script> & | *a*\"", 1);
    let charter = charter(&hostile);
    let html = publish(&charter, "en", Format::Html);
    assert!(html.contains("&lt;/title&gt;&lt;script&gt;") && !html.contains("<script"), "{html}");
    let markdown = publish(&charter, "en", Format::Markdown);
    assert!(markdown.starts_with("# \\</title\\>\\<script\\>alert('x')\\</script\\> \\& \\| \\*a\\*\n"), "{markdown}");
}

#[test]
fn the_language_asked_for_or_the_nearest() {
    let airline = charter(JETBLUE);
    for (asked, got) in [("nb", "nb"), ("zh-Hant", "zh"), ("fr", "en"), ("en", "en")] {
        assert_eq!(spoken(&airline, asked), got);
        assert!(publish(&airline, asked, Format::Html).contains(&format!("<html lang=\"{got}\">")));
    }
    assert_eq!(languages(&airline), ["en", "nb", "zh"]);
    assert_eq!(file_name(&airline, "nb", Format::Markdown), "jetblue.nb.md");
}

#[test]
fn shipped_charters_are_said_in_each_language_s_own_words() {
    // An identifier in a Chinese page would stand in Latin letters: only codes, names and the zone may.
    for text in [JETBLUE, BULK_FUEL] {
        let charter = charter(text);
        for right in &charter.rights {
            for award in &right.awards {
                let words = crate::plain::Plain::new(&charter, "zh").award(award);
                let latin = words.amount.chars().filter(char::is_ascii_lowercase).count();
                assert_eq!(latin, 0, "{} in Chinese: {words:?}", right.name);
            }
        }
    }
}
