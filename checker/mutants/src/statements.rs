//! Mistakes in the statements of a block: one left out, two in the other order, an error ignored.

use crate::Operator;
use crate::notes::Notes;
use syn::{Block, Expr, ReturnType, Signature, Stmt};

/// A function that returns at its beginning, where its type says what.
pub(crate) fn of_function(notes: &mut Notes<'_>, signature: &Signature, block: &Block) {
    let Some(first) = block.stmts.first() else { return };
    let early = match &signature.output {
        ReturnType::Default => "return;".to_owned(),
        ReturnType::Type(_, of) => match notes.text(of.as_ref()) {
            "bool" => "return false;".to_owned(),
            "usize" | "u32" | "u64" | "i32" | "i64" | "Duration" | "String" => {
                "return Default::default();".to_owned()
            }
            text if text.starts_with("Option<") => "return None;".to_owned(),
            text if text.starts_with("Vec<") => "return Vec::new();".to_owned(),
            "io::Result<()>" | "Result<()>" => "return Ok(());".to_owned(),
            _ => return,
        },
    };
    let at = notes.range(first).start;
    notes.put(Operator::ReturnEarly, at..at, format!("{early} "));
}

/// The mistakes in the statements of `block`.
pub(crate) fn of(notes: &mut Notes<'_>, block: &Block) {
    for (index, statement) in block.stmts.iter().enumerate() {
        left_out(notes, statement);
        ignored(notes, statement);
        if let Some(next) = block.stmts.get(index + 1)
            && !matches!(next, Stmt::Item(_))
            && !matches!(next, Stmt::Expr(_, None))
            && !matches!(statement, Stmt::Item(_))
            // Two names that are bound in the other order are the same program.
            && !matches!((statement, next), (Stmt::Local(_), Stmt::Local(_)))
        {
            let (first, second) = (notes.text(statement), notes.text(next));
            let between = notes.range(statement).end..notes.range(next).start;
            let gap = notes.across(statement, next);
            let space = notes.slice(between);
            notes.put(Operator::SwapStatements, gap, format!("{second}{space}{first}"));
        }
    }
}

fn left_out(notes: &mut Notes<'_>, statement: &Stmt) {
    match statement {
        Stmt::Expr(expression, Some(_)) => {
            let operator = what_is_lost(expression);
            notes.replace(operator, statement, "");
        }
        Stmt::Expr(expression @ (Expr::If(_) | Expr::While(_) | Expr::ForLoop(_)), None) => {
            let has_value = matches!(expression, Expr::If(it) if it.else_branch.is_some());
            if !has_value {
                notes.replace(Operator::DropStatement, statement, "");
            }
        }
        Stmt::Macro(it) if it.semi_token.is_some() => notes.replace(Operator::DropStatement, statement, ""),
        _ => {}
    }
}

/// What is missing when this expression is not there.
fn what_is_lost(expression: &Expr) -> Operator {
    match expression {
        Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "notify_one" | "notify_all" | "unpark" | "wake" | "wake_by_ref" => Operator::DropNotify,
            "wait" | "wait_timeout" | "wait_while" | "park" | "sleep" => Operator::DropWait,
            "join" => Operator::DropJoin,
            "close" | "take" => Operator::DropClose,
            // What is unwrapped is lost: its own call says what it was.
            "unwrap" | "expect" | "ok" | "is_ok" | "is_err" => match what_is_lost(&call.receiver) {
                Operator::DropStatement => Operator::DropStatement,
                known => known,
            },
            _ => Operator::DropStatement,
        },
        Expr::Call(call) => match last_segment(&call.func).as_deref() {
            Some("drop") => Operator::DropClose,
            Some("park" | "sleep" | "park_timeout") => Operator::DropWait,
            _ => Operator::DropStatement,
        },
        Expr::Assign(it) => match what_is_lost(&it.right) {
            Operator::DropWait => Operator::DropWait,
            _ => Operator::DropStatement,
        },
        Expr::Try(it) => what_is_lost(&it.expr),
        _ => Operator::DropStatement,
    }
}

/// The name of the function that a path calls.
pub(crate) fn last_segment(function: &Expr) -> Option<String> {
    match function {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// `x?;` and `x.unwrap();` whose error is nobody's business any more.
fn ignored(notes: &mut Notes<'_>, statement: &Stmt) {
    let Stmt::Expr(expression, Some(_)) = statement else { return };
    let kept = match expression {
        Expr::Try(it) => notes.text(it.expr.as_ref()),
        Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
            notes.text(call.receiver.as_ref())
        }
        _ => return,
    };
    notes.replace(Operator::IgnoreError, statement, format!("let _ = {kept};"));
}
