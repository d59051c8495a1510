//! What is outside of the simulation is refused by name, or empty: never reached, never waited for.

use std::time::Duration;

use engine::Ending;
use simstd::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use simstd::{env, fs, io, panic, process};

use crate::{always, run};

/// Runs the program, which must be refused, for what it says.
fn refused(program: &dyn Fn()) -> String {
    match run(1, program).ending {
        Ending::Forbidden(what, at) if at.file().ends_with("outside.rs") => what,
        other => panic!("not refused at its own line: {other:?}"),
    }
}

#[test]
fn every_way_to_a_file_is_refused_by_name() {
    let programs: [(&str, &dyn Fn()); 26] = [
        ("reads the file \"f\"", &|| drop(fs::read("f"))),
        ("reads the file \"f\"", &|| drop(fs::read_to_string("f"))),
        ("reads the folder \"f\"", &|| drop(fs::read_dir("f"))),
        ("reads the link \"f\"", &|| drop(fs::read_link("f"))),
        ("looks for the file \"f\"", &|| drop(fs::canonicalize("f"))),
        ("looks for the file \"f\"", &|| drop(fs::exists("f"))),
        ("looks at the file \"f\"", &|| drop(fs::metadata("f"))),
        ("looks at the file \"f\"", &|| drop(fs::symlink_metadata("f"))),
        ("removes the file \"f\"", &|| drop(fs::remove_file("f"))),
        ("removes the folder \"f\"", &|| drop(fs::remove_dir("f"))),
        ("removes the folder \"f\"", &|| drop(fs::remove_dir_all("f"))),
        ("makes the folder \"f\"", &|| drop(fs::create_dir("f"))),
        ("makes the folder \"f\"", &|| drop(fs::create_dir_all("f"))),
        ("makes the folder \"f\"", &|| drop(fs::DirBuilder::new().recursive(true).create("f"))),
        ("copies the file \"f\"", &|| drop(fs::copy("f", "g"))),
        ("renames the file \"f\"", &|| drop(fs::rename("f", "g"))),
        ("links to the file \"f\"", &|| drop(fs::hard_link("f", "g"))),
        ("writes the file \"f\"", &|| drop(fs::write("f", "text"))),
        ("opens the file \"f\"", &|| drop(fs::File::open("f"))),
        ("creates the file \"f\"", &|| drop(fs::File::create("f"))),
        ("creates the file \"f\"", &|| drop(fs::File::create_new("f"))),
        ("opens the file \"f\"", &|| drop(fs::File::options().write(true).create(true).open("f"))),
        ("opens a pipe", &|| drop(io::pipe())),
        ("starts the process \"p\"", &|| drop(process::Command::new("p").arg("a").env_clear().spawn())),
        ("replaces the panic hook", &|| panic::set_hook(Box::new(|_| ()))),
        ("removes the panic hook", &|| drop(panic::take_hook())),
    ];
    for (what, program) in programs {
        assert_eq!(refused(program), what);
    }
}

#[test]
fn the_machine_is_described_in_no_file() {
    always(&|| {
        assert_eq!(fs::File::open("/proc/cpuinfo").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read_to_string("/sys/fs/cgroup/cpu.max").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::exists("/proc/self/cgroup").unwrap_err().kind(), io::ErrorKind::NotFound);
    });
}

#[test]
fn every_way_to_the_network_is_refused_by_name() {
    let address = SocketAddr::from(([127, 0, 0, 1], 80));
    let programs: [(&str, &dyn Fn()); 5] = [
        ("connects to the network", &|| drop(TcpStream::connect("127.0.0.1:80"))),
        ("connects to the network", &|| drop(TcpStream::connect_timeout(&address, Duration::MAX))),
        ("listens on the network", &|| drop(TcpListener::bind(address))),
        ("opens a network socket", &|| drop(UdpSocket::bind(("127.0.0.1", 80)))),
        ("asks for the address of \"localhost\"", &|| drop("localhost:80".to_socket_addrs())),
    ];
    for (what, program) in programs {
        assert_eq!(refused(program), what);
    }
}

#[test]
fn an_address_that_is_written_out_is_what_it_is_in_std() {
    for text in ["127.0.0.1:80", "[::1]:80", "no port", "127.0.0.1:none"] {
        let ours = text.to_socket_addrs().map(|a| a.collect::<Vec<_>>()).map_err(|e| e.to_string());
        let real = std::net::ToSocketAddrs::to_socket_addrs(text);
        assert_eq!(ours, real.map(|a| a.collect::<Vec<_>>()).map_err(|e| e.to_string()), "{text}");
    }
}

#[test]
fn the_environment_is_empty_and_says_nothing_of_the_machine() {
    always(&|| {
        assert_eq!(env::var("PATH"), Err(env::VarError::NotPresent));
        assert_eq!((env::var_os("PATH"), env::home_dir()), (None, None));
        assert_eq!((env::vars().count(), env::vars_os().count()), (0, 0));
        assert_eq!((env::args().len(), env::args_os().len()), (1, 1));
        assert_eq!(process::id(), 1);
    });
    let programs: [(&str, &dyn Fn()); 4] = [
        ("asks for the current folder", &|| drop(env::current_dir())),
        ("asks where the program is", &|| drop(env::current_exe())),
        ("asks for the folder of temporary files", &|| drop(env::temp_dir())),
        ("changes the current folder to \"f\"", &|| drop(env::set_current_dir("f"))),
    ];
    for (what, program) in programs {
        assert_eq!(refused(program), what);
    }
}

#[cfg(unix)]
#[test]
fn the_handles_of_the_system_are_refused() {
    use simstd::os::fd::{AsFd, AsRawFd};
    use simstd::os::unix::thread::JoinHandleExt;
    assert_eq!(refused(&|| _ = io::stdout().as_raw_fd()), "asks for a file descriptor");
    assert_eq!(refused(&|| _ = io::stdin().as_fd()), "asks for a file descriptor");
    let pthread = || _ = simstd::thread::spawn(|| ()).as_pthread_t();
    assert_eq!(refused(&pthread), "asks for a raw thread handle");
}

#[test]
fn names_of_types_do_not_tell_that_std_is_simulated() {
    use simstd::any::{type_name, type_name_of_val};
    let name = type_name::<Vec<simstd::sync::Mutex<u8>>>();
    assert!(name.contains("std::sync::") && !name.contains("simstd"), "{name}");
    // As often as it is asked for, it is the same text, not a new one.
    assert!(std::ptr::eq(name, type_name::<Vec<simstd::sync::Mutex<u8>>>()));
    assert_eq!(type_name_of_val(&1_u8), "u8");
}

/// It only looks at the bytes of names, and serde does not compile without it.
#[cfg(unix)]
#[test]
fn the_bytes_of_a_name_can_be_seen() {
    use simstd::os::unix::ffi::{OsStrExt, OsStringExt};
    assert_eq!(std::ffi::OsStr::new("name").as_bytes(), b"name");
    assert_eq!(std::ffi::OsString::from_vec(b"name".to_vec()), "name");
}
