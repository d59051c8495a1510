//! A whole program in many schedules: before its `main` is called, `simtest` may take over, and call it again and again.
//!
//! A `main` is private, and an unchanged program calls it once. But what the linker calls `main` starts a Rust program from the
//! beginning, and can be called more than once: std's own `main` sets up what is set up already, and catches its panic.

use ::std::env;
use ::std::ffi::{c_char, c_int};
use ::std::panic::resume_unwind;
use ::std::ptr;

/// Set by the checker, to what it asks of `simtest`. Without it nothing happens here.
const ASKED: &str = "SIMTEST_MAIN";
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
    let Ok(asked) = env::var(ASKED) else { return };
    // SAFETY: the program has no second thread yet.
    unsafe { env::remove_var(ASKED) };
    simtest::run_program(&asked, run);
}

unsafe extern "C" {
    fn main(count: c_int, arguments: *const *const c_char) -> c_int;
}

/// One run of the program.
fn run() -> Result<(), String> {
    // SAFETY: the arguments are an empty list with its end; std knows the real ones from elsewhere, where there are any.
    let code = unsafe { main(0, [ptr::null()].as_ptr()) };
    match code {
        0 => Ok(()),
        // std has caught the panic; the execution is to end by it.
        PANICKED if engine::panicking() => resume_unwind(Box::new("the program panicked")),
        code => Err(format!("the program ended with exit code {code}")),
    }
}
