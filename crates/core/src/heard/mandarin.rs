//! Chinese (Mandarin, simplified and the traditional forms of the commonest words).

use std::sync::LazyLock;

use jiff::civil::{Time, Weekday, time};
use regex::Captures;

use super::speech::{Language, Tongue};
use super::when::{Length, Means, Now, Rule, group, hour, iso, over, pattern};

const NUMBER: &str = "(?P<n>[0-9]{1,3}|[一二两兩三四五六七八九十]{1,3})";
const WEEKDAY: &str = "(?:周|週|星期|礼拜)(?P<day>[一二三四五六日天])";
const PART: &str = "(?P<part>早上|上午|中午|下午|傍晚|晚上|晚间|上班后|下班前|一早)?";
/// What is done for somebody.
const DOES: &str = "回电|回个电话|回電|回复|回覆|答复|回话|回信|打电话|打个电话|致电|联系|发|寄|送|安排|处理|解决|修|维修|上门|拜访|登门|过去|过来|到您|到你|去您|去你|来您|确认|查|核实|提供|给出|交付|交货|完成|办|退|更换|换|补|跟进|告诉|告知|通知|汇报|提交|反馈|检查|带|派|催|赔|落实|报价|出具|开具|更新|调试|安装|拿|取";

pub(super) static TONGUE: LazyLock<Tongue> = LazyLock::new(|| Tongue {
    language: Language::Chinese,
    parts: pattern("[，,、]|但是|不过|但"),
    promises: vec![
        pattern(&format!(
            "(?:我们|我們|我|咱们|本人|我司|我方)(?:[^您你他她]{{0,12}}?)(?P<what>(?:给|給|为|為|帮|向|跟|与|同|把)[^，。]{{0,16}}?(?:{DOES}).*)"
        )),
        pattern(&format!("(?:我们|我們|我|咱们|本人|我司|我方)(?:[^您你他她]{{0,12}}?)(?P<what>(?:{DOES}).*)")),
        pattern(&format!(
            "(?P<what>(?:给|給|为|為|帮|向|跟|与)(?:您|你|你们|您们|贵司|贵公司|各位)[^，。]{{0,8}}?(?:{DOES}).*)"
        )),
        pattern(&format!(
            "^(?:[^您你他她]{{0,10}}?)(?:一定|保证|承诺|负责|马上|立刻|立即|这就)(?P<what>[^，。]{{0,8}}?(?:{DOES}).*)"
        )),
    ],
    never: vec![
        pattern("如果|要是|假如|假使|倘若|若是|若有|的话|万一|除非|只要|一旦|看情况|视情况"),
        pattern("(?:您|你|他|她|他们|客户|对方)(?:们)?(?:说|讲|答应|表示|承诺)|我以为|听说"),
        pattern("请您|請您|请你|麻烦您|麻烦你|劳驾|拜托"),
        pattern("昨天|前天|刚才|刚刚|已经|已經|上周|上个月|去年|曾经"),
        pattern("(?:吗|嗎|呢|好不好|行不行|可不可以|要不要|是不是|对吧|什么时候|几点)[。！!]?\\s*$"),
    ],
    not_here: vec![
        pattern(
            "不会|不會|不能|不想|不打算|不可能|不一定|不用|不必|不再|不是|不方便|不敢|不便|无法|無法|没法|没办法|没有|没能|未能|来不及|别|勿",
        ),
        pattern("可能|也许|或许|大概|争取|尽量|试试|试着|看看能|希望|恐怕|考虑|想想"),
        pattern("^(?:请|他|她|他们|她们|您|你|同事|经理|老板|客户|对方|司机|快递|物流|银行|供应商|厂家)"),
    ],
    not_next: None,
    when: rules(),
    kinds: vec![
        (pattern("回电|回電|电话|致电|打给"), "call-back"),
        (pattern("修|更换|换|调试|检修"), "repair"),
        (pattern("送货|送到|送达|交货|交付|发货|配送"), "delivery-date"),
        (pattern("上门|拜访|登门|过去|过来|到您|到你|去您|去你"), "visit"),
        (pattern("发|寄|提交|报价|合同|发票|资料|邮件|出具|开具"), "document"),
        (pattern("回复|回覆|答复|回话|反馈|告诉|告知|通知|确认|查|核实|联系|消息"), "answer"),
    ],
});

fn rule(text: &str, means: fn(&Captures, &Now) -> Option<Means>) -> Rule {
    Rule { pattern: pattern(text), means }
}

fn rules() -> Vec<Rule> {
    let tail = "(?:之前|以前|前|之内|以内|内)?";
    vec![
        rule("(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})", iso),
        rule("(?:在)?半(?:个)?小时(?:之内|以内|内|后|之后)?", |_, now| now.after(30, Length::Minutes)),
        rule(
            &format!(
                "(?:在|过)?{NUMBER}个?(?P<unit>分钟|小时|钟头|工作日|天|日|周|星期|礼拜|月)(?:之内|以内|内|之后|以后|后)"
            ),
            |found, now| now.after(number(group(found, "n"))?, unit(group(found, "unit"))?),
        ),
        rule("马上|立刻|立即|这就|馬上", |_, now| now.after(1, Length::Hours)),
        rule(&format!("大后天{PART}{tail}"), |found, now| day(found, now.in_days(3)?)),
        rule(&format!("(?:后天|後天){PART}{tail}"), |found, now| day(found, now.in_days(2)?)),
        rule(&format!("(?:明天|明日){PART}{tail}"), |found, now| day(found, now.in_days(1)?)),
        rule(&format!("明早{tail}"), |_, now| Some(Means::Day(now.in_days(1)?, over("morning")))),
        rule(&format!("明晚{tail}"), |_, now| Some(Means::Day(now.in_days(1)?, over("evening")))),
        rule(&format!("(?:今天|今日|当天|今儿){PART}{tail}"), |found, now| day(found, now.today())),
        rule(&format!("今晚{tail}"), |_, now| Some(Means::Day(now.today(), over("evening")))),
        rule(&format!("下个?{WEEKDAY}{PART}{tail}"), |found, now| {
            let day = now.next_week(weekday(group(found, "day"))?)?;
            Some(Means::Day(earlier(found, day)?, by(group(found, "part"))))
        }),
        rule(&format!("(?:这个?|本)?{WEEKDAY}{PART}{tail}"), |found, now| {
            let day = now.next(weekday(group(found, "day"))?)?;
            Some(Means::Day(earlier(found, day)?, by(group(found, "part"))))
        }),
        rule("下(?:个)?(?:周|星期|礼拜)(?:内|之内|以内|末)?", |_, now| {
            Some(Means::Day(now.next_week(Weekday::Friday)?, None))
        }),
        rule("(?:本周|这周|这个?星期|周末)(?:内|之内|以内|前|之前)?", |_, now| {
            Some(Means::Day(now.end_of_week()?, None))
        }),
        rule("(?:本月|这个月|月)(?:底|末|内)(?:之前|前)?", |_, now| {
            Some(Means::Day(now.end_of_month(), None))
        }),
        rule(&format!("(?P<mo>[0-9]{{1,2}})月(?P<d>[0-9]{{1,2}})[日号]{PART}{tail}"), |found, now| {
            let date = now.dated(Some(group(found, "mo").parse().ok()?), group(found, "d").parse().ok()?)?;
            day(found, date)
        }),
        rule(&format!("(?P<d>[0-9]{{1,2}})号{PART}{tail}"), |found, now| {
            day(found, now.dated(None, group(found, "d").parse().ok()?)?)
        }),
        rule(
            &format!(
                "(?P<part>早上|上午|中午|下午|傍晚|晚上)?(?P<h>[0-9]{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:点|點|时|:|：)(?P<m>半|[0-9]{{2}})?(?:分|钟|整)?{tail}"
            ),
            |found, _| {
                let written = number(group(found, "h"))?;
                let part = group(found, "part");
                let afternoon = matches!(part, "下午" | "傍晚" | "晚上") || (part.is_empty() && written < 7);
                let minute = if group(found, "m") == "半" { "30" } else { group(found, "m") };
                Some(Means::Hour(hour(&written.to_string(), minute, afternoon)?))
            },
        ),
        rule("下班(?:之前|以前|前)", |_, now| Some(Means::Day(now.today(), over("afternoon")))),
    ]
}

fn day(found: &Captures, day: jiff::civil::Date) -> Option<Means> {
    Some(Means::Day(day, by(group(found, "part"))))
}

/// "Before Friday" is over when Thursday is.
fn earlier(found: &Captures, day: jiff::civil::Date) -> Option<jiff::civil::Date> {
    let text = found.get(0)?.as_str();
    let before = text.ends_with('前') && !text.ends_with("下班前");
    if before && group(found, "part").is_empty() { day.yesterday().ok() } else { Some(day) }
}

fn by(part: &str) -> Option<Time> {
    match part {
        "早上" | "上午" | "上班后" | "一早" => over("morning"),
        "中午" => Some(time(14, 0, 0, 0)),
        "下午" | "下班前" | "傍晚" => over("afternoon"),
        "晚上" | "晚间" => over("evening"),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit = |c: char| match c {
        '一' => Some(1),
        '二' | '两' | '兩' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    };
    let value = |text: &str, empty: i64| -> Option<i64> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Some(empty),
            (Some(c), None) => digit(c),
            _ => None,
        }
    };
    match text.split_once('十') {
        Some((tens, ones)) => value(tens, 1)?.checked_mul(10)?.checked_add(value(ones, 0)?),
        None => value(text, 0),
    }
}

fn unit(text: &str) -> Option<Length> {
    Some(match text {
        "分钟" => Length::Minutes,
        "小时" | "钟头" => Length::Hours,
        "天" | "日" => Length::Days,
        "周" | "星期" | "礼拜" => Length::Weeks,
        "月" => Length::Months,
        _ => Length::WorkingDays,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "一" => Weekday::Monday,
        "二" => Weekday::Tuesday,
        "三" => Weekday::Wednesday,
        "四" => Weekday::Thursday,
        "五" => Weekday::Friday,
        "六" => Weekday::Saturday,
        "日" | "天" => Weekday::Sunday,
        _ => return None,
    })
}
