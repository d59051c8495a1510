//! The atomic instructions of code that goes around simstd: the counts of std's own `Arc` and `Weak`.
//!
//! Code that is compiled with `-C passes=tsan` calls a function where it would have an atomic instruction: LLVM's pass for
//! ThreadSanitizer, whose runtime is not linked. Those functions are here, once, in a crate that every program of ours is
//! linked to. So the counts of the real `Arc` are scheduling points, in unchanged source, on stable.
//!
//! The same pass is used for the libraries that learners use. What it calls there has another first part in its name (the
//! checker renames it in what rustc has made): a library's counts are no scheduling points, but their orders are
//! kept as well.
//!
//! Real instructions do the work, for outside of an execution there may be several OS threads. Their order is always the
//! strongest: inside of an execution there is one OS thread, and the order that was asked for is kept with the event.

use std::sync::atomic::{self, Ordering};

use crate::counts::{ADD, CHANGE, EXCHANGE, READ};
use crate::execution::with_if_free;
use crate::footprint::Access;
use crate::operations::pass;
use crate::switch::is_in_a_task;
use crate::task::{Orders, Point};

/// Whose instruction it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The learner's program, or its checks.
    Program,
    Library,
}

/// What `-C passes=tsan` calls the orders.
fn order(number: i32) -> Ordering {
    match number {
        0 => Ordering::Relaxed,
        1 | 2 => Ordering::Acquire,
        3 => Ordering::Release,
        4 => Ordering::AcqRel,
        _ => Ordering::SeqCst,
    }
}

fn one(number: i32) -> Orders {
    Orders { success: order(number), failure: None }
}

/// An atomic instruction is about to be executed: a scheduling point if it is the program's own, and others could tell.
fn arrive(origin: Origin, op: &'static str, address: usize, orders: Orders) {
    if !is_in_a_task() {
        return;
    }
    // Nothing is lent while the scheduler itself is at work.
    let is_point = with_if_free(|ex| {
        if ex.announced_atomic == address {
            // An operation of simstd's atomics: the point was passed, with its orders.
            return false;
        }
        let is_point = origin == Origin::Program && !ex.running().midway.is_part_of_it(op, address);
        if !is_point {
            ex.tell(address, Access::of(op));
            ex.record_internal(op, address, orders);
        }
        is_point
    });
    let Some(is_point) = is_point else { return };
    if is_point {
        let at = std::panic::Location::caller();
        pass(Point {
            op,
            object: address,
            at,
            yields: false,
            orders: Some(orders),
            is_plain: false,
            is_count: true,
        });
    }
    with_if_free(|ex| {
        if ex.announced_atomic != address {
            ex.counts(op, address, orders.success);
        }
    });
}

/// An atomic instruction has been executed, and this was the value before; an exchange whose condition did not hold has not
/// changed it.
fn done(op: &'static str, address: usize, old: usize, new: usize) {
    if is_in_a_task() {
        with_if_free(|ex| ex.running().midway.after(op, address, old, new));
    }
}

/// A fence is no scheduling point: those that a program can name are simstd's, and what comes next is one.
fn fenced(orders: Orders) {
    if is_in_a_task() {
        with_if_free(|ex| {
            ex.record_internal("fence", 0, orders);
            ex.fence(orders.success, std::panic::Location::caller());
        });
    }
}

/// The functions for one width of atomic.
macro_rules! width {
    ($origin:ident $prefix:literal $module:ident $int:ident $Atomic:ident $bits:literal) => {
        mod $module {
            use super::*;

            /// # Safety
            /// `at` must be valid for an atomic operation.
            unsafe fn cell<'a>(at: *mut $int) -> &'a atomic::$Atomic {
                // SAFETY: the caller's: it stands where an atomic instruction would.
                unsafe { atomic::$Atomic::from_ptr(at) }
            }

            #[unsafe(export_name = concat!($prefix, $bits, "_load"))]
            unsafe extern "C" fn load(at: *mut $int, orders: i32) -> $int {
                arrive(Origin::$origin, READ, at.addr(), one(orders));
                // SAFETY: the caller's.
                let value = unsafe { cell(at).load(Ordering::SeqCst) };
                done(READ, at.addr(), value as usize, value as usize);
                value
            }

            #[unsafe(export_name = concat!($prefix, $bits, "_store"))]
            unsafe extern "C" fn store(at: *mut $int, value: $int, orders: i32) {
                arrive(Origin::$origin, CHANGE, at.addr(), one(orders));
                // SAFETY: the caller's.
                unsafe { cell(at).store(value, Ordering::SeqCst) };
                done(CHANGE, at.addr(), value as usize, value as usize);
            }

            width!(change $origin $prefix $int $bits
                exchange "_exchange" swap CHANGE,
                fetch_add "_fetch_add" fetch_add ADD, fetch_sub "_fetch_sub" fetch_sub CHANGE,
                fetch_and "_fetch_and" fetch_and CHANGE, fetch_or "_fetch_or" fetch_or CHANGE,
                fetch_xor "_fetch_xor" fetch_xor CHANGE, fetch_nand "_fetch_nand" fetch_nand CHANGE);

            #[unsafe(export_name = concat!($prefix, $bits, "_compare_exchange_val"))]
            unsafe extern "C" fn exchange_if(at: *mut $int, current: $int, new: $int, success: i32, failure: i32) -> $int {
                let orders = Orders { success: order(success), failure: Some(order(failure)) };
                arrive(Origin::$origin, EXCHANGE, at.addr(), orders);
                // SAFETY: the caller's.
                let outcome = unsafe { cell(at).compare_exchange(current, new, Ordering::SeqCst, Ordering::SeqCst) };
                let (Ok(old) | Err(old)) = outcome;
                let now = if outcome.is_ok() { new } else { old };
                done(EXCHANGE, at.addr(), old as usize, now as usize);
                old
            }
        }
    };
    (change $origin:ident $prefix:literal $int:ident $bits:literal $($name:ident $suffix:literal $does:ident $op:ident),*) => {$(
        #[unsafe(export_name = concat!($prefix, $bits, $suffix))]
        unsafe extern "C" fn $name(at: *mut $int, value: $int, orders: i32) -> $int {
            arrive(Origin::$origin, $op, at.addr(), one(orders));
            // SAFETY: the caller's.
            let old = unsafe { cell(at).$does(value, Ordering::SeqCst) };
            let now = match stringify!($does) {
                "fetch_add" => old.wrapping_add(value),
                "fetch_sub" => old.wrapping_sub(value),
                _ => value,
            };
            done($op, at.addr(), old as usize, now as usize);
            old
        }
    )*};
}

macro_rules! family {
    ($module:ident $origin:ident $atomic:literal $runtime:literal) => {
        mod $module {
            use super::*;

            width!($origin $atomic of_8 u8 AtomicU8 8);
            width!($origin $atomic of_16 u16 AtomicU16 16);
            width!($origin $atomic of_32 u32 AtomicU32 32);
            width!($origin $atomic of_64 u64 AtomicU64 64);

            #[unsafe(export_name = concat!($atomic, "_thread_fence"))]
            extern "C" fn thread_fence(orders: i32) {
                fenced(one(orders));
                atomic::fence(Ordering::SeqCst);
            }

            #[unsafe(export_name = concat!($atomic, "_signal_fence"))]
            extern "C" fn signal_fence(_: i32) {
                atomic::compiler_fence(Ordering::SeqCst);
            }

            /// Called at the start of every program that has code of this kind.
            #[unsafe(export_name = concat!($runtime, "init"))]
            extern "C" fn init() {}

            #[unsafe(export_name = concat!($runtime, "func_entry"))]
            extern "C" fn func_entry(_: usize) {}

            #[unsafe(export_name = concat!($runtime, "func_exit"))]
            extern "C" fn func_exit() {}

            #[unsafe(export_name = concat!($runtime, "memcpy"))]
            unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
                // SAFETY: the caller's, who would call the function of this name.
                unsafe { to.copy_from_nonoverlapping(from, size) };
                to
            }

            #[unsafe(export_name = concat!($runtime, "memmove"))]
            unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
                // SAFETY: as above.
                unsafe { to.copy_from(from, size) };
                to
            }

            #[unsafe(export_name = concat!($runtime, "memset"))]
            unsafe extern "C" fn memset(to: *mut u8, byte: i32, size: usize) -> *mut u8 {
                // SAFETY: as above.
                unsafe { to.write_bytes(byte as u8, size) };
                to
            }
        }
    };
}

family!(program Program "__tsan_atomic" "__tsan_");
family!(library Library "__over_atomic" "__over_");
