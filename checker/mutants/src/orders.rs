//! Mistakes in memory orders: each operation on an atomic, and each fence, with the next weaker order.

use crate::Operator::WeakenOrder;
use crate::notes::Notes;
use crate::statements::last_segment;
use syn::Expr;

/// What an order can be weakened to.
struct Weaker {
    seq_cst: &'static [&'static str],
    acq_rel: &'static [&'static str],
    half: &'static [&'static str],
}

const LOAD: Weaker = Weaker { seq_cst: &["Acquire"], acq_rel: &[], half: &["Relaxed"] };
const STORE: Weaker = Weaker { seq_cst: &["Release"], acq_rel: &[], half: &["Relaxed"] };
const UPDATE: Weaker = Weaker { seq_cst: &["AcqRel"], acq_rel: &["Acquire", "Release"], half: &["Relaxed"] };
/// A relaxed fence is none, and panics.
const FENCE: Weaker = Weaker { seq_cst: &["AcqRel"], acq_rel: &["Acquire", "Release"], half: &[] };

/// The mistakes in `expression`, if it has an order.
pub(crate) fn of(notes: &mut Notes<'_>, expression: &Expr) {
    match expression {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            for (index, argument) in call.args.iter().enumerate() {
                let weaker = match (name.as_str(), index) {
                    ("load", _) | ("compare_exchange" | "compare_exchange_weak", 3) | ("fetch_update", 1) => {
                        LOAD
                    }
                    ("store", _) => STORE,
                    _ => UPDATE,
                };
                weaken(notes, argument, &weaker);
            }
        }
        Expr::Call(call) if last_segment(&call.func).as_deref() == Some("fence") => {
            call.args.iter().for_each(|argument| weaken(notes, argument, &FENCE));
        }
        _ => {}
    }
}

fn weaken(notes: &mut Notes<'_>, order: &Expr, weaker: &Weaker) {
    let Expr::Path(path) = order else { return };
    let Some(last) = path.path.segments.last() else { return };
    let others = match last.ident.to_string().as_str() {
        "SeqCst" => weaker.seq_cst,
        "AcqRel" => weaker.acq_rel,
        "Acquire" | "Release" => weaker.half,
        _ => return,
    };
    let text = notes.text(order).to_owned();
    let before = text.strip_suffix(&last.ident.to_string()).unwrap_or_default();
    // Without a path before it, only the name that is there has been imported.
    let before = if before.is_empty() { "std::sync::atomic::Ordering::" } else { before };
    for other in others {
        notes.replace(WeakenOrder, order, format!("{before}{other}"));
    }
}
