//! Our surface against std's: every line is compiled twice, over the real std and over ours, so that a
//! signature that differs fails to compile here. (That no name is missing is for `listing` to see.) What is left
//! out on purpose is listed here, with its reason; a learner who uses one of these gets a compile error:
//!
//! - `thread::add_spawn_hook`, `thread::sleep_until`, `sync::mpmc`, mapped guards, `ReentrantLock`: not stable.
//! - `Atomic*::from_ptr`: unsafe, and our atomics are larger than the real ones.
//! - `OnceLock` and `LazyLock` of what borrows from something dropped before them: std tells the compiler that
//!   dropping a `OnceLock` does not look at the value (`may_dangle`), which stable code can't say.
//! - `os` beyond `raw`, `fd` and `unix::thread::JoinHandleExt`: a program that uses the system's handles is refused anyway.
//!
//! `io::stdin` is always at its end. What std got after the oldest Rust that we support is in `newer`, over ours alone.

use std::panic::{RefUnwindSafe, UnwindSafe};

fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn unwind<T: UnwindSafe + RefUnwindSafe>() {}
fn debug<T: std::fmt::Debug + ?Sized>() {}
fn display<T: std::fmt::Display + ?Sized>() {}
fn error<T: std::error::Error>() {}
fn default<T: Default>() {}
fn iterator<I: Iterator<Item = u8>>() {}

macro_rules! surface {
    ($name:ident $library:ident) => {
        #[allow(
            dead_code,
            unused_variables,
            deprecated,
            let_underscore_lock,
            clippy::type_complexity,
            clippy::redundant_closure
        )]
        mod $name {
            use super::*;
            use std::time::Duration;
            use $library::collections::{HashMap, HashSet, hash_map, hash_set};
            use $library::sync::atomic::*;
            use $library::sync::mpsc::*;
            use $library::sync::*;
            use $library::thread::*;
            use $library::time::{Instant, SystemTime, SystemTimeError, UNIX_EPOCH};
            use $library::{any, env, fs, io, net, panic, process, thread};

            fn threads() {
                let _: fn(Duration) = sleep;
                let _: fn(u32) = sleep_ms;
                let _: fn() = park;
                let _: fn(Duration) = park_timeout;
                let _: fn(u32) = park_timeout_ms;
                let _: fn() = yield_now;
                let _: fn() -> Thread = current;
                let _: fn() -> bool = panicking;
                let _: fn() -> std::io::Result<std::num::NonZero<usize>> = available_parallelism;
                let _: fn(fn() -> u8) -> JoinHandle<u8> = spawn;
                let _: fn(&Thread) -> ThreadId = Thread::id;
                let _: fn(&Thread) -> Option<&str> = Thread::name;
                let _: fn(&Thread) = Thread::unpark;
                let _: fn(JoinHandle<u8>) -> thread::Result<u8> = JoinHandle::join;
                let _: fn(&JoinHandle<u8>) -> &Thread = JoinHandle::thread;
                let _: fn(&JoinHandle<u8>) -> bool = JoinHandle::is_finished;
                let _: fn(Builder, String) -> Builder = Builder::name;
                let _: fn(Builder, usize) -> Builder = Builder::stack_size;
                let _: fn(Builder, fn() -> u8) -> std::io::Result<JoinHandle<u8>> = Builder::spawn;
                fn scoped<'s, 'e>(s: &'s Scope<'s, 'e>, handle: ScopedJoinHandle<'s, u8>) {
                    let _: ScopedJoinHandle<'s, u8> = s.spawn(|| 1);
                    let _: std::io::Result<ScopedJoinHandle<'s, u8>> = Builder::new().spawn_scoped(s, || 1);
                    let _: (&Thread, bool) = (handle.thread(), handle.is_finished());
                    let _: thread::Result<u8> = handle.join();
                }
                let _: u8 = thread::scope(|s: &Scope<'_, '_>| 1);
                (send::<Thread>(), sync::<Thread>(), debug::<Thread>(), debug::<ThreadId>());
                (send::<JoinHandle<u8>>(), sync::<JoinHandle<u8>>(), debug::<JoinHandle<u8>>());
                (debug::<Builder>(), debug::<Scope<'_, '_>>(), debug::<ScopedJoinHandle<'_, u8>>());
                (error::<AccessError>(), send::<ThreadId>(), sync::<ThreadId>());
                (unwind::<Thread>(), debug::<LocalKey<u8>>());
            }

            fn locals(
                key: &'static LocalKey<std::cell::Cell<u8>>,
                list: &'static LocalKey<std::cell::RefCell<Vec<u8>>>,
            ) {
                let _: u8 = key.with(|c| c.get());
                let _: std::result::Result<u8, AccessError> = key.try_with(|c| c.get());
                let _: (u8, u8, u8) = (key.get(), key.take(), key.replace(1));
                key.set(1);
                let _: usize = list.with_borrow(|l| l.len());
                list.with_borrow_mut(|l| l.push(1));
                list.set(vec![]);
                let _: (Vec<u8>, Vec<u8>) = (list.take(), list.replace(vec![]));
            }

            fn mutexes(m: &Mutex<u8>, mut owned: Mutex<u8>, unsized_: &Mutex<[u8]>) {
                static _S: Mutex<Vec<u8>> = Mutex::new(Vec::new());
                let _: LockResult<MutexGuard<'_, u8>> = m.lock();
                let _: TryLockResult<MutexGuard<'_, u8>> = m.try_lock();
                let _: bool = m.is_poisoned();
                m.clear_poison();
                let _: LockResult<&mut u8> = owned.get_mut();
                let _: LockResult<u8> = owned.into_inner();
                let _: usize = unsized_.lock().unwrap().len();
                let coerced: Arc<Mutex<dyn std::fmt::Debug>> = Arc::new(Mutex::new(1));
                (
                    send::<Mutex<u8>>(),
                    sync::<Mutex<u8>>(),
                    unwind::<Mutex<u8>>(),
                    debug::<Mutex<u8>>(),
                    default::<Mutex<u8>>(),
                );
                (
                    sync::<MutexGuard<'_, u8>>(),
                    debug::<MutexGuard<'_, u8>>(),
                    display::<MutexGuard<'_, u8>>(),
                );
                let _: Mutex<u8> = 1.into();
            }

            fn rwlocks(l: &RwLock<u8>, mut owned: RwLock<u8>) {
                static _S: RwLock<Vec<u8>> = RwLock::new(Vec::new());
                let _: LockResult<RwLockReadGuard<'_, u8>> = l.read();
                let _: LockResult<RwLockWriteGuard<'_, u8>> = l.write();
                let _: TryLockResult<RwLockReadGuard<'_, u8>> = l.try_read();
                let _: TryLockResult<RwLockWriteGuard<'_, u8>> = l.try_write();
                let _: RwLockReadGuard<'_, u8> = RwLockWriteGuard::downgrade(l.write().unwrap());
                let _: bool = l.is_poisoned();
                l.clear_poison();
                let _: LockResult<&mut u8> = owned.get_mut();
                let _: LockResult<u8> = owned.into_inner();
                fn shorter<'a>(g: RwLockReadGuard<'a, &'static str>) -> RwLockReadGuard<'a, &'a str> {
                    g
                }
                (unwind::<RwLockReadGuard<'_, u8>>(), sync::<RwLockReadGuard<'_, u8>>());
                (
                    send::<RwLock<u8>>(),
                    sync::<RwLock<u8>>(),
                    unwind::<RwLock<u8>>(),
                    debug::<RwLock<u8>>(),
                    default::<RwLock<u8>>(),
                );
                (debug::<RwLockReadGuard<'_, u8>>(), display::<RwLockWriteGuard<'_, u8>>());
            }

            fn condvars<'a>(c: &Condvar, g: impl Fn() -> MutexGuard<'a, u8>) {
                static _S: Condvar = Condvar::new();
                let d = Duration::ZERO;
                let _: LockResult<MutexGuard<'a, u8>> = c.wait(g());
                let _: LockResult<MutexGuard<'a, u8>> = c.wait_while(g(), |_: &mut u8| false);
                let _: LockResult<(MutexGuard<'a, u8>, WaitTimeoutResult)> = c.wait_timeout(g(), d);
                let _: LockResult<(MutexGuard<'a, u8>, bool)> = c.wait_timeout_ms(g(), 1);
                let _: LockResult<(MutexGuard<'a, u8>, WaitTimeoutResult)> =
                    c.wait_timeout_while(g(), d, |_: &mut u8| false);
                let _: fn(&WaitTimeoutResult) -> bool = WaitTimeoutResult::timed_out;
                (c.notify_one(), c.notify_all());
                (
                    send::<Condvar>(),
                    sync::<Condvar>(),
                    unwind::<Condvar>(),
                    debug::<Condvar>(),
                    default::<Condvar>(),
                );
            }

            fn onces(
                o: &Once,
                cell: &OnceLock<u8>,
                mut owned: OnceLock<u8>,
                lazy: &LazyLock<u8>,
                mut mine: LazyLock<u8>,
            ) {
                let _: &mut u8 = &mut mine;
                static _O: Once = Once::new();
                static _C: OnceLock<u8> = OnceLock::new();
                static _L: LazyLock<u8> = LazyLock::new(|| 1);
                o.call_once(|| ());
                o.call_once_force(|s: &OnceState| _ = s.is_poisoned());
                let _: bool = o.is_completed();
                (o.wait(), o.wait_force());
                let _: Option<&u8> = cell.get();
                let _: &u8 = cell.get_or_init(|| 1);
                let _: std::result::Result<(), u8> = cell.set(1);
                let _: &u8 = cell.wait();
                let _: (Option<&mut u8>, Option<u8>) = (None, owned.take());
                let _: Option<u8> = owned.into_inner();
                let _: (&u8, &u8) = (LazyLock::force(lazy), lazy);
                (
                    unwind::<Once>(),
                    debug::<Once>(),
                    sync::<OnceLock<u8>>(),
                    unwind::<OnceLock<u8>>(),
                    debug::<OnceLock<u8>>(),
                );
                (
                    default::<OnceLock<u8>>(),
                    debug::<LazyLock<u8>>(),
                    default::<LazyLock<u8>>(),
                    sync::<LazyLock<u8>>(),
                );
                let b: Barrier = Barrier::new(1);
                let _: bool = b.wait().is_leader();
                (debug::<Barrier>(), debug::<BarrierWaitResult>());
                // Apple's has a lock of the system's in it.
                #[cfg(not(target_vendor = "apple"))]
                unwind::<Barrier>();
            }

            fn channels(tx: Sender<u8>, stx: SyncSender<u8>, rx: Receiver<u8>) {
                let _: fn() -> (Sender<u8>, Receiver<u8>) = channel;
                let _: fn(usize) -> (SyncSender<u8>, Receiver<u8>) = sync_channel;
                let _: std::result::Result<(), SendError<u8>> = tx.clone().send(1);
                let _: std::result::Result<(), SendError<u8>> = stx.clone().send(1);
                let _: std::result::Result<(), TrySendError<u8>> = stx.try_send(1);
                let _: std::result::Result<u8, RecvError> = rx.recv();
                let _: std::result::Result<u8, TryRecvError> = rx.try_recv();
                let _: std::result::Result<u8, RecvTimeoutError> = rx.recv_timeout(Duration::ZERO);
                (iterator::<Iter<'_, u8>>(), iterator::<TryIter<'_, u8>>(), iterator::<IntoIter<u8>>());
                let _: (Iter<'_, u8>, TryIter<'_, u8>) = (rx.iter(), rx.try_iter());
                for _ in &rx {}
                for _ in rx {}
                (
                    send::<Sender<u8>>(),
                    sync::<Sender<u8>>(),
                    send::<SyncSender<u8>>(),
                    sync::<SyncSender<u8>>(),
                    send::<Receiver<u8>>(),
                );
                (
                    debug::<Sender<u8>>(),
                    debug::<SyncSender<u8>>(),
                    debug::<Receiver<u8>>(),
                    debug::<IntoIter<u8>>(),
                );
                (unwind::<Sender<u8>>(), unwind::<Receiver<u8>>());
            }

            fn atomics(n: &AtomicUsize, b: &AtomicBool, p: &AtomicPtr<u8>, mut owned: AtomicU8) {
                use Ordering::*;
                static _N: AtomicI64 = AtomicI64::new(1);
                let _: (usize, usize) = (n.load(SeqCst), n.swap(1, SeqCst));
                n.store(1, SeqCst);
                let _: std::result::Result<usize, usize> = n.compare_exchange(1, 2, SeqCst, Relaxed);
                let _: std::result::Result<usize, usize> = n.compare_exchange_weak(1, 2, SeqCst, Relaxed);
                let _: usize = n.compare_and_swap(1, 2, SeqCst);
                let _: std::result::Result<usize, usize> = n.fetch_update(SeqCst, SeqCst, |v| Some(v));
                let _: [usize; 8] = [
                    n.fetch_add(1, SeqCst),
                    n.fetch_sub(1, SeqCst),
                    n.fetch_and(1, SeqCst),
                    n.fetch_nand(1, SeqCst),
                    n.fetch_or(1, SeqCst),
                    n.fetch_xor(1, SeqCst),
                    n.fetch_max(1, SeqCst),
                    n.fetch_min(1, SeqCst),
                ];
                let _: [bool; 5] = [
                    b.fetch_and(true, SeqCst),
                    b.fetch_nand(true, SeqCst),
                    b.fetch_or(true, SeqCst),
                    b.fetch_xor(true, SeqCst),
                    b.fetch_not(SeqCst),
                ];
                let _: (*mut u8, *mut u8) = (p.load(SeqCst), p.swap(std::ptr::null_mut(), SeqCst));
                let _: &mut u8 = owned.get_mut();
                let _: *mut u8 = owned.as_ptr();
                let _: u8 = owned.into_inner();
                const _INNER: (u8, bool) =
                    (AtomicU8::new(1).into_inner(), AtomicBool::new(true).into_inner());
                static _B: AtomicBool = ATOMIC_BOOL_INIT;
                static _I: AtomicIsize = ATOMIC_ISIZE_INIT;
                static _U: AtomicUsize = ATOMIC_USIZE_INIT;
                let _: fn() = spin_loop_hint;
                let _: AtomicI32 = 1.into();
                (fence(SeqCst), compiler_fence(SeqCst));
                (sync::<AtomicPtr<u8>>(), unwind::<AtomicU64>(), debug::<AtomicI8>(), default::<AtomicU16>());
                (
                    default::<AtomicBool>(),
                    debug::<AtomicPtr<u8>>(),
                    send::<AtomicI16>(),
                    sync::<AtomicU32>(),
                    sync::<AtomicIsize>(),
                );
            }

            fn times(i: Instant, s: SystemTime) {
                let d = Duration::ZERO;
                let _: (Instant, Instant, Duration) = (i + d, i - d, i - i);
                let _: (Duration, Duration, Duration) =
                    (i.elapsed(), i.duration_since(i), i.saturating_duration_since(i));
                let _: (Option<Instant>, Option<Instant>, Option<Duration>) =
                    (i.checked_add(d), i.checked_sub(d), i.checked_duration_since(i));
                let _: (SystemTime, SystemTime, SystemTime) = (s + d, s - d, UNIX_EPOCH);
                let _: std::result::Result<Duration, SystemTimeError> =
                    s.duration_since(SystemTime::UNIX_EPOCH);
                let _: std::result::Result<Duration, SystemTimeError> = s.elapsed();
                (error::<SystemTimeError>(), debug::<Instant>(), debug::<SystemTime>());
            }

            fn outside(e: env::Args, f: &fs::File, s: &net::TcpStream, c: &mut process::Command) {
                let _: Option<String> = e.rev().next();
                let _: std::result::Result<String, env::VarError> = env::var("a");
                let _: Option<(String, String)> = env::vars().next();
                let _: Option<std::ffi::OsString> = env::args_os().next();
                let _: std::io::Result<std::path::PathBuf> = env::current_dir();
                let _: std::path::PathBuf = env::temp_dir();
                let _: Option<std::path::PathBuf> = env::split_paths("a").next();
                let _: [std::io::Result<()>; 4] = [f.sync_all(), f.set_len(1), f.lock(), f.unlock()];
                let _: std::io::Result<fs::Metadata> = f.metadata();
                let _: std::io::Result<fs::File> = f.try_clone();
                let _: std::result::Result<(), fs::TryLockError> = f.try_lock();
                let _: std::io::Result<()> =
                    f.set_times(fs::FileTimes::new().set_modified(SystemTime::now()));
                let _: std::io::Result<usize> = io::Read::read(&mut { f }, &mut []);
                let _: std::io::Result<()> = fs::rename("a", "b");
                let _: std::io::Result<net::SocketAddr> = s.peer_addr();
                let _: std::io::Result<()> = s.set_read_timeout(None);
                let _: std::io::Result<usize> = io::Write::write(&mut { s }, &[]);
                fn resolve<A: net::ToSocketAddrs>(a: A) -> Option<net::SocketAddr> {
                    a.to_socket_addrs().ok()?.next()
                }
                resolve(("a", 1));
                resolve("a:1".to_owned());
                resolve(&[] as &[net::SocketAddr]);
                let _: std::io::Result<process::Child> =
                    c.env("a", "b").stdin(process::Stdio::null()).current_dir("a").spawn();
                let _: (&std::ffi::OsStr, process::CommandArgs<'_>) = (c.get_program(), c.get_args());
                let _: &str = any::type_name::<Mutex<u8>>();
                let _: &str = any::type_name_of_val(s);
                (debug::<env::Args>(), debug::<fs::File>(), debug::<net::UdpSocket>());
            }

            fn the_rest(mut m: HashMap<u8, u8>, mut s: HashSet<u8>) {
                let _: thread::Result<u8> = panic::catch_unwind(|| 1);
                let _: fn(Box<dyn std::any::Any + Send>) -> ! = panic::resume_unwind;
                let _: (fn(i32) -> !, fn() -> !, fn() -> u32) = (process::exit, process::abort, process::id);
                let _ = process::Command::new("x").arg("y").args(["z"]).status();
                let mut out: io::StdoutLock<'static> = io::stdout().lock();
                let _: std::io::Result<()> = io::Write::write_all(&mut out, b"x");
                let _: io::Stderr = io::stderr();
                let (input, _): (io::StdinLock<'static>, io::Lines<io::StdinLock<'static>>) =
                    (io::stdin().lock(), io::stdin().lines());
                let _: std::io::Result<usize> = io::stdin().read_line(&mut String::new());
                let _: [bool; 3] = [
                    io::IsTerminal::is_terminal(&io::stdin()),
                    io::IsTerminal::is_terminal(&input),
                    io::IsTerminal::is_terminal(&out),
                ];
                (debug::<io::Stdin>(), sync::<io::StdinLock<'_>>(), unwind::<io::StderrLock<'_>>());
                let _: [fn(&HashMap<u8, u8>) -> usize; 2] = [HashMap::len, HashMap::capacity];
                let _: fn(&mut HashMap<u8, u8>, u8, u8) -> Option<u8> = HashMap::insert;
                let _: fn(&mut HashMap<u8, u8>, &u8) -> Option<u8> = HashMap::remove;
                let _: fn(&HashMap<u8, u8>, &u8) -> bool = HashMap::contains_key;
                let _: [fn(&HashSet<u8>, &u8) -> bool; 1] = [HashSet::contains];
                let _: fn(&mut HashSet<u8>, u8) -> bool = HashSet::insert;
                let _: fn(&HashSet<u8>, &HashSet<u8>) -> bool = HashSet::is_subset;
                let _: Option<u8> = m.insert(1, 1);
                let _: hash_map::Entry<'_, u8, u8> = m.entry(1);
                m.extend([(1, 1)]);
                s.extend([1]);
                let _: (HashMap<u8, u8>, HashSet<u8>) = ([(1, 1)].into(), [1].into());
                let _: (u8, bool, usize) = (m[&1], s.contains(&1), m.len());
                let _: (HashMap<u8, u8>, HashSet<u8>) =
                    (m.clone().into_iter().collect(), s.clone().into_iter().collect());
                let _: hash_set::Iter<'_, u8> = s.iter();
                let _: (HashSet<u8>, bool) = (&s | &s, m == m);
                let _: (HashMap<u8, u8>, HashMap<u8, u8>) = (HashMap::new(), HashMap::with_capacity(1));
                $library::hint::spin_loop();
            }
        }
    };
}

/// What is stable in Rust 1.94 and 1.95.
#[allow(dead_code)]
fn newer(mut lazy: simstd::sync::LazyLock<u8>, n: simstd::sync::atomic::AtomicU8) {
    use simstd::sync::{LazyLock, atomic::Ordering::SeqCst};
    let _: Option<&u8> = LazyLock::get(&lazy);
    let _: Option<&mut u8> = LazyLock::get_mut(&mut lazy);
    let _: &mut u8 = LazyLock::force_mut(&mut lazy);
    let _: Result<u8, u8> = n.try_update(SeqCst, SeqCst, Some);
    let _: u8 = n.update(SeqCst, SeqCst, |v| v);
}

surface!(over_the_real_std std);
surface!(over_the_simulated_std simstd);

#[test]
fn every_line_compiles_over_both() {
    // That this file compiles is the test; the two modules are what it is about.
    let ours = std::any::type_name::<simstd::sync::Mutex<()>>();
    assert_ne!(std::any::type_name::<std::sync::Mutex<()>>(), ours);
}
