//! The kinds of faults. A number, once given, keeps its meaning for ever.

macro_rules! codes {
    ($($name:ident = $code:literal, $doc:literal;)*) => {
        /// The kind of a fault: stable, so that it can be looked up and silenced by number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $doc] $name,)*
        }

        impl Code {
            /// Every kind, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The number: `C010`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }
        }
    };
}

codes! {
    NotYaml = "C001", "The file is not well-formed YAML.";
    TooLarge = "C002", "The file, or a part of it, is larger or deeper than a charter may be.";
    DuplicateKey = "C003", "A key stands twice in one map.";
    Indirection = "C004", "An anchor, alias, merge key or tag: a charter says everything where it counts.";
    NotOneDocument = "C005", "The file is empty or holds several documents.";
    UnknownKey = "C010", "The key does not belong here.";
    MissingKey = "C011", "A key that is needed is missing.";
    WrongKind = "C012", "A map, a list or a word stands where something else is needed.";
    KeyOfLater = "C013", "The key belongs to a part of the language that this version does not read yet.";
    KeysExclude = "C014", "Two keys say the same thing in two ways, or one of several must be chosen.";
    BadWhole = "C019", "A whole number cannot be read.";
    BadAmount = "C020", "An amount cannot be read.";
    BadDuration = "C021", "A length of time cannot be read.";
    BadTime = "C022", "A date or time cannot be read.";
    BadShare = "C023", "A share cannot be read.";
    BadName = "C024", "A name has characters that names may not have, or is too long.";
    BadZone = "C025", "A time zone is not known.";
    BadType = "C026", "A field's type is not known.";
    BadWord = "C027", "A word is not one of those allowed here.";
    BadLanguage = "C028", "A language tag is malformed.";
    BadHoliday = "C029", "A rule for a holiday cannot be read.";
    MissingTranslation = "C030", "A text lacks a language in which the title is given.";
    UnknownSlot = "C031", "A text has a slot that nothing fills.";
    BadTemplate = "C032", "The braces of a text do not match, or the text is too long.";
    ExtraLanguage = "C033", "A text is given in a language that the title lacks.";
    BadPlace = "C034", "The coordinates of a place cannot be read.";
    BadIndex = "C035", "A figure of an index cannot be read, or is missing.";
    UnknownEvent = "C040", "No event of this type is declared.";
    UnknownPromise = "C041", "No promise of this name is declared.";
    UnknownRight = "C042", "No right of this name is declared.";
    UnknownValue = "C043", "No dated value of this name is declared, or it holds something else.";
    UnknownTender = "C044", "No tender or currency of this code is known.";
    UnknownCalendar = "C045", "No calendar of this name is declared.";
    BuiltInEvent = "C046", "An event of this type is built in and cannot be declared again.";
    UnknownTerm = "C047", "No term of this name is defined before it.";
    KindOfBoth = "C048", "One kind of key stands for a party and for a thing.";
    UnknownStep = "C049", "No step of this name stands above.";
    BadExpression = "C050", "An expression cannot be parsed, has the wrong type, or names something that is not there.";
    WrongCommodity = "C051", "Amounts that are compared or added are in different commodities.";
    BandsOutOfOrder = "C060", "Bands do not rise.";
    BandsOverlap = "C061", "Two bands cover the same values.";
    BandsGap = "C062", "Between two bands some values are covered by neither.";
    ValueOutOfOrder = "C063", "The entries of a dated value do not follow each other in time.";
    ValueNotCovering = "C064", "A dated value says nothing for a time in which the charter is in force.";
    BandMeasure = "C065", "The edge of a band is of another kind than what is measured.";
    NoBands = "C066", "A table has no band, or too many.";
    NeverApplies = "C070", "A right, or a way for a promise to end, can never apply.";
    RightsClash = "C071", "Two rights owe the same kind of thing for the same event, and no stacking rule says how they combine.";
    NoCalendar = "C072", "A deadline in working or business days has no calendar to count by.";
    ExceptionWrong = "C073", "An exception takes the right away always, or never.";
    Stacking = "C074", "A stacking rule names a right twice, or rights that never meet.";
    Unused = "C080", "Something is declared and never used.";
    BadData = "C090", "The data of an event in a test does not fit the event's shape.";
    UnknownBackground = "C091", "No background of this name is declared in the file of tests.";
    WrongSubject = "C092", "An event in a test is about another kind of party or thing than its shape says.";
}
