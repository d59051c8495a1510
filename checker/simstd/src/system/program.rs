//! What a program does before its `main` is called: `simtest` may take over, and call it in an execution. A test may also start
//! a program of its package, which is over simstd too: its `main` is run in one schedule, with the real streams.
//!
//! A Rust `main` is private. But what the linker calls `main` starts a Rust program from the beginning, and can be called from
//! here: std's own `main` sets up what it needs, and catches a panic. It can be called once, since std then takes the process for
//! one that ends. So each schedule of a program has a process of its own.

use ::std::env;
use ::std::ffi::{CString, c_char, c_int};
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
    let words = env::args_os().filter_map(|word| CString::new(word.into_encoded_bytes()).ok());
    // They are needed until the process ends.
    let words: Vec<*const c_char> = words.map(|word| word.into_raw().cast_const()).collect();
    let count = c_int::try_from(words.len()).unwrap_or_default();
    let list: &[*const c_char] = Vec::leak(words.into_iter().chain([ptr::null()]).collect());
    // SAFETY: a list of strings with its end, as the system hands it over.
    unsafe { main(count, list.as_ptr()) }
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
