//! The whole story of a remedy, a promise or a party, in three languages.

use crate::desk::Desk;

fn told(desk: &Desk, subject: &str, language: &str) -> String {
    desk.makegood(&["explain", subject, "--language", language]).ended(0)
}

/// The name of the departure promised to a customer.
fn promise(desk: &Desk, customer: u32) -> String {
    let party = told(desk, &format!("customer:{customer}"), "en");
    let line = party.lines().find(|line| line.contains(" departure ")).unwrap_or_else(|| panic!("{party}"));
    line.split_whitespace().find(|word| word.starts_with("p-")).unwrap().to_owned()
}

#[test]
fn a_remedy_is_explained_from_the_event_to_the_books() {
    let desk = Desk::told();
    let remedy = desk.remedy(1, "late");
    insta::assert_snapshot!(told(&desk, &remedy, "en"), @r#"
    5,000 points · owed, on its way
    customer:1 · flight:1 · r-3a0f-fd0cf743-af1be8cbf5831a26

    What was promised
      flight:1 leaves at 1 Jun 2025, 14:00 CEST.
      paid for it: 200.00 USD
      kept late · 1 Jun 2025, 18:00 CEST

    What happened
      1 May 2025, 10:00 CEST  booking.made     departs 1 Jun 2025, 14:00 CEST, fare 200.00 USD, paid 200.00 USD
      1 Jun 2025, 18:00 CEST  flight.departed  late 4 h 00 min

    The clause, as published
      “We pay for the wait.”
      late · air 1

    Why, and how it was reckoned
      data.late = 4 h 00 min
      The charter gives 50.00 USD.
      No `weather.observed` was filed; without proof no exception applies, and the burden of proof is ours.
      50.00 USD is paid as 5,000 points.

    Payment
      to be paid by 8 Jun 2025, 23:59 CEST

    In the books
      2025-06-01  Expenses:Compensation:Late      5 000  points
      2025-06-01  Liabilities:Owed:Compensation  -5 000  points

    What we sent
      notice  waits to leave
        “We owe you 5,000 points for flight:1. The charter gives 50.00 USD. No `weather.observed` was filed; without proof no exception applies, and the burden of proof is ours. 50.00 USD is paid as 5,000 points. You need do nothing.”
      payout  waits to leave
    "#);
    insta::assert_snapshot!(told(&desk, &remedy, "zh"), @r#"
    5,000 积分 · 应付，办理中
    customer:1 · flight:1 · r-3a0f-fd0cf743-af1be8cbf5831a26

    承诺内容
      flight:1 于 2025年6月1日 14:00 CEST 起飞。
      所付： 200.00 USD
      迟延履行 · 2025年6月1日 18:00 CEST

    经过
      2025年5月1日 10:00 CEST  booking.made     departs 2025年6月1日 14:00 CEST, fare 200.00 USD, paid 200.00 USD
      2025年6月1日 18:00 CEST  flight.departed  late 4 小时 00 分钟

    公布的条款
      “我们为您的等待付费。”
      late · air 1

    原因与计算
      data.late = 4 小时 00 分钟
      章程规定给予 50.00 USD。
      没有提交 `weather.observed` 证据；举证责任在我们，无证据则不适用例外。
      50.00 USD 以 5,000 积分 支付。

    支付
      支付期限 2025年6月8日 23:59 CEST

    账目
      2025-06-01  Expenses:Compensation:Late      5 000  points
      2025-06-01  Liabilities:Owed:Compensation  -5 000  points

    已发送
      notice  待发送
        “关于 flight:1，我们欠您 5,000 积分。章程规定给予 50.00 USD。 没有提交 `weather.observed` 证据；举证责任在我们，无证据则不适用例外。 50.00 USD 以 5,000 积分 支付。您无需办理任何手续。”
      payout  待发送
    "#);
    insta::assert_snapshot!(told(&desk, &remedy, "nb"), @r#"
    5000 poeng · skyldes, er på vei
    customer:1 · flight:1 · r-3a0f-fd0cf743-af1be8cbf5831a26

    Hva som ble lovet
      flight:1 går 1. juni 2025, 14:00 CEST.
      betalt for det: 200.00 USD
      holdt for sent · 1. juni 2025, 18:00 CEST

    Hva som skjedde
      1. mai 2025, 10:00 CEST   booking.made     departs 1. juni 2025, 14:00 CEST, fare 200,00 USD, paid 200,00 USD
      1. juni 2025, 18:00 CEST  flight.departed  late 4 t 00 min

    Løftet, slik det er kunngjort
      “Vi betaler for ventetiden.”
      late · air 1

    Hvorfor, og hvordan det er regnet ut
      data.late = 4 t 00 min
      Løftene gir 50,00 USD.
      Ingen `weather.observed` er lagt fram; uten bevis gjelder intet unntak, og bevisbyrden er vår.
      50,00 USD utbetales som 5000 poeng.

    Betaling
      betales innen 8. juni 2025, 23:59 CEST

    I regnskapet
      2025-06-01  Expenses:Compensation:Late      5 000  points
      2025-06-01  Liabilities:Owed:Compensation  -5 000  points

    Hva vi har sendt
      notice  venter på å bli sendt
        “Vi skylder deg 5000 poeng for flight:1. Løftene gir 50,00 USD. Ingen `weather.observed` er lagt fram; uten bevis gjelder intet unntak, og bevisbyrden er vår. 50,00 USD utbetales som 5000 poeng. Du trenger ikke gjøre noe.”
      payout  venter på å bli sendt
    "#);
}

#[test]
fn a_promise_is_explained_with_what_took_a_right_away() {
    let desk = Desk::told();
    let promise = promise(&desk, 5);
    insta::assert_snapshot!(told(&desk, &promise, "en"), @r#"
    p-1e9f-3969ce1f-97ac47d7309567e1 · customer:5 · kept late

    What was promised
      flight:5 leaves at 1 Jun 2025, 14:00 CEST.
      paid for it: 200.00 USD
      kept late · 1 Jun 2025, 18:00 CEST

    What happened
      1 May 2025, 10:00 CEST  booking.made      departs 1 Jun 2025, 14:00 CEST, fare 200.00 USD, paid 200.00 USD
      1 Jun 2025, 13:00 CEST  weather.observed  wind 61.5
      1 Jun 2025, 18:00 CEST  flight.departed   late 5 h 00 min

    What is owed for it
      nothing under: late. It was the storm.
    "#);
    insta::assert_snapshot!(told(&desk, &promise, "zh"), @r#"
    p-1e9f-3969ce1f-97ac47d7309567e1 · customer:5 · 迟延履行

    承诺内容
      flight:5 于 2025年6月1日 14:00 CEST 起飞。
      所付： 200.00 USD
      迟延履行 · 2025年6月1日 18:00 CEST

    经过
      2025年5月1日 10:00 CEST  booking.made      departs 2025年6月1日 14:00 CEST, fare 200.00 USD, paid 200.00 USD
      2025年6月1日 13:00 CEST  weather.observed  wind 61.5
      2025年6月1日 18:00 CEST  flight.departed   late 5 小时 00 分钟

    应给予的补救
      不适用: late. 因为风暴。
    "#);
    insta::assert_snapshot!(told(&desk, &promise, "nb"), @r#"
    p-1e9f-3969ce1f-97ac47d7309567e1 · customer:5 · holdt for sent

    Hva som ble lovet
      flight:5 går 1. juni 2025, 14:00 CEST.
      betalt for det: 200.00 USD
      holdt for sent · 1. juni 2025, 18:00 CEST

    Hva som skjedde
      1. mai 2025, 10:00 CEST   booking.made      departs 1. juni 2025, 14:00 CEST, fare 200,00 USD, paid 200,00 USD
      1. juni 2025, 13:00 CEST  weather.observed  wind 61,5
      1. juni 2025, 18:00 CEST  flight.departed   late 5 t 00 min

    Hva som skyldes for det
      ingenting etter: late. Det var stormen.
    "#);
}

#[test]
fn a_party_is_explained_with_everything_it_was_promised() {
    let desk = Desk::told();
    insta::assert_snapshot!(told(&desk, "customer:2", "en"), @r#"
    customer:2

    Promises
      1 Jun 2025, 14:00 CEST  departure  flight:2  broken   p-94e3-37ba5568-80916c2960c78bbf
      8 Jun 2025, 23:59 CEST  pay        flight:2  overdue  p-94e3-37ba5568-e839f9a155a96562

    Remedies
      1 Jun 2025, 12:00 CEST  refund  120.00 USD + 3,000 points  owed, on its way  r-94e3-37ba5568-cb2c93cf8e73f9d5

    What happened
      1 May 2025, 10:00 CEST  booking.made      departs 1 Jun 2025, 14:00 CEST, fare 150.00 USD, paid 120.00 USD + 3,000 points
      1 Jun 2025, 12:00 CEST  flight.cancelled

    In the books
      2025-06-01  Expenses:Restitution:Refund    120.00  USD
      2025-06-01  Liabilities:Owed:Restitution  -120.00  USD
      2025-06-01  Expenses:Restitution:Refund     3 000  points
      2025-06-01  Liabilities:Owed:Restitution   -3 000  points
    "#);
    insta::assert_snapshot!(told(&desk, "customer:2", "zh"), @r#"
    customer:2

    承诺
      2025年6月1日 14:00 CEST  departure  flight:2  已违约  p-94e3-37ba5568-80916c2960c78bbf
      2025年6月8日 23:59 CEST  pay        flight:2  已逾期  p-94e3-37ba5568-e839f9a155a96562

    补救
      2025年6月1日 12:00 CEST  refund  120.00 USD + 3,000 积分  应付，办理中  r-94e3-37ba5568-cb2c93cf8e73f9d5

    经过
      2025年5月1日 10:00 CEST  booking.made      departs 2025年6月1日 14:00 CEST, fare 150.00 USD, paid 120.00 USD + 3,000 points
      2025年6月1日 12:00 CEST  flight.cancelled

    账目
      2025-06-01  Expenses:Restitution:Refund    120.00  USD
      2025-06-01  Liabilities:Owed:Restitution  -120.00  USD
      2025-06-01  Expenses:Restitution:Refund     3 000  points
      2025-06-01  Liabilities:Owed:Restitution   -3 000  points
    "#);
    insta::assert_snapshot!(told(&desk, "customer:2", "nb"), @r#"
    customer:2

    Løfter
      1. juni 2025, 14:00 CEST  departure  flight:2  brutt    p-94e3-37ba5568-80916c2960c78bbf
      8. juni 2025, 23:59 CEST  pay        flight:2  forfalt  p-94e3-37ba5568-e839f9a155a96562

    Oppreisning
      1. juni 2025, 12:00 CEST  refund  120,00 USD + 3000 poeng  skyldes, er på vei  r-94e3-37ba5568-cb2c93cf8e73f9d5

    Hva som skjedde
      1. mai 2025, 10:00 CEST   booking.made      departs 1. juni 2025, 14:00 CEST, fare 150,00 USD, paid 120,00 USD + 3000 points
      1. juni 2025, 12:00 CEST  flight.cancelled

    I regnskapet
      2025-06-01  Expenses:Restitution:Refund    120.00  USD
      2025-06-01  Liabilities:Owed:Restitution  -120.00  USD
      2025-06-01  Expenses:Restitution:Refund     3 000  points
      2025-06-01  Liabilities:Owed:Restitution   -3 000  points
    "#);
}

#[test]
fn what_is_not_there_cannot_be_explained() {
    let desk = Desk::told();
    for subject in ["customer:99", "r-0000-00000000-0000000000000000", "p-0000-00000000-0000000000000000", "nonsense"] {
        let error = desk.makegood(&["explain", subject]).refused();
        assert!(error.contains(&format!("`{subject}`")), "{error}");
    }
}

#[test]
fn what_people_decided_stands_in_the_story_of_a_remedy() {
    let desk = Desk::told();
    let remedy = desk.remedy(1, "late");
    desk.makegood(&["remedy", "failed", &remedy, "--by", "bank", "--note", "account closed"]).ended(0);
    desk.makegood(&["remedy", "approve", &remedy, "--by", "anna", "--note", "a new account"]).ended(0);
    let out = desk.makegood(&["explain", &remedy]).ended(0);
    for told in ["remedy.failed", "reason account closed, by bank", "remedy.approved", "note a new account, by anna"] {
        assert!(out.contains(told), "{told}: {out}");
    }
    let other = desk.makegood(&["explain", &desk.remedy(2, "refund")]).ended(0);
    assert!(!other.contains("account closed"), "{other}");
}
