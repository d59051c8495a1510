//! Mistakes in the calls of concurrency: another wait, another wake, another bound, a thread that is none.

use crate::Operator::{self, *};
use crate::notes::Notes;
use crate::statements::last_segment;
use syn::{Expr, ExprCall, ExprMethodCall, Stmt};

/// The mistakes in `expression`, if it calls something.
pub(crate) fn of(notes: &mut Notes<'_>, expression: &Expr) {
    match expression {
        Expr::MethodCall(call) => method(notes, call),
        Expr::Call(call) => function(notes, call),
        Expr::While(it) if it.body.stmts.iter().any(waits) => {
            notes.replace_token(WaitOnce, it.while_token.span, "if");
        }
        _ => {}
    }
}

/// Names that can stand for each other, with what it means that they do.
const OTHERS: [(&str, &str, Operator); 22] = [
    ("notify_one", "notify_all", NotifyOther),
    ("notify_all", "notify_one", NotifyOther),
    ("recv", "try_recv", Blocking),
    ("try_recv", "recv", Blocking),
    ("send", "try_send", Blocking),
    ("iter", "try_iter", Blocking),
    ("min", "max", OtherMethod),
    ("max", "min", OtherMethod),
    ("pop_front", "pop_back", OtherMethod),
    ("push_back", "push_front", OtherMethod),
    ("is_some", "is_none", OtherMethod),
    ("is_none", "is_some", OtherMethod),
    ("is_ok", "is_err", OtherMethod),
    ("is_err", "is_ok", OtherMethod),
    ("saturating_sub", "wrapping_sub", OtherMethod),
    ("saturating_add", "wrapping_add", OtherMethod),
    ("saturating_mul", "wrapping_mul", OtherMethod),
    ("fetch_add", "fetch_sub", OtherMethod),
    ("fetch_sub", "fetch_add", OtherMethod),
    ("first", "last", OtherMethod),
    ("min_by_key", "max_by_key", OtherMethod),
    ("read", "write", OtherMethod),
];

fn method(notes: &mut Notes<'_>, call: &ExprMethodCall) {
    let name = call.method.to_string();
    for (of, other, operator) in OTHERS {
        if of == name && (operator != OtherMethod || !matches!(of, "read") || call.args.is_empty()) {
            notes.replace_token(operator, call.method.span(), other);
        }
    }
    let receiver = notes.text(call.receiver.as_ref());
    let argument = |index: usize| call.args.get(index);
    match name.as_str() {
        "wait_while" => {
            if let Some(guard) = argument(0) {
                let guard = notes.text(guard);
                notes.replace(WaitOnce, call, format!("{receiver}.wait({guard})"));
            }
        }
        "wait_timeout_while" => {
            if let (Some(guard), Some(time)) = (argument(0), argument(1)) {
                let (guard, time) = (notes.text(guard), notes.text(time));
                notes.replace(WaitOnce, call, format!("{receiver}.wait_timeout({guard}, {time})"));
            }
        }
        "fetch_add" | "fetch_sub" | "fetch_max" | "fetch_min" => split_atomic(notes, call, &name),
        "compare_exchange" | "compare_exchange_weak" => {
            if let (Some(old), Some(new), Some(order)) = (argument(0), argument(1), argument(2)) {
                let (old, new, order) = (notes.text(old), notes.text(new), notes.text(order));
                let blind = format!("{{ {receiver}.store({new}, {order}); Ok::<_, _>({old}) }}");
                notes.replace(BlindExchange, call, blind);
            }
        }
        "clone" if matches!(call.receiver.as_ref(), Expr::Path(_)) => {}
        _ => {}
    }
    if ["wait_timeout", "wait_timeout_while", "recv_timeout", "park_timeout", "send_timeout"]
        .contains(&name.as_str())
        && let Some(time) = call.args.iter().find(|it| is_time(notes.text(*it))).or(call.args.last())
    {
        timeouts(notes, time);
    }
    if ["num_threads", "take", "skip", "chunks", "chunks_exact", "with_capacity", "with_max_len"]
        .contains(&name.as_str())
        && let Some(number) = argument(0)
    {
        permits(notes, number);
    }
}

fn is_time(text: &str) -> bool {
    ["time", "wait", "left", "interval", "limit", "delay", "Duration"].iter().any(|word| text.contains(word))
}

/// `x.fetch_add(n, order)` as what a beginner writes.
fn split_atomic(notes: &mut Notes<'_>, call: &ExprMethodCall, name: &str) {
    let (Some(by), Some(order)) = (call.args.first(), call.args.get(1)) else { return };
    let (cell, by) = (notes.text(call.receiver.as_ref()), notes.text(by));
    // A load and a store have orders of their own; `SeqCst` fits both.
    let order = notes.text(order).rsplit_once("::").map_or("Ordering", |(path, _)| path);
    let new = match name {
        "fetch_add" => format!("seen + {by}"),
        "fetch_sub" => format!("seen - {by}"),
        "fetch_max" => format!("seen.max({by})"),
        _ => format!("seen.min({by})"),
    };
    let order = format!("{order}::SeqCst");
    notes.replace(
        SplitAtomic,
        call,
        format!("{{ let seen = {cell}.load({order}); {cell}.store({new}, {order}); seen }}"),
    );
}

fn timeouts(notes: &mut Notes<'_>, time: &Expr) {
    let text = notes.text(time);
    for other in ["std::time::Duration::ZERO".to_owned(), format!("({text}) * 2"), format!("({text}) / 2")] {
        notes.replace(Timeout, time, other);
    }
}

fn permits(notes: &mut Notes<'_>, number: &Expr) {
    if matches!(number, Expr::Closure(_)) {
        return;
    }
    let text = notes.text(number);
    for other in [format!("({text}) + 1"), format!("({text}).saturating_sub(1)")] {
        notes.replace(Permit, number, other);
    }
}

fn function(notes: &mut Notes<'_>, call: &ExprCall) {
    let Some(name) = last_segment(&call.func) else { return };
    let path = notes.text(call.func.as_ref());
    let first = call.args.first();
    match (name.as_str(), first) {
        ("sync_channel" | "bounded" | "new", Some(number)) if name != "new" || path.contains("Barrier") => {
            permits(notes, number);
            if name != "new" {
                notes.replace(Capacity, number, "0");
                notes.replace(Capacity, number, "1 << 20");
            }
            if name == "bounded" {
                notes.replace(Capacity, call, path.replace("bounded", "unbounded") + "()");
            }
        }
        ("catch_unwind", Some(work)) => {
            let work = notes.text(work);
            let inner = work.split_once("AssertUnwindSafe(").and_then(|(_, rest)| rest.strip_suffix(')'));
            notes.replace(
                LetPanic,
                call,
                format!("Ok::<_, Box<dyn std::any::Any + Send>>(({})())", inner.unwrap_or(work)),
            );
        }
        ("clone", Some(of)) => {
            // A clone that is made and forgotten keeps what it was made from alive for ever.
            let (of, whole) = (notes.text(of), notes.text(call));
            notes.replace(KeepSender, call, format!("{{ std::mem::forget(({of}).clone()); {whole} }}"));
        }
        ("drop", Some(of)) => {
            let of = notes.text(of);
            notes.replace(KeepSender, call, format!("std::mem::forget({of})"));
        }
        ("resume_unwind", Some(_)) => notes.replace(LetPanic, call, "panic!(\"a thread panicked\")"),
        ("sleep" | "park_timeout", Some(time)) => timeouts(notes, time),
        _ => {}
    }
}

/// Whether a statement waits on a condition variable or is parked.
fn waits(statement: &Stmt) -> bool {
    let expression = match statement {
        Stmt::Expr(expression, _) => expression,
        Stmt::Local(local) => match &local.init {
            Some(init) => &init.expr,
            None => return false,
        },
        _ => return false,
    };
    let mut found = Waits(false);
    syn::visit::Visit::visit_expr(&mut found, expression);
    found.0
}

struct Waits(bool);

impl<'ast> syn::visit::Visit<'ast> for Waits {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.0 |= ["wait", "wait_timeout"].iter().any(|name| call.method == name) && !call.args.is_empty();
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        self.0 |= matches!(last_segment(&call.func).as_deref(), Some("park" | "park_timeout"));
        syn::visit::visit_expr_call(self, call);
    }
}
