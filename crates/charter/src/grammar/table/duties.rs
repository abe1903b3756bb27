//! The keys of a duty at a hand-off.

use crate::model::Evidence;
use crate::grammar::{Is, Leaf, Record, may, need};

use super::{CONDITION, TEXT};

pub(super) static DUTY: Record = Record {
    name: "duty",
    doc: "What a hand-off (`custody.handed_over`) of the thing that a promise is about must carry. Promises and playbooks that follow the promise on a hand-off may read `duty.missing`, `duty.by_proxy`, `duty.differs` (true or false) and `duty.difference` (a share of what was promised). Of several duties the first that applies counts.",
    keys: &[
        need("promise", Is::Leaf(Leaf::Reference("a promise")), "The promise whose thing is handed over.", "delivery"),
        may("if", CONDITION, "Only for these hand-offs; reads `data`, `made` and `promise`.", "data.step == 'accepting'"),
        may("carries", Is::List(&Is::Leaf(Leaf::Word(&Evidence::NAMES))), "Which evidence it must carry.", "[quantity, signature]"),
        may("quantity", Is::Record(&QUANTITY), "How much was promised.", "{promised: made.ordered, tolerance: 1%}"),
        may("missing", Is::Record(&CONSEQUENCE), "What follows at once when evidence is missing.", "{asks: account manager}"),
        may("by_proxy", Is::Record(&CONSEQUENCE), "What follows at once when somebody else took it on the customer's behalf.", "{tells: {en: \"{data.taker} took {thing} for you\"}}"),
        may("differs", Is::Record(&CONSEQUENCE), "What follows at once when the quantity is out of tolerance; so it does when it is learnt later (`custody.measured`).", "{asks: account manager}"),
    ],
};

static QUANTITY: Record = Record {
    name: "quantity",
    doc: "How much was promised, and how far off a hand-off may be.",
    keys: &[
        need("promised", Is::Leaf(Leaf::Expression("a number with a unit")), "How much; reads `made`.", "made.ordered"),
        may("tolerance", Is::Leaf(Leaf::Share), "How far off it may be, either way. Nothing unless said.", "1%"),
    ],
};

static CONSEQUENCE: Record = Record {
    name: "consequence",
    doc: "What follows at once from a hand-off that did not meet its duty.",
    keys: &[
        may("tells", Is::Texts, "Said to the customer. Slots: `{thing}`, `{made.FIELD}`, `{data.FIELD}`.", "{en: \"{data.taker} took {thing} for you\"}"),
        may("asks", TEXT, "Who in the company is asked, by role.", "account manager"),
    ],
};
