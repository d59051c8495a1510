//! The usual mistakes in an expression: a constant, a comparison, a condition, a range.

use crate::Operator::*;
use crate::notes::Notes;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, RangeLimits, UnOp};

/// The usual mistakes in `expression` itself, not in what it is made of.
pub(crate) fn of(notes: &mut Notes<'_>, expression: &Expr) {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => {
                let (digits, suffix) = (number.base10_digits(), number.suffix());
                let Ok(value) = digits.parse::<u128>() else { return };
                let others = [value.checked_add(1), value.checked_sub(1), Some(0)];
                for other in others.into_iter().flatten().filter(|other| *other != value) {
                    notes.replace(Constant, expression, format!("{other}{suffix}"));
                }
            }
            Lit::Bool(it) => notes.replace(Boolean, expression, (!it.value).to_string()),
            _ => {}
        },
        Expr::Binary(it) => binary(notes, it),
        Expr::If(it) if !matches!(it.cond.as_ref(), Expr::Let(_)) => negate(notes, &it.cond),
        Expr::While(it) if !matches!(it.cond.as_ref(), Expr::Let(_)) => negate(notes, &it.cond),
        Expr::Unary(it) if matches!(it.op, UnOp::Not(_)) => {
            let inner = notes.text(it.expr.as_ref());
            notes.replace(Condition, expression, inner);
        }
        Expr::Range(it) if it.end.is_some() => match &it.limits {
            RangeLimits::HalfOpen(token) => notes.replace_token(Range, token.span(), "..="),
            RangeLimits::Closed(token) => notes.replace_token(Range, token.span(), ".."),
        },
        Expr::Break(it) if it.expr.is_none() => {
            notes.replace_token(LoopControl, it.break_token.span, "continue")
        }
        Expr::Continue(it) => notes.replace_token(LoopControl, it.continue_token.span, "break"),
        Expr::Try(it) => {
            let inner = notes.text(it.expr.as_ref());
            notes.replace(IgnoreError, expression, format!("{inner}.unwrap()"));
        }
        _ => {}
    }
}

fn negate(notes: &mut Notes<'_>, condition: &Expr) {
    let text = notes.text(condition);
    if !matches!(condition, Expr::Unary(_)) {
        notes.replace(Condition, condition, format!("!({text})"));
    }
}

fn binary(notes: &mut Notes<'_>, it: &syn::ExprBinary) {
    let (operator, others): (_, &[&str]) = match it.op {
        BinOp::Lt(_) => (Comparison, &["<=", ">="]),
        BinOp::Le(_) => (Comparison, &["<", ">"]),
        BinOp::Gt(_) => (Comparison, &[">=", "<="]),
        BinOp::Ge(_) => (Comparison, &[">", "<"]),
        BinOp::Eq(_) => (Comparison, &["!=", ">="]),
        BinOp::Ne(_) => (Comparison, &["=="]),
        BinOp::Add(_) => (Arithmetic, &["-"]),
        BinOp::Sub(_) => (Arithmetic, &["+"]),
        BinOp::Mul(_) => (Arithmetic, &["+"]),
        BinOp::Div(_) => (Arithmetic, &["*"]),
        BinOp::AddAssign(_) => (Arithmetic, &["-=", "="]),
        BinOp::SubAssign(_) => (Arithmetic, &["+=", "="]),
        BinOp::And(_) => (Condition, &["||"]),
        BinOp::Or(_) => (Condition, &["&&"]),
        _ => return,
    };
    for other in others {
        let span = notes.range(&it.op);
        notes.put(operator, span, (*other).to_owned());
    }
    if operator == Condition {
        for half in [&it.left, &it.right] {
            let half = notes.text(half.as_ref());
            notes.replace(Condition, it, half);
        }
    }
}
