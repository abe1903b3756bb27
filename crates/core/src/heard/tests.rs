//! Sentences in three languages. They were written for these tests; they are not taken from real calls or mails.

use jiff::tz::TimeZone;
use makegood_charter::clock::parse_moment;
use makegood_charter::value::Moment;

use super::{Language, promises_in};

/// Tuesday 3 March 2026, ten in the morning in Oslo.
const SAID: &str = "2026-03-03T10:00:00+01:00";

fn zone() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

fn said() -> Moment {
    parse_moment(SAID, &zone()).unwrap()
}

/// What is found, as `what | due`, the due time local and without its year.
fn found(text: &str) -> Vec<String> {
    let shown = |due: Moment| {
        let local = zone().to_datetime(jiff::Timestamp::from_millisecond(due.0).unwrap());
        local.strftime("%m-%d %H:%M").to_string()
    };
    let promises = promises_in(text, None, said(), &zone());
    promises.iter().map(|one| format!("{} | {}", one.what, one.due.map_or("-".to_owned(), shown))).collect()
}

fn check(promises: &[(&str, &str)], others: &[&str]) {
    assert!(promises.len() >= 25 && others.len() >= 25, "{} and {}", promises.len(), others.len());
    let mut wrong = Vec::new();
    for (text, expected) in promises {
        let found = found(text);
        if found != [*expected] {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {found:?}"));
        }
    }
    for text in others {
        let found = found(text);
        if !found.is_empty() {
            wrong.push(format!("{text}\n  expected nothing\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_pattern_can_be_read() {
    for language in Language::ALL {
        let tongue = language.tongue();
        let one = [&tongue.parts].into_iter().chain(&tongue.promises).chain(&tongue.never).chain(&tongue.not_here);
        let kinds = tongue.kinds.iter().map(|(pattern, _)| pattern);
        let when = tongue.when.iter().map(|rule| &rule.pattern);
        for (place, pattern) in one.chain(kinds).chain(when).enumerate() {
            assert!(pattern.is_some(), "the pattern {place} of {language:?}");
        }
        assert!(tongue.not_next.is_some() || language == Language::Chinese);
    }
}

#[test]
fn english() {
    check(
        &[
            ("I'll call you tomorrow.", "call you | 03-04 23:59"),
            ("I will call you back before 5 pm.", "call you back | 03-03 17:00"),
            ("We'll send the contract by Friday.", "send the contract | 03-06 23:59"),
            ("Thanks for waiting. I’ll get back to you within two days.", "get back to you | 03-05 23:59"),
            ("I can't come today, but I'll visit you on Thursday.", "visit you | 03-05 23:59"),
            ("We shall deliver the pump on 12 March.", "deliver the pump | 03-12 23:59"),
            (
                "I promise you I will find out what happened by tomorrow morning.",
                "find out what happened | 03-04 12:00",
            ),
            ("We promise to replace the valve within 3 working days.", "replace the valve | 03-06 23:59"),
            ("I'm going to send you the offer this afternoon.", "send you the offer | 03-03 18:00"),
            ("I'm calling you back in half an hour.", "calling you back | 03-03 10:30"),
            ("We're sending a technician tomorrow at 9 a.m.", "sending a technician | 03-04 09:00"),
            ("Let me get back to you next week.", "get back to you | 03-13 23:59"),
            ("We'll fix it by the end of the week.", "fix it | 03-06 23:59"),
            ("I will personally make sure it is delivered by 10:30.", "make sure it is delivered | 03-03 10:30"),
            ("You have my word that we'll refund it by March 20.", "refund it | 03-20 23:59"),
            ("I'll let you know the day after tomorrow.", "let you know | 03-05 23:59"),
            ("We will have an answer for you by the end of the month.", "have an answer for you | 03-31 23:59"),
            ("I'll be there at 2 o'clock on Monday.", "be there | 03-09 14:00"),
            ("I'll email you the invoice tonight.", "email you the invoice | 03-03 22:00"),
            ("We'll ring you right away.", "ring you | 03-03 11:00"),
            ("I will confirm the quantity by noon.", "confirm the quantity | 03-03 12:00"),
            (
                "I'll check with the warehouse and come back to you.",
                "check with the warehouse and come back to you | -",
            ),
            ("We'll deliver before Friday.", "deliver | 03-05 23:59"),
            ("You'll hear back from me by Wednesday.", "hear back from me | 03-04 23:59"),
            ("I'll look into it within the hour.", "look into it | 03-03 11:00"),
            ("We are going to visit your site on 2026-03-10.", "visit your site | 03-10 23:59"),
            ("I'll bring the documents on the 5th.", "bring the documents | 03-05 23:59"),
            ("Sorry about that! I'll send a new one in a couple of hours.", "send a new one | 03-03 12:00"),
        ],
        &[
            "I won't call you tomorrow.",
            "I will not be able to come on Friday.",
            "We'll never do that again.",
            "If it rains, I'll call you tomorrow.",
            "I'll call you tomorrow if I hear anything.",
            "Unless you object, we'll deliver on Monday.",
            "Will I get it tomorrow?",
            "Shall we call you tomorrow?",
            "You will call me tomorrow.",
            "You'll have to send the form by Friday.",
            "They will deliver on Monday.",
            "Anna will call you tomorrow.",
            "My colleague is going to call you.",
            "I'll try to call you tomorrow.",
            "Maybe I'll come on Friday.",
            "We'll probably deliver next week.",
            "I'll be honest with you.",
            "I'll have to ask my manager.",
            "I called you yesterday.",
            "I would call you if I could.",
            "You said we will get it tomorrow.",
            "I'll think about it until tomorrow.",
            "We'll see what happens next week.",
            "I hope we'll meet tomorrow.",
            "I'm not going to send it today.",
            "Please call me tomorrow.",
            "Can you send it by Friday?",
            "I'll call you tomorrow, okay?",
            "I'll call once you have paid.",
            "The delivery will come tomorrow.",
        ],
    );
}

#[test]
fn norwegian() {
    check(
        &[
            ("Jeg ringer deg i morgen.", "ringer deg | 03-04 23:59"),
            ("Vi sender kontrakten innen fredag.", "sender kontrakten | 03-06 23:59"),
            ("Jeg skal gi deg beskjed i løpet av dagen.", "gi deg beskjed | 03-03 23:59"),
            ("Vi vil levere pumpen 12. mars.", "levere pumpen | 03-12 23:59"),
            ("Jeg lover å finne ut av det innen to dager.", "finne ut av det | 03-05 23:59"),
            ("Vi lover deg at vi skal rette feilen innen 3 virkedager.", "rette feilen | 03-06 23:59"),
            ("I morgen ringer jeg deg.", "ringer jeg deg | 03-04 23:59"),
            ("Jeg kommer innom på torsdag.", "kommer innom | 03-05 23:59"),
            ("Jeg kan ikke i dag, men jeg ringer deg i overmorgen.", "ringer deg | 03-05 23:59"),
            ("Vi leverer før kl. 15.30.", "leverer | 03-03 15:30"),
            ("Jeg svarer deg før lunsj.", "svarer deg | 03-03 12:00"),
            ("Jeg sender deg tilbudet i ettermiddag.", "sender deg tilbudet | 03-03 18:00"),
            ("Vi kommer til å bytte ventilen neste uke.", "bytte ventilen | 03-13 23:59"),
            ("Jeg tar kontakt med deg mandag neste uke.", "tar kontakt med deg | 03-09 23:59"),
            ("Vi fikser det med en gang.", "fikser det | 03-03 11:00"),
            ("Jeg ringer deg tilbake om en halv time.", "ringer deg tilbake | 03-03 10:30"),
            ("Da sender vi deg fakturaen i kveld.", "sender vi deg fakturaen | 03-03 22:00"),
            ("Jeg undersøker saken og gir svar innen utgangen av uken.", "undersøker saken og gir svar | 03-06 23:59"),
            ("Vi følger opp i morgen tidlig.", "følger opp | 03-04 12:00"),
            ("Jeg skal sjekke med lageret i løpet av formiddagen.", "sjekke med lageret | 03-03 12:00"),
            ("Vi refunderer beløpet senest 20. mars.", "refunderer beløpet | 03-20 23:59"),
            ("Jeg bekrefter mengden innen klokka 17.", "bekrefter mengden | 03-03 17:00"),
            ("Vi besøker dere den 5. mars.", "besøker dere | 03-05 23:59"),
            ("Jeg skal sende den til deg om to timer.", "sende den til deg | 03-03 12:00"),
            ("Vi reparerer den før fredag.", "reparerer den | 03-05 23:59"),
            (
                "Takk for at du ringte! Jeg finner ut av det og ringer deg tilbake.",
                "finner ut av det og ringer deg tilbake | -",
            ),
            ("Jeg ringer deg i morgen, så du ikke trenger å vente.", "ringer deg | 03-04 23:59"),
            ("Vi garanterer at vi skal levere i løpet av uken.", "levere | 03-06 23:59"),
        ],
        &[
            "Jeg ringer deg ikke i morgen.",
            "Vi skal ikke levere på fredag.",
            "Jeg kommer aldri til å gjøre det.",
            "Hvis det regner, ringer jeg deg i morgen.",
            "Jeg ringer deg i morgen hvis jeg hører noe.",
            "Med mindre du sier nei, leverer vi på mandag.",
            "Ringer du meg i morgen?",
            "Skal vi ringe deg i morgen?",
            "Du ringer meg i morgen.",
            "Dere sender skjemaet innen fredag.",
            "De leverer på mandag.",
            "Anna ringer deg i morgen.",
            "Kollegaen min skal ringe deg.",
            "Jeg skal prøve å ringe deg i morgen.",
            "Kanskje jeg kommer på fredag.",
            "Vi leverer sannsynligvis neste uke.",
            "Jeg skal være ærlig med deg.",
            "Jeg skal på ferie i morgen.",
            "Jeg ringte deg i går.",
            "Vi har sendt den.",
            "Du sa at vi får den i morgen.",
            "Jeg vil gjerne ha svar i morgen.",
            "Jeg håper vi kommer i morgen.",
            "Jeg vil tenke på det til i morgen.",
            "Kan du ringe meg i morgen?",
            "Ring meg i morgen.",
            "Jeg ringer deg når du har betalt.",
            "Leveransen kommer i morgen.",
            "Jeg sender den i morgen, greit?",
            "Vi vurderer det neste uke.",
        ],
    );
}

#[test]
fn chinese() {
    check(
        &[
            ("明天给您回电。", "给您回电 | 03-04 23:59"),
            ("我明天给您打电话。", "给您打电话 | 03-04 23:59"),
            ("我们会在周五之前把合同发给您。", "把合同发给您 | 03-05 23:59"),
            ("我两小时内回复您。", "回复您 | 03-03 12:00"),
            ("我们下周一上门维修。", "上门维修 | 03-09 23:59"),
            ("我查一下，明天上午给您答复。", "查一下 | 03-04 12:00"),
            ("我今天没空，但是后天给您送过去。", "给您送过去 | 03-05 23:59"),
            ("我们保证三天内处理好。", "处理好 | 03-06 23:59"),
            ("我马上帮您查。", "帮您查 | 03-03 11:00"),
            ("我们将于3月12日交货。", "交货 | 03-12 23:59"),
            ("今天下班前给您回复。", "给您回复 | 03-03 18:00"),
            ("我半小时内给您回电话。", "给您回电话 | 03-03 10:30"),
            ("我们会尽快安排，本周内给您消息并回复。", "安排 | 03-06 23:59"),
            ("我明天下午三点到您公司。", "到您公司 | 03-04 15:00"),
            ("我们负责更换，两个工作日内完成。", "更换 | 03-05 23:59"),
            ("我会跟进这件事，周四给您反馈。", "跟进这件事 | 03-05 23:59"),
            ("我晚上八点打电话给您。", "打电话给您 | 03-03 20:00"),
            ("月底前我们退款给您。", "退款给您 | 03-31 23:59"),
            ("我们十五天之内提交报告。", "提交报告 | 03-18 23:59"),
            ("为您安排后天的配送。", "为您安排的配送 | 03-05 23:59"),
            ("我明早联系您。", "联系您 | 03-04 12:00"),
            ("我今晚把资料发到您邮箱。", "把资料发到您邮箱 | 03-03 22:00"),
            ("我们下周给您报价。", "给您报价 | 03-13 23:59"),
            ("我一定帮您解决。", "帮您解决 | -"),
            ("非常抱歉！我们明天补发。", "补发 | 03-04 23:59"),
            ("星期六我上门检查。", "上门检查 | 03-07 23:59"),
            ("我们会在2026-03-10交付。", "交付 | 03-10 23:59"),
            ("我5号给您确认数量。", "给您确认数量 | 03-05 23:59"),
        ],
        &[
            "明天不能给您回电。",
            "我明天不会给您打电话。",
            "我们无法在周五之前交货。",
            "如果有货，我明天给您回电。",
            "要是下雨，我们后天上门。",
            "有消息的话我给您回电。",
            "您明天给我回电吧。",
            "他明天给您回电。",
            "同事明天给您回电。",
            "明天给您回电可以吗",
            "我明天给您回电好不好？",
            "你们什么时候给我发货？",
            "请您明天给我们回电。",
            "麻烦您把资料发给我们。",
            "我昨天给您回电了。",
            "我们已经发货了。",
            "我可能明天给您回电。",
            "我们尽量明天发货。",
            "我试试明天联系您。",
            "您说明天发给我们。",
            "客户答应明天给我们回复。",
            "我明天没办法过去。",
            "我不确定。",
            "快递明天送到。",
            "今天天气很好。",
            "谢谢您的来电。",
            "我希望明天给您回复。",
            "除非缺货，我们周五发货。",
            "我不想明天过去。",
            "我们明天给您回电吗？",
        ],
    );
}

#[test]
fn a_text_with_two_promises_gives_both_and_a_hint_of_their_kind() {
    let text =
        "Thank you for your time. I'll call you tomorrow. We'll send the contract by Friday. If it fails, I'll cry.";
    let found = promises_in(text, Some(Language::English), said(), &zone());
    let kinds: Vec<(&str, &str, &str)> = found.iter().map(|one| (one.kind, &*one.when, &*one.said)).collect();
    assert_eq!(
        kinds,
        [
            ("call-back", "tomorrow", "I'll call you tomorrow."),
            ("document", "by Friday", "We'll send the contract by Friday."),
        ]
    );
}

#[test]
fn a_language_is_known_by_its_code() {
    for (code, language) in [
        ("en", Some(Language::English)),
        ("zh-Hans", Some(Language::Chinese)),
        ("no", Some(Language::Norwegian)),
        ("nb_NO", Some(Language::Norwegian)),
        ("de", None),
    ] {
        assert_eq!(Language::parse(code), language, "{code}");
    }
}
