//! Mistakes in critical sections: split, shorter, longer, later, in the other order.

use crate::Operator;
use crate::notes::Notes;
use crate::statements::last_segment;
use syn::{Block, Expr, Local, Pat, Stmt};

/// `let guard = ….lock().unwrap();` as its name and the lock's expression.
struct Guard<'a> {
    name: String,
    mutable: bool,
    taken: &'a Expr,
}

/// The mistakes in the critical sections of `block`.
pub(crate) fn of(notes: &mut Notes<'_>, block: &Block) {
    let statements = &block.stmts;
    for (index, statement) in statements.iter().enumerate() {
        if let Some(guard) = guard(statement) {
            section(notes, &statements[index..], &guard);
        }
        if let Some(next) = statements.get(index + 1)
            && let (Some(one), Some(other)) = (guard(statement), guard(next))
        {
            let (first, second) = (notes.text(statement), notes.text(next));
            let both = notes.across(statement, next);
            if one.name != other.name {
                notes.put(Operator::SwapLocks, both, format!("{second} {first}"));
            }
        }
        held_over_the_rest(notes, statement, statements.last());
    }
}

/// What can be done to a section that begins with the first of `statements`, its lock, and ends with the block.
fn section(notes: &mut Notes<'_>, statements: &[Stmt], guard: &Guard<'_>) {
    let (name, taken) = (&guard.name, notes.text(guard.taken));
    let mutable = if guard.mutable { "mut " } else { "" };
    let again = format!("drop({name}); let {mutable}{name} = {taken};");
    for pair in statements[1..].windows(2) {
        let at = notes.range(&pair[1]).start;
        notes.put(Operator::SplitSection, at..at, format!("{again} "));
        notes.put(Operator::ShrinkSection, at..at, format!("drop({name}); "));
    }
    // The lock is taken a statement later.
    if let [lock, first, rest @ ..] = statements
        && !rest.is_empty()
    {
        let (later, sooner) = (notes.text(lock), notes.text(first));
        let both = notes.across(lock, first);
        notes.put(Operator::ShiftSection, both, format!("{sooner} {later}"));
    }
    // `drop(guard)` a statement sooner or later.
    for (index, statement) in statements.iter().enumerate().skip(1) {
        if !drops(statement, name) {
            continue;
        }
        let dropped = notes.text(statement);
        if let Some(next) =
            statements.get(index + 1).filter(|next| matches!(next, Stmt::Local(_) | Stmt::Expr(_, Some(_))))
        {
            let (both, next) = (notes.across(statement, next), notes.text(next));
            notes.put(Operator::ExpandSection, both, format!("{next} {dropped}"));
        }
        if index > 1 {
            let before = &statements[index - 1];
            let (both, before) = (notes.across(before, statement), notes.text(before));
            notes.put(Operator::ShrinkSection, both, format!("{dropped} {before}"));
        }
    }
}

/// `let item = ….lock().unwrap().pop();`, whose lock is now held to the end of the block.
fn held_over_the_rest(notes: &mut Notes<'_>, statement: &Stmt, last: Option<&Stmt>) {
    if last.is_some_and(|last| std::ptr::eq(last, statement)) {
        return;
    }
    let expression = match statement {
        Stmt::Local(Local { init: Some(init), .. }) => &init.expr,
        Stmt::Expr(expression, Some(_)) => expression,
        _ => return,
    };
    let Some(lock) = inner_lock(expression) else { return };
    let (held, whole) = (notes.range(lock), notes.range(statement));
    if held == notes.range(expression) {
        return;
    }
    let lock = notes.text(lock);
    let before = notes.slice(whole.start..held.start);
    let after = notes.slice(held.end..whole.end);
    notes.put(Operator::ExpandSection, whole, format!("let mut held = {lock}; {before}held{after}"));
}

/// The lock that a chain of calls begins with: `self.state.lock().unwrap()` of `self.state.lock().unwrap().pop()`.
fn inner_lock(expression: &Expr) -> Option<&Expr> {
    if takes_lock(expression) {
        return Some(expression);
    }
    match expression {
        Expr::MethodCall(call) => inner_lock(&call.receiver),
        Expr::Field(field) => inner_lock(&field.base),
        Expr::Unary(unary) => inner_lock(&unary.expr),
        Expr::Assign(assign) => inner_lock(&assign.left),
        Expr::Binary(binary) => inner_lock(&binary.left),
        Expr::Try(it) => inner_lock(&it.expr),
        _ => None,
    }
}

/// Whether this expression is a guard: a lock taken, its poison looked at.
fn takes_lock(expression: &Expr) -> bool {
    let Expr::MethodCall(call) = expression else { return false };
    let method = call.method.to_string();
    match method.as_str() {
        // A helper of the program's own that returns a guard has such a name, too.
        "lock" | "read" | "write" => {
            !matches!(call.receiver.as_ref(), Expr::MethodCall(inner) if inner.method == "lock")
        }
        "unwrap" | "expect" | "unwrap_or_else" => matches!(call.receiver.as_ref(), Expr::MethodCall(inner)
            if ["lock", "read", "write"].iter().any(|it| inner.method == it)),
        _ => false,
    }
}

fn guard(statement: &Stmt) -> Option<Guard<'_>> {
    let Stmt::Local(Local { pat: Pat::Ident(name), init: Some(init), .. }) = statement else { return None };
    let taken = init.expr.as_ref();
    takes_lock(taken).then(|| Guard {
        name: name.ident.to_string(),
        mutable: name.mutability.is_some(),
        taken,
    })
}

fn drops(statement: &Stmt, name: &str) -> bool {
    let Stmt::Expr(Expr::Call(call), Some(_)) = statement else { return false };
    let argument = call.args.first();
    last_segment(&call.func).as_deref() == Some("drop")
        && matches!(argument, Some(Expr::Path(path)) if path.path.is_ident(name))
}
