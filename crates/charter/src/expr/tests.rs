use makegood_money::Commodity;
use proptest::prelude::*;

use super::*;
use crate::clock::{parse_duration, parse_rfc3339};
use crate::value::Field;

mod against_cel;

fn commodities() -> Commodities {
    let mut all = Commodities::iso();
    all.declare(Commodity::new("points", 0).unwrap());
    all
}

fn words(words: &[&str]) -> Type {
    Type::Choice(words.iter().map(|word| (*word).into()).collect())
}

fn litres() -> Type {
    Type::Number { unit: Some("L".into()) }
}

fn key(kind: &str) -> Type {
    Type::Key { kind: kind.into() }
}

fn shape(name: &str, fields: &[(&str, Type, bool)]) -> Shape {
    let field = |(name, kind, optional): &(&str, Type, bool)| Field {
        name: (*name).into(),
        kind: kind.clone(),
        optional: *optional,
    };
    Shape::new(name, Some("customer"), Some("flight"), fields.iter().map(field).collect())
}

fn data_shape() -> Shape {
    shape(
        "flight.departed",
        &[
            ("late", Type::Duration, false),
            ("cause", words(&["carrier", "weather", "security"]), false),
            ("seats", Type::Int, false),
            ("delivered", litres(), false),
            ("kilos", Type::Number { unit: Some("kg".into()) }, false),
            ("rate", Type::Number { unit: None }, false),
            ("fare", Type::Money, false),
            ("paid", Type::Tenders, false),
            ("departs", Type::Time, false),
            ("direct", Type::Bool, false),
            ("remark", Type::Text, false),
            ("flight", key("flight"), false),
            ("alternate_within", Type::Duration, true),
            ("refund", Type::Money, true),
        ],
    )
}

fn made_shape() -> Shape {
    let causes = words(&["security", "strike", "weather"]);
    shape("booking.made", &[("ordered", litres(), false), ("cause", causes, false), ("party", key("customer"), false)])
}

fn money(text: &str) -> Money {
    Money::parse(text, &commodities()).unwrap()
}

fn data() -> Vec<Value> {
    let paid = Tenders::new([money("5.60 USD"), money("5000 points")]).unwrap();
    vec![
        Value::Duration(parse_duration("3h5m").unwrap()),
        Value::Choice(1),
        Value::Int(7),
        Value::Number(11_900_500_000),
        Value::Number(2_500_000),
        Value::Number(-500_000),
        Value::Money(money("120.50 USD")),
        Value::Tenders(paid),
        Value::Time(parse_rfc3339("2013-01-01T12:00:00Z").unwrap()),
        Value::Bool(true),
        Value::Text("très tard".into()),
        Value::Key("flight:B6-1".into()),
        Value::Absent,
        Value::Absent,
    ]
}

fn with_scope<T>(check: impl FnOnce(&Names<'_>, &Scope<'_>) -> T) -> T {
    let (data_shape, made_shape) = (data_shape(), made_shape());
    let made = vec![Value::Number(12_000_000_000), Value::Choice(2), Value::Key("customer:42".into())];
    let data = data();
    let paid = Tenders::new([money("100 USD")]).unwrap();
    let names = Names { data: Some(&data_shape), made: Some(&made_shape), promise: true, ..Names::default() };
    let scope = Scope {
        data: &data,
        at: parse_rfc3339("2013-01-01T15:05:00Z").unwrap(),
        made: &made,
        due: parse_rfc3339("2013-01-01T12:00:00Z").unwrap(),
        made_at: parse_rfc3339("2012-12-01T00:00:00Z").unwrap(),
        worth: Some(money("100 USD")),
        paid: Some(&paid),
        ..Scope::default()
    };
    check(&names, &scope)
}

fn compile(source: &str, want: Want) -> Result<Expr, Vec<ExprProblem>> {
    with_scope(|names, _| Expr::compile(source, names, &commodities(), want))
}

fn run(source: &str) -> Result<Value, EvalError> {
    let expr = compile(source, Want::Any).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    with_scope(|_, scope| expr.value(scope))
}

#[test]
fn conditions_hold_as_they_read() {
    for (source, held) in [
        ("data.late < duration('15m')", Ok(false)),
        ("data.late >= duration('3h5m')", Ok(true)),
        ("duration('3h') <= data.late && data.late < duration('4h')", Ok(true)),
        ("data.cause == 'weather'", Ok(true)),
        ("'carrier' != data.cause", Ok(true)),
        ("data.cause in ['carrier', 'security']", Ok(false)),
        ("!(data.cause in ['carrier', 'weather'])", Ok(false)),
        ("made.cause == data.cause", Ok(true)),
        ("data.cause == made.cause", Ok(true)),
        ("data.seats == 7 && data.seats != 8 && data.seats > 6.5", Ok(true)),
        ("data.seats in [1, 3, 7]", Ok(true)),
        ("data.seats in [1, 3, 7.5]", Ok(false)),
        ("data.late in [duration('185m')]", Ok(true)),
        ("data.delivered < made.ordered", Ok(true)),
        ("data.delivered >= made.ordered * 0.99", Ok(true)),
        ("data.delivered == 11900.5", Ok(true)),
        ("data.fare > money('100 USD')", Ok(true)),
        ("data.fare in [money('1 USD'), money('120.50 USD')]", Ok(true)),
        ("data.fare > money('100 EUR')", Err(EvalError::Mixed)),
        ("data.fare == promise.worth + money('20.5 USD')", Ok(true)),
        ("'points' in data.paid", Ok(true)),
        ("'points' in promise.paid", Ok(false)),
        ("at - promise.due == data.late", Ok(true)),
        ("at > promise.due + duration('3h')", Ok(true)),
        ("promise.made < time('2013-01-01T00:00:00+01:00')", Ok(true)),
        ("data.direct", Ok(true)),
        ("!data.direct || data.direct == false", Ok(false)),
        ("data.remark == 'très tard'", Ok(true)),
        ("data.remark in ['tôt', 'très tard']", Ok(true)),
        ("data.remark.contains('tard') && data.remark.startsWith('tr') && !data.remark.endsWith('x')", Ok(true)),
        ("data.remark == data.cause", Ok(false)),
        ("data.flight == 'flight:B6-1'", Ok(true)),
        ("(data.direct ? 'weather' : 'carrier') == data.cause", Ok(true)),
        ("size(data.remark) == 9", Ok(true)),
        ("true", Ok(true)),
        ("1 < 2 && 'a' == 'a'", Ok(true)),
        ("data.late\n  > duration(\"15m\")", Ok(true)),
        // Optional fields.
        ("data.alternate_within < duration('1h')", Err(EvalError::Absent)),
        ("has(data.alternate_within)", Ok(false)),
        ("has(data.late) && has(promise.worth) && has(promise.paid)", Ok(true)),
        ("has(data.alternate_within) && data.alternate_within < duration('1h')", Ok(false)),
        ("data.alternate_within < duration('1h') && false", Ok(false)),
        ("data.alternate_within < duration('1h') && !data.direct", Ok(false)),
        ("data.alternate_within < duration('1h') && data.direct", Err(EvalError::Absent)),
        ("data.alternate_within < duration('1h') || data.direct", Ok(true)),
        ("!data.direct || data.alternate_within < duration('1h')", Err(EvalError::Absent)),
        ("data.refund > money('1 USD')", Err(EvalError::Absent)),
        ("data.seats / (data.seats - 7) == 1", Err(EvalError::DivisionByZero)),
    ] {
        assert_eq!(run(source), held.map(Value::Bool), "{source}");
        let expr = compile(source, Want::Bool).unwrap();
        assert_eq!(with_scope(|_, scope| expr.holds(scope)), held, "{source}");
    }
}

#[test]
fn values_are_reckoned_exactly() {
    let duration = |text: &str| Ok(Value::Duration(parse_duration(text).unwrap()));
    for (source, value) in [
        ("7 / 2", Ok(Value::Int(3))),
        ("-7 / 2", Ok(Value::Int(-3))),
        ("data.seats % 4", Ok(Value::Int(3))),
        ("-data.seats * 2 + 1", Ok(Value::Int(-13))),
        ("7 / 2.0", Ok(Value::Number(3_500_000))),
        ("0.1 + 0.2", Ok(Value::Number(300_000))),
        ("1 / 3.0", Ok(Value::Number(333_333))),
        ("2 / 3.0", Ok(Value::Number(666_667))),
        ("-2 / 3.0", Ok(Value::Number(-666_667))),
        ("1.5 * 1.5", Ok(Value::Number(2_250_000))),
        ("-0.5 == data.rate ? 1 : 0.5", Ok(Value::Number(1_000_000))),
        ("data.delivered / made.ordered", Ok(Value::Number(991_708))),
        ("hours(data.late)", Ok(Value::Number(3_083_333))),
        ("days(duration('36h'))", Ok(Value::Number(1_500_000))),
        ("minutes(data.late)", Ok(Value::Number(185_000_000))),
        ("floor(hours(data.late))", Ok(Value::Int(3))),
        ("ceil(hours(data.late))", Ok(Value::Int(4))),
        ("floor(data.rate)", Ok(Value::Int(-1))),
        ("ceil(data.rate)", Ok(Value::Int(0))),
        ("abs(data.rate)", Ok(Value::Number(500_000))),
        ("data.late / duration('1h')", Ok(Value::Number(3_083_333))),
        ("data.late / 2", duration("92.5m")),
        ("data.late * 0.5", duration("92.5m")),
        ("2 * data.late", duration("370m")),
        ("-data.late", duration("-185m")),
        ("data.late % duration('1h')", duration("5m")),
        ("max(data.late, duration('4h'))", duration("4h")),
        ("min(data.late, duration('4h')) - duration('5m')", duration("3h")),
        ("at - duration('5m')", Ok(Value::Time(parse_rfc3339("2013-01-01T15:00:00Z").unwrap()))),
        ("data.fare / 3", Ok(Value::Money(money("40.17 USD")))),
        ("data.fare / -3", Ok(Value::Money(money("-40.17 USD")))),
        ("data.fare * 0.333333", Ok(Value::Money(money("40.17 USD")))),
        ("0.5 * data.fare", Ok(Value::Money(money("60.25 USD")))),
        ("data.fare - promise.worth", Ok(Value::Money(money("20.50 USD")))),
        ("data.fare / promise.worth", Ok(Value::Number(1_205_000))),
        ("abs(promise.worth - data.fare)", Ok(Value::Money(money("20.50 USD")))),
        ("max(data.fare, promise.worth)", Ok(Value::Money(money("120.50 USD")))),
        ("has(data.refund) ? data.refund : data.fare", Ok(Value::Money(money("120.50 USD")))),
        ("data.cause", Ok(Value::Choice(1))),
        ("data.flight", Ok(Value::Key("flight:B6-1".into()))),
        ("data.direct ? data.remark : 'none'", Ok(Value::Text("très tard".into()))),
        ("9223372036854775807 + data.seats", Err(EvalError::Overflow)),
        ("data.fare * 9223372036854775807", Err(EvalError::Overflow)),
        ("data.fare / (data.seats - 7)", Err(EvalError::DivisionByZero)),
        ("data.rate % 0.0 == 0.0 ? 1 : 2", Err(EvalError::DivisionByZero)),
    ] {
        assert_eq!(run(source), value, "{source}");
    }
}

#[test]
fn a_measure_is_one_number() {
    for (source, want, number) in [
        ("data.late", Want::Measure, 11_100_000),
        ("data.fare", Want::Measure, 12_050),
        ("data.delivered", Want::Measure, 11_900_500_000),
        ("data.seats", Want::Count, 7),
        ("days(data.late)", Want::Count, 128_472),
        ("data.departs", Want::Time, 1_357_041_600_000),
    ] {
        let expr = compile(source, want).unwrap();
        assert_eq!(with_scope(|_, scope| expr.number(scope)), Ok(number), "{source}");
    }
    let fare = compile("data.fare", Want::Tenders).unwrap();
    assert_eq!(with_scope(|_, scope| fare.tenders(scope)).unwrap().to_string(), "120.50 USD");
    assert_eq!(with_scope(|_, scope| fare.money(scope)), Err(EvalError::OtherType));
    let negative = compile("-data.fare", Want::Tenders).unwrap();
    assert_eq!(with_scope(|_, scope| negative.tenders(scope)), Err(EvalError::Negative));
    let paid = compile("promise.paid", Want::Tenders).unwrap();
    assert_eq!(with_scope(|_, scope| paid.tenders(scope)).unwrap().to_string(), "100.00 USD");
}

#[test]
fn the_inputs_of_a_because() {
    let expr =
        compile("data.late > duration('3h') && (data.late < duration('4h') || at > promise.due)", Want::Bool).unwrap();
    let paths: Vec<_> = expr.reads().iter().map(|read| (&*read.path, &read.kind)).collect();
    assert_eq!(paths, [("data.late", &Type::Duration), ("at", &Type::Time), ("promise.due", &Type::Time)]);
    let inputs = with_scope(|_, scope| expr.inputs(scope));
    assert_eq!(inputs.first(), Some(&("data.late".into(), Value::Duration(11_100_000))));
    assert_eq!(inputs.len(), 3);
    let absent = compile("has(data.refund)", Want::Bool).unwrap();
    assert_eq!(with_scope(|_, scope| absent.inputs(scope)), [("data.refund".into(), Value::Absent)]);
}

#[test]
fn constants_are_known_for_what_they_are() {
    for (source, value) in [
        ("true", Some(Value::Bool(true))),
        ("duration('1h') < duration('30m') || !(2 in [1, 3])", Some(Value::Bool(true))),
        ("3 * 0.5", Some(Value::Number(1_500_000))),
        ("at > time('2025-01-01T00:00:00Z')", None),
        ("data.direct", None),
    ] {
        assert_eq!(compile(source, Want::Any).unwrap().constant(), value, "{source}");
    }
}

/// Each problem as `what stands there: message / help`.
fn problems(source: &str, want: Want) -> String {
    let problems = compile(source, want).err().unwrap_or_default();
    let lines = problems.iter().map(|problem| {
        let place = source.get(problem.range.clone()).unwrap_or("?");
        format!("{place}: {} / {}", problem.message, problem.help)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn faults_are_named_where_they_stand() {
    let sources = [
        "data.lat < duration('15m')",
        "data.delay < duration('15m')",
        "dat.late < duration('15m')",
        "late < duration('15m')",
        "evidence.x == 1",
        "evidence_at > at",
        "party.accepted_alternate",
        "promise.do > at",
        "data.late.hours > 3",
        "data",
        "data.cause == 'wether'",
        "data.cause in ['weather', 'secrity', 'x']",
        "data.cause < 'weather'",
        "data.late > 15",
        "data.late > '15m'",
        "data.late > duration(15)",
        "data.late > duration('15 minutes')",
        "data.fare > 50",
        "data.fare > money('50 DOLLARS')",
        "data.fare > money('50')",
        "money('1 USD') < money('1 EUR') + data.fare",
        "data.departs > '2025-01-01'",
        "data.departs > time('2025-01-01')",
        "data.delivered > data.kilos",
        "data.delivered > duration('3h')",
        "data.seats + data.late > 3",
        "data.fare * data.fare",
        "data.paid == data.paid",
        "'gold' in data.paid",
        "data.cause in 'weather'",
        "data.cause in []",
        "data.flight == made.party",
        "data.flight == 'B6-1'",
        "data.late",
        "data.late && data.direct",
        "!data.seats",
        "data.direct ? 1 : 'x'",
        "duraton('15m') > data.late",
        "hours(3)",
        "duration('3h', 2)",
        "sqrt(4)",
        "timestamp('2025-01-01T00:00:00Z') > at",
        "1 / 0 == 1",
        "9223372036854775807 + 1 > 0",
        "9223372036854775808 > 0",
        "0.1234567 > data.rate",
        "null == data.late",
        "['a']",
        "data.xs.exists(x, x > 1)",
        "data.cause[0]",
        "has(data)",
        "data.cuase == 'x' && data.lat > 3",
    ];
    let told: Vec<String> = sources.iter().map(|source| problems(source, Want::Bool)).collect();
    insta::assert_snapshot!(told.join("\n"), @r###"
    data.lat: `flight.departed` has no field `lat` / Did you mean `late`?
    data.delay: `flight.departed` has no field `delay` / Known are `late`, `cause`, `seats`, `delivered`, `kilos`, `rate`, `fare`, `paid`, `departs`, `direct`, `remark`, `flight` and more.
    dat.late: `dat` is not known here / Did you mean `data`?
    late: `late` is not known here / Write `data.late`.
    evidence.x: `evidence` cannot be read here / Known: `data`, `made`, `promise`, `at`.
    evidence_at: `evidence_at` is not known here / Known: `data`, `made`, `promise`, `at`.
    party.accepted_alternate: `party` is not known here / Known: `data`, `made`, `promise`, `at`.
    promise.do: a promise has no `do` / Known: `due`, `made`, `worth`, `paid`.
    data.late.hours: a field has no parts of its own / Write one name after `data`, `made`, `evidence` or `promise`.
    data: `data` needs one of its fields / Write `data.` and the field's name.
    'wether': `wether` is not one of the words it can be / Did you mean `weather`?
    'secrity': `secrity` is not one of the words it can be / Did you mean `security`?
    'x': `x` is not one of the words it can be / Known: `carrier`, `weather`, `security`.
    data.cause < 'weather': there is no less or more for one of a list of words / Compare with `==`, `!=` or `in`.
    15: a length of time and a whole number cannot be compared / Write a length of time as `duration('15m')` or `duration('3h')`.
    '15m': a length of time and a text cannot be compared / Write a length of time as `duration('15m')` or `duration('3h')`.
    duration(15): a text in quotes is wanted here, and this is a whole number / Only constants are written with this function; fields have their type already.
    '15 minutes': `15 minutes` is not a length of time / Write `3h`, `90m`, `1h30m`, `2d` or `45s`, or ISO 8601 such as `PT3H5M`; months and years have no fixed length.
    50: an amount of money and a whole number cannot be compared / Write an amount as `money('50 USD')`.
    '50 DOLLARS': unknown commodity `DOLLARS` / Write a number and a currency or a tender of the charter: `money('50 USD')`.
    '50': `50` is not an amount: write a number and a commodity, such as `50 USD` / Write a number and a currency or a tender of the charter: `money('50 USD')`.
    money('1 EUR') + data.fare: USD and EUR cannot be compared / Both amounts must be in the same currency.
    '2025-01-01': a time and a text cannot be compared / Write a time as `time('2025-01-01T00:00:00Z')`.
    '2025-01-01': `2025-01-01` is not a time / Write RFC 3339 with the offset from UTC, such as `time('2025-01-01T00:00:00-05:00')`.
    data.kilos: L and kg cannot be compared / Both sides must be in the same unit.
    duration('3h'): a number of L and a length of time cannot be compared / Write a number without quotes, such as `3` or `0.5`.
    data.late: a whole number and a length of time cannot be added / Both sides must be of one type.
    data.fare * data.fare: an amount of money and an amount of money cannot be multiplied / Reckon with numbers, lengths of time, times and amounts.
    data.paid == data.paid: what was paid cannot be compared / Search it: `'USD' in promise.paid`.
    'gold': unknown commodity `gold` / Name a currency such as `USD`, or one of the charter's tenders.
    'weather': a list is wanted after `in` / Write `data.cause in ['weather', 'security']`.
    []: nothing is in an empty list / List at least one value.
    made.party: a key of kind `flight` is never one of kind `customer` / Compare keys of the same kind.
    'B6-1': this is not a key of kind `flight` / Such a key begins with `flight:`.
    data.late: a condition is wanted here, and this is a length of time / Compare it with something, such as `data.late < duration('15m')`.
    data.late: a condition is wanted here, and this is a length of time / Compare it with something.
    data.seats: a condition is wanted here, and this is a whole number / Compare it with something.
    'x': a whole number and a text cannot be the two outcomes of one choice / Both sides must be of one type.
    duraton('15m'): there is no function `duraton` / Did you mean `duration('15m')`?
    3: a length of time is wanted here, and this is a whole number / Put a length of time there.
    duration('3h', 2): `duration` is not called like this / Write `duration('15m')`.
    sqrt(4): there is no function `sqrt` / The functions are `duration`, `money`, `time`, `minutes`, `hours`, `days`, `min`, `max`, `abs`, `floor`, `ceil`, `distance`, `deadline`, `local_time`, `days_between`, `periods`, `begun`, `credited`, `size`, `contains`, `startsWith`, `endsWith`, `has`.
    timestamp('2025-01-01T00:00:00Z'): `timestamp` is not called like this / Write `time('2025-01-01T00:00:00Z')`.
    1 / 0: this never has a value: it divides by zero / Correct the constants.
    9223372036854775807 + 1: this never has a value: a number is too large / Correct the constants.
    9223372036854775808: `9223372036854775808` is too large / Whole numbers end at 9223372036854775807.
    0.1234567: it has more than six decimals / Write at most six decimals.
    null: this value has no meaning here / Ask whether a field was given with `has(data.field)`.
    ['a']: a list may only stand after `in` / Write `data.cause in ['weather', 'security']`.
    data.xs.exists(x, x > 1): this form is not part of a charter's expressions / Loops, maps and structures have no place here.
    data.cause[0]: this form is not part of a charter's expressions / Compare fields directly.
    data: `has` asks for one field / Write `has(data.field)`.
    data.cuase: `flight.departed` has no field `cuase` / Did you mean `cause`?
    data.lat: `flight.departed` has no field `lat` / Did you mean `late`?
    "###);
}

#[test]
fn text_that_is_no_expression_is_refused() {
    let sources = [
        "",
        "   ",
        "data.late =",
        "data.late = 3",
        "data.late == ",
        "data.late < duration('15m'",
        "data.late < duration('15m'))",
        "data.direct and true",
        "not data.direct",
        "data.direct & true",
        "data.late ≥ duration('3h')",
        "data.remark == ‘x’",
        "data.remark == 'x",
        "data.remark == 'it\\'s'",
        "data.remark == r'x'",
        "data.remark == '''x'''",
        "data.seats == 0x1F",
        "data.seats == 1u",
        "data.rate == 1e3",
        "data.rate == .5",
        "data.late < 15m",
        "data.late < 15 minutes",
        "{'a': 1} == 3",
        "1 // comment",
        "data..late > 3",
        "data.direct true",
        "é.late",
        "@index > 3",
    ];
    let told: Vec<String> = sources.iter().map(|source| problems(source, Want::Bool)).collect();
    insta::assert_snapshot!(told.join("\n"), @r###"
    : the expression is empty / Write a condition, such as `data.late < duration('15m')`.
       : the expression is empty / Write a condition, such as `data.late < duration('15m')`.
    =: `=` has no meaning here / Compare with `==`.
    =: `=` has no meaning here / Compare with `==`.
    ==: the expression ends too early / Complete it: a sign or a bracket still waits for its other side.
    '15m': the expression ends too early / Complete it: a sign or a bracket still waits for its other side.
    ): `)` is not expected here / Check that every bracket is opened and closed.
    and: `and` has no meaning here / Write `&&`.
    not: `not` has no meaning here / Write `!`.
    &: `&` has no meaning here / Write `&&` where both must hold.
    ≥: `≥` has no meaning here / Write `>=`.
    ‘: `‘` has no meaning here / Put a text between straight quotes: `'text'`.
    'x: a text is not closed / Close it with the same quote.
    'it\: a text may hold no backslash / Write the character itself; put a text with `'` in it between double quotes.
    r'x': this is not a text / Texts have no prefix and no doubled quotes: `'text'`.
    '''x': this is not a text / Texts have no prefix and no doubled quotes: `'text'`.
    0x1F: `0x1F` is not a number / Write plain decimals; a length of time is `duration('15m')`, an amount `money('50 USD')`.
    1u: `1u` is not a number / Write plain decimals; a length of time is `duration('15m')`, an amount `money('50 USD')`.
    1e3: `1e3` is not a number / Write plain decimals; a length of time is `duration('15m')`, an amount `money('50 USD')`.
    .5: this is not a number / Write digits on both sides of the point: `0.5`.
    15m: `15m` is not a number / Write plain decimals; a length of time is `duration('15m')`, an amount `money('50 USD')`.
    minutes: `minutes` is not expected here / Put a sign between two values, such as `==`, `&&` or `in`.
    {: `{` has no meaning here / An expression has no maps and no slots.
    /: an expression has no comments / Put it in the YAML, after `#`.
    .: `.` is not expected here / Check the expression up to here.
    true: `true` is not expected here / Put a sign between two values, such as `==`, `&&` or `in`.
    é: `é` has no meaning here / Names are ASCII letters, digits and underscores; put a text between quotes.
    @: `@` has no meaning here / Names are ASCII letters, digits and underscores; put a text between quotes.
    "###);
}

#[test]
fn what_is_wanted_is_checked() {
    let told: Vec<String> = [
        ("at", Want::Bool),
        ("data.late", Want::Time),
        ("data.seats", Want::Money),
        ("data.late", Want::Tenders),
        ("data.departs", Want::Measure),
        ("data.late", Want::Count),
        ("data.direct", Want::Duration),
    ]
    .map(|(source, want)| problems(source, want))
    .into();
    insta::assert_snapshot!(told.join("\n"), @r###"
    at: a condition is wanted here, and this is a time / Compare it with something, such as `data.late < duration('15m')`.
    data.late: a time is wanted here, and this is a length of time / Write a time as `time('2025-01-01T00:00:00Z')`.
    data.seats: an amount of money is wanted here, and this is a whole number / Write an amount as `money('50 USD')`.
    data.late: what was paid is wanted here, and this is a length of time / Write an amount as `money('50 USD')`.
    data.departs: a length of time, a number or an amount is wanted here, and this is a time / Write a length of time as `duration('15m')` or `duration('3h')`.
    data.late: a number is wanted here, and this is a length of time / Count a length of time with `hours(…)` or `days(…)`.
    data.direct: a length of time is wanted here, and this is true or false / Write a length of time as `duration('15m')` or `duration('3h')`.
    "###);
}

#[test]
fn large_expressions_are_refused_and_the_largest_are_run() {
    let told = |source: String| compile(&source, Want::Bool).unwrap_err().remove(0).message;
    assert_eq!(told(format!("data.remark == '{}'", "x".repeat(2_000))), "the expression is longer than 2000 bytes");
    assert_eq!(told(vec!["true"; 201].join("&&")), "the expression has more than 400 words and signs");
    for (open, close) in [("(", ")"), ("[", "]"), ("!(", ")"), ("true?", ":true"), ("abs(", ")")] {
        let deep = |depth: usize| format!("{}true{}", open.repeat(depth), close.repeat(depth));
        assert_eq!(told(deep(25)), "the expression is nested deeper than 24", "{open}");
        let _ = compile(&deep(24), Want::Bool).map(|expr| with_scope(|_, scope| expr.holds(scope)));
    }
    for source in [
        vec!["true"; 200].join("&&"),
        vec!["data.direct"; 66].join("||"),
        format!("{}data.seats > 0", "data.seats+".repeat(95)),
        format!("{}data.direct", "!".repeat(398 - 2)),
        format!("{}1 < 3", "-".repeat(390)),
    ] {
        let expr = compile(&source, Want::Bool).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
        assert_eq!(with_scope(|_, scope| expr.holds(scope)), Ok(true), "{source}");
    }
    let _ = compile(&format!("data{}", ".late".repeat(199)), Want::Bool);
    let _ = compile(&format!("data.seats{} == 1", "[1]".repeat(130)), Want::Bool);
    let _ = compile(&format!("true{}", "?true".repeat(24)), Want::Bool);
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "data",
        "data.late",
        "data.cause",
        "data.seats",
        "data.fare",
        "data.refund",
        "data.rate",
        "made.ordered",
        "promise.due",
        "at",
        "promise.paid",
        "(",
        ")",
        "[",
        "]",
        "'weather'",
        "'USD'",
        "1",
        "0",
        "2.5",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "?",
        ":",
        ",",
        " in ",
        ".",
        "duration('3h')",
        "money('5 USD')",
        "has(",
        "min(",
        "hours(",
        "true",
        "data.alternate_within",
        "abs(",
        "9223372036854775807",
        "data.delivered",
        "size(",
        "é",
        "'",
    ])
}

/// Sound expressions of numbers and lengths of time, to run the arithmetic hard.
fn sound() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "data.seats",
        "data.rate",
        "3",
        "-1",
        "0",
        "0.000001",
        "9223372036854775807",
        "9000000000000.5",
        "hours(data.late)",
        "data.late / duration('7m')",
        "data.fare / promise.worth",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 24, 2, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
        let pair =
            (inner.clone(), operator, inner.clone()).prop_map(|(left, sign, right)| format!("({left} {sign} {right})"));
        let called = (prop::sample::select(vec!["abs", "floor", "ceil"]), inner.clone());
        let chosen = (inner.clone(), inner).prop_map(|(left, right)| format!("({left} < {right} ? {right} : {left})"));
        prop_oneof![4 => pair, 1 => called.prop_map(|(name, value)| format!("{name}({value})")), 1 => chosen]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_answered(source in ".{0,60}") {
        let _ = compile(&source, Want::Any).map(|expr| with_scope(|_, scope| expr.value(scope)));
    }

    #[test]
    fn any_row_of_tokens_is_answered(tokens in prop::collection::vec(token(), 0..40)) {
        let source = tokens.concat();
        match compile(&source, Want::Any) {
            Ok(expr) => { let _ = with_scope(|_, scope| (expr.value(scope), expr.inputs(scope))); }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(source.get(problem.range.clone()).is_some(), "{source}: {problem:?}");
                }
            }
        }
    }

    #[test]
    fn sound_expressions_run_and_never_panic(source in sound()) {
        if let Ok(expr) = compile(&source, Want::Any) {
            let _ = with_scope(|_, scope| expr.value(scope));
        }
    }
}

/// What a charter declares beside its events.
fn facts() -> Facts {
    let point = |text: &str| crate::place::Point::parse(text).unwrap();
    let points = [("OSL", "60.19 11.1"), ("LHR", "51.47 -0.45")].map(|(code, text)| (code.into(), point(text)));
    let calendar = Calendar::new(&[jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday], &[]).unwrap();
    Facts {
        money: None,
        zone: jiff::tz::TimeZone::get("Europe/Oslo").unwrap(),
        calendars: [("norway".into(), Arc::new(calendar))].into(),
        places: Arc::new(Places { source: "a map".into(), points: points.into() }),
        counts: vec!["flown".into()],
    }
}

#[test]
fn what_the_charter_declares_is_looked_up() {
    let facts = facts();
    let moment = |text: &str| Value::Time(parse_rfc3339(text).unwrap());
    for (source, value) in [
        ("distance('OSL', 'LHR')", Ok(Value::Number(1_204_877_000))),
        ("distance(data.remark, 'LHR')", Err(EvalError::UnknownPlace)),
        ("distance(data.cause, 'LHR')", Err(EvalError::UnknownPlace)),
        ("distance('LHR', 'LHR') == 0", Ok(Value::Bool(true))),
        ("deadline(promise.due, '2 working days')", Ok(moment("2013-01-03T23:59:59.999+01:00"))),
        ("deadline(promise.due, '4 working days', 'norway')", Ok(moment("2013-01-07T23:59:59.999+01:00"))),
        ("deadline(promise.due, '24 hours')", Ok(moment("2013-01-02T12:00:00Z"))),
        ("local_time(promise.due, '19:00')", Ok(moment("2013-01-01T19:00:00+01:00"))),
        ("days_between(promise.made, at)", Ok(Value::Int(31))),
        ("days_between(promise.made, at, 'norway')", Ok(Value::Int(22))),
        ("periods(at - promise.due, duration('1h'))", Ok(Value::Int(3))),
        ("begun(at - promise.due, duration('1h'))", Ok(Value::Int(4))),
        ("begun(duration('3h'), duration('1h'))", Ok(Value::Int(3))),
        ("periods(promise.due - at, duration('1h'))", Ok(Value::Int(-4))),
        ("begun(promise.due - at, duration('1h'))", Ok(Value::Int(-3))),
        ("periods(data.late, data.late - data.late)", Err(EvalError::DivisionByZero)),
        ("party.flown + 1", Ok(Value::Int(5))),
    ] {
        let names = |names: &Names<'_>, scope: &Scope<'_>| {
            let names = Names { party: true, facts: Some(&facts), ..*names };
            let expression = Expr::compile(source, &names, &commodities(), Want::Any);
            expression
                .unwrap_or_else(|problems| panic!("{source}: {problems:?}"))
                .value(&Scope { counts: &[4], ..*scope })
        };
        assert_eq!(with_scope(names), value, "{source}");
    }
}
