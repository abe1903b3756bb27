//! Words for what charters commonly name: kinds of things, fields, and words to choose from, in English, Chinese and
//! Norwegian. A charter's identifiers are never shown to a customer in a language they are not written in.

use super::Plain;
use crate::value::Type;

type Entry = (&'static str, [&'static str; 3]);

#[rustfmt::skip] // A table reads best with one line a word.
const THINGS: &[Entry] = &[
    ("account", ["your account", "您的账户", "kontoen din"]),
    ("appointment", ["your appointment", "您的预约", "avtalen din"]),
    ("booking", ["your booking", "您的预订", "bestillingen din"]),
    ("contract", ["your contract", "您的合同", "avtalen din"]),
    ("delivery", ["your delivery", "您的配送", "leveransen din"]),
    ("flight", ["your flight", "您的航班", "flyet ditt"]),
    ("item", ["your item", "您的商品", "varen din"]),
    ("journey", ["your journey", "您的行程", "reisen din"]),
    ("line", ["your line", "您的线路", "linjen din"]),
    ("meter", ["your meter", "您的表计", "måleren din"]),
    ("order", ["your order", "您的订单", "bestillingen din"]),
    ("parcel", ["your parcel", "您的包裹", "pakken din"]),
    ("product", ["your product", "您的产品", "produktet ditt"]),
    ("purchase", ["your purchase", "您的购买", "kjøpet ditt"]),
    ("rental", ["your rental", "您的租赁", "leien din"]),
    ("repair", ["your repair", "您的维修", "reparasjonen din"]),
    ("service", ["your service", "您的服务", "tjenesten din"]),
    ("shipment", ["your shipment", "您的货件", "forsendelsen din"]),
    ("stream", ["your stream", "您的播放", "strømmen din"]),
    ("subscription", ["your subscription", "您的订阅", "abonnementet ditt"]),
    ("supply", ["your supply", "您的供应", "forsyningen din"]),
    ("ticket", ["your ticket", "您的车票", "billetten din"]),
    ("train", ["your train", "您的列车", "toget ditt"]),
    ("video", ["your video", "您的视频", "videoen din"]),
];

#[rustfmt::skip]
const FIELDS: &[Entry] = &[
    ("arrives", ["the time of arrival", "到达时间", "ankomsttiden"]),
    ("availability", ["the availability", "可用率", "tilgjengeligheten"]),
    ("bill", ["the bill", "账单金额", "regningen"]),
    ("cause", ["the cause", "原因", "årsaken"]),
    ("channel", ["the way you booked", "预订渠道", "måten du bestilte på"]),
    ("charge", ["the charge for the month", "当月费用", "avgiften for måneden"]),
    ("count", ["the number", "数目", "antallet"]),
    ("days", ["the number of days", "天数", "antall dager"]),
    ("delay", ["the delay", "延误时长", "forsinkelsen"]),
    ("delivered", ["the quantity delivered", "实际送达量", "mengden som ble levert"]),
    ("departs", ["the time of departure", "出发时间", "avgangstiden"]),
    ("difference", ["the difference in price", "差价", "prisforskjellen"]),
    ("distance", ["the distance", "距离", "avstanden"]),
    ("downtime", ["the downtime", "中断时长", "nedetiden"]),
    ("due", ["the agreed time", "约定时间", "avtalt tid"]),
    ("duration", ["the length of time", "时长", "varigheten"]),
    ("fare", ["the fare", "票款", "billettprisen"]),
    ("fare_before_tax", ["the fare before taxes and fees", "不含税费的票款", "billettprisen uten skatter og avgifter"]),
    ("fee", ["the fee", "费用", "gebyret"]),
    ("fees", ["the fees", "费用", "gebyrene"]),
    ("hours", ["the number of hours", "小时数", "antall timer"]),
    ("how", ["the means of payment", "支付方式", "betalingsmåten"]),
    ("late", ["the delay", "延误时长", "forsinkelsen"]),
    ("litres", ["the quantity", "数量", "mengden"]),
    ("minutes", ["the number of minutes", "分钟数", "antall minutter"]),
    ("monthly_charge", ["the monthly charge", "月费", "månedsprisen"]),
    ("monthly_fee", ["the monthly fee", "月费", "månedsavgiften"]),
    ("months", ["the number of months", "月数", "antall måneder"]),
    ("notice", ["the notice given", "提前通知的时长", "varslet"]),
    ("ordered", ["the quantity ordered", "订购量", "mengden som ble bestilt"]),
    ("one_way_fare", ["the one-way fare", "单程票价", "enkeltprisen"]),
    ("paid", ["what you paid", "您支付的款项", "det du betalte"]),
    ("passengers", ["the number of passengers", "旅客人数", "antall passasjerer"]),
    ("payment_method", ["the means of payment", "支付方式", "betalingsmåten"]),
    ("periods", ["the number of periods", "期数", "antall perioder"]),
    ("price", ["the price", "价格", "prisen"]),
    ("quantity", ["the quantity", "数量", "mengden"]),
    ("reason", ["the reason", "原因", "grunnen"]),
    ("speed", ["the speed", "速度", "hastigheten"]),
    ("taxes", ["the taxes", "税费", "skattene"]),
    ("title", ["the title", "片名", "tittelen"]),
    ("total", ["the whole price", "总价", "hele prisen"]),
    ("unit_price", ["the price of one unit", "单价", "prisen per enhet"]),
    ("uptime", ["the uptime", "正常运行时间", "oppetiden"]),
    ("waited", ["the wait", "等待时长", "ventetiden"]),
    ("weeks", ["the number of weeks", "周数", "antall uker"]),
];

#[rustfmt::skip]
const CHOICES: &[Entry] = &[
    ("agent", ["through an agent", "通过代理", "gjennom en agent"]),
    ("business", ["business", "企业", "bedrift"]),
    ("card", ["card", "银行卡", "kort"]),
    ("carrier", ["the carrier", "承运人", "selskapet"]),
    ("cash", ["cash", "现金", "kontanter"]),
    ("credit", ["credit", "信用", "kreditt"]),
    ("direct", ["directly with us", "直接向我们", "direkte hos oss"]),
    ("invoice", ["invoice", "发票", "faktura"]),
    ("mixed", ["several together", "多种方式", "flere sammen"]),
    ("none", ["none", "无", "ingen"]),
    ("other", ["other", "其他", "annet"]),
    ("miles", ["miles", "里程", "bonuspoeng"]),
    ("points", ["points", "积分", "poeng"]),
    ("private", ["private", "个人", "privat"]),
    ("unknown", ["unknown", "未知", "ukjent"]),
    ("weather", ["weather", "天气", "været"]),
];

impl Plain<'_> {
    /// A kind of thing, as the customer's own: `your flight`.
    pub fn thing(&self, kind: Option<&str>) -> String {
        let known = kind.and_then(|kind| self.look_up(THINGS, kind));
        let english = || kind.map_or_else(|| "what it is about".to_owned(), |kind| format!("your {}", spaced(kind)));
        known.map_or_else(|| self.pick(english(), "相关事项".to_owned(), "det det gjelder".to_owned()), str::to_owned)
    }

    /// A field of an event: `the delay`.
    pub fn field(&self, name: &str, kind: Option<&Type>) -> String {
        let english = || format!("the {}", spaced(name));
        let typed = || self.typed(kind).to_owned();
        self.look_up(FIELDS, name).map_or_else(|| self.pick(english(), typed(), typed()), str::to_owned)
    }

    /// One of the words that a field may hold; `None` where only its English name is known and another language is asked for.
    pub fn choice(&self, word: &str) -> Option<String> {
        let known = self.look_up(CHOICES, word).map(str::to_owned);
        known.or_else(|| self.pick(Some(spaced(word)), None, None))
    }

    fn look_up(&self, table: &[Entry], name: &str) -> Option<&'static str> {
        let (_, [english, chinese, norwegian]) = table.iter().find(|(known, _)| *known == name)?;
        Some(self.pick(english, chinese, norwegian))
    }
}

fn spaced(name: &str) -> String {
    name.replace(['_', '-'], " ")
}
