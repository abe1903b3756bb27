//! The keys of what customers are worth and of the stages of a relationship. No right can read them.

use crate::grammar::{Is, Leaf, Record, may, need};

use super::{CONDITION, DURATION, EVENT, MONEY_EXPRESSION};

pub(super) static VALUATION: Record = Record {
    name: "valuation",
    doc: "How customers are valued: which events are purchases, and on which terms their future is reckoned. Expressions read `data`. Nothing here changes what anyone is owed. Amounts in another currency than the charter's are left out and counted.",
    keys: &[
        need("purchases", Is::OneOrMany(&Is::Record(&PURCHASE)), "Which events are purchases. The first whose condition holds counts. Purchases of one day in the charter's zone are one occasion.", "{on: booking.made, amount: data.fare}"),
        may("refunds", Is::OneOrMany(&Is::Record(&REFUND)), "Which events give money back for what was bought. They lower spend and are no purchases. Remedies are not named here: they stand in the books.", "{on: order.returned, amount: data.refund}"),
        may("cost_to_serve", Is::OneOrMany(&Is::Record(&SERVICE)), "Which events cost something beyond the margin.", "{on: ticket.closed, amount: data.cost}"),
        may("left", Is::OneOrMany(&Is::Record(&LEFT)), "Which events show that a party has left, and why. A later purchase shows that it came back.", "{on: account.closed, because: data.reason}"),
        need("discount", Is::Leaf(Leaf::YearlyRate), "The yearly rate by which the future is discounted.", "12% a year"),
        may("horizon", Is::Leaf(Leaf::Years), "How far ahead value is reckoned. All of the future unless said.", "5 years"),
        may("time_unit", Is::Leaf(Leaf::Word(&["day", "week", "month"])), "The unit of time in which models are fitted and shown. The week unless said.", "week"),
        may("lost_below", Is::Leaf(Leaf::Share), "A party whose chance of still being a customer is below this counts as lost. One fifth unless said.", "20%"),
    ],
};

static PURCHASE: Record = Record {
    name: "purchase",
    doc: "An event that is a purchase.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "booking.made"),
        may("if", CONDITION, "Only if this holds.", "data.channel == 'direct'"),
        need("amount", MONEY_EXPRESSION, "What was paid.", "data.fare"),
        may("margin", Is::Any(&[Is::Leaf(Leaf::Share), MONEY_EXPRESSION]), "The margin: a share of the amount, or an expression for it. The whole amount unless said.", "30%"),
        may("segment", Is::Leaf(Leaf::Expression("one of a list of words")), "The party's segment from this purchase on.", "data.cabin"),
    ],
};

static REFUND: Record = Record {
    name: "refund",
    doc: "An event that gives money back for what was bought.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "order.returned"),
        may("if", CONDITION, "Only if this holds.", "data.reason == 'unwanted'"),
        need("amount", MONEY_EXPRESSION, "What was given back, as an amount above zero.", "data.refund"),
        may("margin", Is::Any(&[Is::Leaf(Leaf::Share), MONEY_EXPRESSION]), "The margin given up: a share of the amount, or an expression for it. The whole amount unless said.", "30%"),
    ],
};

static SERVICE: Record = Record {
    name: "service",
    doc: "An event that costs something beyond the margin.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "ticket.closed"),
        may("if", CONDITION, "Only if this holds.", "data.minutes > 0"),
        need("amount", MONEY_EXPRESSION, "What it cost.", "data.cost"),
    ],
};

static LEFT: Record = Record {
    name: "departure",
    doc: "An event that shows that a party has left.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "account.closed"),
        may("if", CONDITION, "Only if this holds.", "data.final"),
        may("because", Is::Leaf(Leaf::Expression("one of a list of words")), "Why. The words `price` and `competitor` have lines of their own in the equity statement.", "data.reason"),
    ],
};

pub(super) static STAGES: Record = Record {
    name: "stages",
    doc: "The stages of a relationship. A party is in the furthest stage that its evidence shows, and moves back when that does not hold any more. Nobody is in a stage that is left out. Nothing that is owed depends on a stage.",
    keys: &[
        may("purchases", Is::OneOrMany(&Is::Record(&SIGN)), "Which events are purchases, unless those of `value` are meant. Purchases of one day in the charter's zone are one occasion.", "{on: order.placed}"),
        may("suspect", Is::Record(&SUSPECT_STAGE), "Might need what is sold. To gain.", "{shown_by: {on: lead.noted}, strategy: {en: Make ourselves known}, next: {en: Send the price list}}"),
        may("prospect", Is::Record(&PROSPECT_STAGE), "Has asked for it. To gain. After `within` without a further sign, a suspect again.", "{shown_by: {on: quote.asked}, within: 90d, strategy: {en: Answer at once}, next: {en: Follow up the quote}}"),
        need("first-time", Is::Record(&BOUGHT_STAGE), "Has bought on one occasion. To keep.", "{strategy: {en: A first order without a fault}, next: {en: Ask how it went}}"),
        need("repeat", Is::Record(&BOUGHT_STAGE), "Has bought on two occasions or more. To keep.", "{strategy: {en: Become a habit}, next: {en: Offer a regular order}}"),
        may("client", Is::Record(&CLIENT_STAGE), "Buys regularly: on so many occasions within a time, or by what shows it. To keep.", "{purchases: 4, within: 365d, strategy: {en: Know their year}, next: {en: Plan the season}}"),
        may("advocate", Is::Record(&ADVOCATE_STAGE), "Buys, and brings others. To keep.", "{shown_by: {on: referral.made}, within: 730d, strategy: {en: Thank them}, next: {en: Say what became of it}}"),
        need("lost", Is::Record(&LOST_STAGE), "Bought, and buys no more: by what ended it, by silence against its own rhythm, or by a judgement from outside. A later purchase brings it back. To regain.", "{silence: {times: 3, at_least: 60d}, strategy: {en: Win back}, next: {en: Ask why}}"),
        may("disqualified", Is::Record(&DISQUALIFIED), "What disqualifies a party. It is no stage: it stands beside it.", "{shown_by: {on: credit.refused}, says: {en: Pays in advance only}}"),
    ],
};

static SIGN: Record = Record {
    name: "sign",
    doc: "An event that is evidence.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "quote.asked"),
        may("if", CONDITION, "Only if this holds; may read `data`.", "data.litres > 1000"),
        may("because", Is::Leaf(Leaf::Expression("one of a list of words")), "Why. Of what ends a relationship, the words `price` and `competitor` have lines of their own in the equity statement.", "data.reason"),
    ],
};

static SUSPECT_STAGE: Record = Record {
    name: "suspect",
    doc: "Who might need what is sold.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it.", "{on: lead.noted}"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Make ourselves known}"),
        need("next", Is::Texts, "What is done next.", "{en: Send the price list}"),
    ],
};

static PROSPECT_STAGE: Record = Record {
    name: "prospect",
    doc: "Who has asked for it.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it.", "{on: quote.asked}"),
        may("within", DURATION, "How long such an event counts. For ever unless said.", "90d"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Answer at once}"),
        need("next", Is::Texts, "What is done next.", "{en: Follow up the quote}"),
    ],
};

static BOUGHT_STAGE: Record = Record {
    name: "stage by purchases",
    doc: "A stage that purchases show.",
    keys: &[
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: A first order without a fault}"),
        need("next", Is::Texts, "What is done next.", "{en: Ask how it went}"),
    ],
};

static CLIENT_STAGE: Record = Record {
    name: "client",
    doc: "Who buys regularly.",
    keys: &[
        may("purchases", Is::Leaf(Leaf::Whole), "On so many occasions within the time.", "4"),
        may("within", DURATION, "The time; without `purchases`, how long an event that shows it counts.", "365d"),
        may("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "Events that show it too.", "{on: contract.signed}"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Know their year}"),
        need("next", Is::Texts, "What is done next.", "{en: Plan the season}"),
    ],
};

static ADVOCATE_STAGE: Record = Record {
    name: "advocate",
    doc: "Who buys, and brings others.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it: a referral, a praise.", "{on: referral.made}"),
        may("within", DURATION, "How long such an event counts. For ever unless said.", "730d"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Thank them}"),
        need("next", Is::Texts, "What is done next.", "{en: Say what became of it}"),
    ],
};

static LOST_STAGE: Record = Record {
    name: "lost",
    doc: "Who bought, and buys no more.",
    keys: &[
        may("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "Events that end the relationship, and why.", "{on: account.closed, because: data.reason}"),
        may("silence", Is::Record(&SILENCE), "When silence means lost, by the party's own rhythm of buying.", "{times: 3, at_least: 60d, once: 365d}"),
        may("judged", Is::Leaf(Leaf::Bool), "`true`: a judgement from outside counts too (`rhythm.judged`, which `makegood stage review` sends for those whose chance of being a customer is below `lost_below`).", "true"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Win back}"),
        need("next", Is::Texts, "What is done next.", "{en: Ask why}"),
    ],
};

static SILENCE: Record = Record {
    name: "silence",
    doc: "When silence means lost.",
    keys: &[
        need("times", Is::Leaf(Leaf::Number), "Longer than so many times the party's own mean time between purchases.", "3"),
        need("at_least", DURATION, "Never before this long.", "60d"),
        may("once", DURATION, "A party that bought once has no rhythm: lost after this long. Never unless said.", "365d"),
    ],
};

static DISQUALIFIED: Record = Record {
    name: "disqualified",
    doc: "What disqualifies a party: an attribute beside its stage.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that disqualify it.", "{on: credit.refused}"),
        may("lifted_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that lift it.", "{on: credit.granted}"),
        need("says", Is::Texts, "What that means for the work with it.", "{en: Pays in advance only}"),
    ],
};
