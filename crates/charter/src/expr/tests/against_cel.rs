//! The same conditions by the `cel` crate's own evaluator: same answers.

use cel::{Context, Program, Value as CelValue};
use proptest::prelude::*;

use super::*;

/// Data that both can read: `whole`, `other`, `flag`, `word`.
fn plain_shape() -> Shape {
    shape(
        "plain",
        &[
            ("whole", Type::Int, false),
            ("other", Type::Int, false),
            ("flag", Type::Bool, false),
            ("word", Type::Text, false),
        ],
    )
}

fn ours(source: &str, whole: i64, other: i64, flag: bool, word: &str) -> Result<bool, EvalError> {
    let shape = plain_shape();
    let names = Names { data: Some(&shape), ..Names::default() };
    let expr =
        Expr::compile(source, &names, &commodities(), Want::Bool).unwrap_or_else(|error| panic!("{source}: {error:?}"));
    let data = [Value::Int(whole), Value::Int(other), Value::Bool(flag), Value::Text(word.into())];
    expr.holds(&Scope { data: &data, ..Scope::default() })
}

#[expect(clippy::disallowed_types, reason = "the other evaluator takes its maps so")]
fn theirs(source: &str, whole: i64, other: i64, flag: bool, word: &str) -> Option<bool> {
    let mut data: std::collections::HashMap<String, CelValue> = std::collections::HashMap::new();
    data.insert("whole".into(), whole.into());
    data.insert("other".into(), other.into());
    data.insert("flag".into(), flag.into());
    data.insert("word".into(), word.to_owned().into());
    let mut context = Context::default();
    context.add_variable_from_value("data", data);
    match Program::compile(source).unwrap().execute(&context) {
        Ok(CelValue::Bool(held)) => Some(held),
        _ => None,
    }
}

fn whole() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("data.whole".to_owned()),
        Just("data.other".to_owned()),
        (0_i64..5).prop_map(|number| number.to_string()),
        Just("9223372036854775807".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let sign = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
        prop_oneof![
            (inner.clone(), sign, inner.clone()).prop_map(|(left, sign, right)| format!("({left} {sign} {right})")),
            inner.prop_map(|value| format!("-({value})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let compare = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        4 => (whole(), compare, whole()).prop_map(|(left, sign, right)| format!("{left} {sign} {right}")),
        1 => (whole(), prop::collection::vec(whole(), 1..4)).prop_map(|(value, list)| format!("{value} in [{}]", list.join(", "))),
        1 => Just("data.flag".to_owned()),
        1 => prop::sample::select(vec!["'a'", "'b'", "''"]).prop_map(|word| format!("data.word == {word}")),
        1 => Just("data.word in ['a', 'c']".to_owned()),
        1 => Just("data.word.contains('a')".to_owned()),
        1 => Just("true".to_owned()),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let join = prop::sample::select(vec!["&&", "||"]);
        prop_oneof![
            4 => (inner.clone(), join, inner.clone()).prop_map(|(left, sign, right)| format!("({left} {sign} {right})")),
            1 => inner.clone().prop_map(|value| format!("!({value})")),
            1 => (inner.clone(), inner.clone(), inner).prop_map(|(test, yes, no)| format!("({test} ? {yes} : {no})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn both_give_the_same_answer(
        source in condition(), whole in -3_i64..4, other in any::<i64>(), flag in any::<bool>(), word in "[abc]{0,2}",
    ) {
        let shape = plain_shape();
        let names = Names { data: Some(&shape), ..Names::default() };
        // What never has a value is refused when it is compiled; and so is what is too large.
        if Expr::compile(&source, &names, &commodities(), Want::Bool).is_err() {
            return Ok(());
        }
        prop_assert_eq!(ours(&source, whole, other, flag, &word).ok(), theirs(&source, whole, other, flag, &word), "{}", source);
    }
}
