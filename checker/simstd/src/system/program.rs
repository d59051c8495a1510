//! What a program does before its `main` is called: `simtest` may take over, and call it again and again. A test may also start
//! a program of its package, which is over simstd too: its `main` is run in one schedule, with the real streams.
//!
//! A `main` is private, and an unchanged program calls it once. But what the linker calls `main` starts a Rust program from the
//! beginning, and can be called more than once: std's own `main` sets up what is set up already, and catches its panic.

use ::std::env;
use ::std::ffi::{c_char, c_int};
use ::std::panic::resume_unwind;
use ::std::ptr;
use ::std::sync::atomic::{AtomicBool, Ordering};

/// Set by the checker, to what it asks of `simtest`.
const ASKED: &str = "SIMTEST_MAIN";
/// Set by the checker for a test program: it has a `main` that is ours.
const TESTS: &str = "SIMTEST_TESTS";
/// What std ends a program with whose `main` has panicked.
const PANICKED: c_int = 101;

/// The system calls the functions in this section before `main`.
#[used]
#[cfg_attr(
    any(target_os = "linux", target_os = "freebsd", target_os = "android"),
    unsafe(link_section = ".init_array")
)]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static BEFORE_MAIN: extern "C" fn() = before_main;

extern "C" fn before_main() {
    let (asked, tests) = (env::var(ASKED), env::var_os(TESTS));
    // SAFETY: the program has no second thread yet.
    unsafe {
        env::remove_var(ASKED);
        env::remove_var(TESTS);
    }
    match (asked, tests) {
        (Ok(asked), _) => simtest::run_program(&asked, run),
        (Err(_), Some(_)) => {}
        (Err(_), None) => {
            IS_PLAIN.store(true, Ordering::Relaxed);
            simtest::run_plainly(call);
        }
    }
}

static IS_PLAIN: AtomicBool = AtomicBool::new(false);

/// Whether the program was started by a test, and not by the checker: it has the real streams.
pub(crate) fn is_plain() -> bool {
    IS_PLAIN.load(Ordering::Relaxed)
}

unsafe extern "C" {
    fn main(count: c_int, arguments: *const *const c_char) -> c_int;
}

/// One run of the program, and the code that it ends with.
fn call() -> c_int {
    // SAFETY: the arguments are an empty list with its end; std knows the real ones from elsewhere, where there are any.
    unsafe { main(0, [ptr::null()].as_ptr()) }
}

/// One run of the program, as a test.
fn run() -> Result<(), String> {
    match call() {
        0 => Ok(()),
        // std has caught the panic; the execution is to end by it.
        PANICKED if engine::panicking() => resume_unwind(Box::new("the program panicked")),
        code => Err(format!("the program ended with exit code {code}")),
    }
}
