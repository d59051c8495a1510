//! The usual mistakes in an expression: a constant, a comparison, a condition, a range.

use crate::Operator::*;
use crate::walk::Walk;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, RangeLimits, UnOp};

/// The usual mistakes in `expression` itself, not in what it is made of.
pub(crate) fn of(walk: &mut Walk<'_>, expression: &Expr) {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => {
                let (digits, suffix) = (number.base10_digits(), number.suffix());
                let Ok(value) = digits.parse::<u128>() else { return };
                let others = [value.checked_add(1), value.checked_sub(1), Some(0)];
                for other in others.into_iter().flatten().filter(|other| *other != value) {
                    walk.replace(Constant, expression, format!("{other}{suffix}"));
                }
            }
            Lit::Bool(it) => walk.replace(Boolean, expression, (!it.value).to_string()),
            _ => {}
        },
        Expr::Binary(it) => binary(walk, it),
        Expr::If(it) if !matches!(it.cond.as_ref(), Expr::Let(_)) => negate(walk, &it.cond),
        Expr::While(it) if !matches!(it.cond.as_ref(), Expr::Let(_)) => negate(walk, &it.cond),
        Expr::Unary(it) if matches!(it.op, UnOp::Not(_)) => {
            let inner = walk.text(it.expr.as_ref());
            walk.replace(Condition, expression, inner);
        }
        Expr::Range(it) if it.end.is_some() => match &it.limits {
            RangeLimits::HalfOpen(token) => walk.replace_token(Range, token.span(), "..="),
            RangeLimits::Closed(token) => walk.replace_token(Range, token.span(), ".."),
        },
        Expr::Break(it) if it.expr.is_none() => {
            walk.replace_token(LoopControl, it.break_token.span, "continue")
        }
        Expr::Continue(it) => walk.replace_token(LoopControl, it.continue_token.span, "break"),
        Expr::Try(it) => {
            let inner = walk.text(it.expr.as_ref());
            walk.replace(IgnoreError, expression, format!("{inner}.unwrap()"));
        }
        _ => {}
    }
}

fn negate(walk: &mut Walk<'_>, condition: &Expr) {
    let text = walk.text(condition);
    if !matches!(condition, Expr::Unary(_)) {
        walk.replace(Condition, condition, format!("!({text})"));
    }
}

fn binary(walk: &mut Walk<'_>, it: &syn::ExprBinary) {
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
        let span = walk.range(&it.op);
        walk.put(operator, span, (*other).to_owned());
    }
    if operator == Condition {
        for half in [&it.left, &it.right] {
            let half = walk.text(half.as_ref());
            walk.replace(Condition, it, half);
        }
    }
}
