//! What a learner wrote is never lost: files beside `lib.rs`, stubs that git or an archive no longer has, bytes that are no text.

use crate::workbook::Workbook;
use std::fs;
use std::path::Path;

const PASS: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
const SRC: &str = "exercises/01-greeting/greet/src";
const STUB: &str = "exercises/01-greeting/greet/.stub";

/// A workbook whose exercises have a copy of their stubs, as those of the course have.
fn shipped() -> Workbook {
    let workbook = Workbook::new();
    for entry in fs::read_dir(workbook.path(SRC)).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        workbook.write(&format!("{STUB}/{file}"), fs::read(workbook.path(&format!("{SRC}/{file}"))).unwrap());
    }
    workbook
}

/// A program of two files that passes.
fn write_two_files(workbook: &Workbook) {
    let lib =
        "//! Greetings.\n\nmod tray;\n\npub fn at(check: &str) -> &'static str {\n    tray::at(check)\n}\n";
    workbook.write(&format!("{SRC}/lib.rs"), lib);
    let tray = format!("pub fn at(check: &str) -> &'static str {{\n    {PASS}\n}}\n");
    workbook.write(&format!("{SRC}/tray.rs"), tray);
}

#[test]
fn every_file_of_a_program_counts_as_the_learners() {
    let (here, there) = (shipped(), shipped());
    let stub = here.read(&format!("{SRC}/lib.rs"));
    write_two_files(&here);
    here.checker("run greet").run().exits(0);
    here.checker("list").run().exits(0).shows("✓ greet  passed");

    // It moves with the other.
    here.checker("progress export moved.json")
        .run()
        .exits(0)
        .shows("your progress and programs are in moved.json");
    fs::copy(here.path("moved.json"), there.path("moved.json")).unwrap();
    there.checker("progress import moved.json").run().exits(0);
    assert_eq!(there.read(&format!("{SRC}/tray.rs")), here.read(&format!("{SRC}/tray.rs")));
    there.checker("list").run().exits(0).shows("✓ greet  passed");

    // An edit of it is an edit.
    let edited = here.read(&format!("{SRC}/tray.rs")) + "// more\n";
    here.write(&format!("{SRC}/tray.rs"), &edited);
    let list = here.checker("list").run().exits(0).stdout();
    assert!(!list.contains("greet  passed\n"), "{list}");

    // And reset takes it away, and keeps it.
    let ended = here.checker("reset greet").run().exits(0);
    ended
        .shows("your files are kept as")
        .shows("backup/greet/lib.rs.kept-1, .workbook/backup/greet/tray.rs.kept-1");
    assert_eq!(here.read(&format!("{SRC}/lib.rs")), stub);
    assert!(!here.path(&format!("{SRC}/tray.rs")).exists());
    assert_eq!(here.read(".workbook/backup/greet/tray.rs.kept-1"), edited);
}

#[test]
fn reset_gives_the_stub_as_shipped_however_early_it_was_edited() {
    let workbook = shipped();
    let stub = workbook.read(&format!("{SRC}/lib.rs"));
    // Before the first command, as in an archive without git.
    workbook.learner_writes("greet", PASS);
    workbook.checker("list").run().exits(0);
    workbook.checker("reset greet").run().exits(0).shows("kept as");
    assert_eq!(workbook.read(&format!("{SRC}/lib.rs")), stub);
    workbook.checker("reset greet").run().exits(0).shows("greet is already in its original state");
}

#[test]
fn without_a_shipped_stub_the_first_copy_stays_the_beginning() {
    let workbook = Workbook::new();
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.current_dir(workbook.path("")).args(["-c", "user.name=n", "-c", "user.email=n@example.org"]);
        assert!(git.args(arguments).output().unwrap().status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "as shipped"]);
    let stub = workbook.read(&format!("{SRC}/lib.rs"));
    workbook.checker("list").run().exits(0);
    workbook.learner_writes("greet", PASS);
    git(&["commit", "-qam", "my solution"]);
    workbook.checker("list").run().exits(0);
    workbook.checker("reset greet").run().exits(0).shows("kept as");
    assert_eq!(workbook.read(&format!("{SRC}/lib.rs")), stub);
}

#[test]
fn a_file_that_is_no_text_is_kept_byte_for_byte() {
    let workbook = shipped();
    let stub = workbook.read(&format!("{SRC}/lib.rs"));
    let latin1 = b"// caf\xE9\r\n".to_vec();
    workbook.write(&format!("{SRC}/lib.rs"), &latin1);
    workbook.checker("reset greet").run().exits(0);
    assert_eq!(workbook.read(&format!("{SRC}/lib.rs")), stub);
    assert_eq!(fs::read(workbook.path(".workbook/backup/greet/lib.rs.kept-1")).unwrap(), latin1);
}

#[test]
fn what_powershell_wrote_can_be_taken_in() {
    let workbook = shipped();
    workbook.learner_writes("greet", PASS);
    let exported = workbook.checker("progress export").run().exits(0).stdout();
    let utf16: Vec<u8> = format!("\u{FEFF}{exported}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [utf16, format!("\u{FEFF}{exported}").into_bytes()] {
        let there = shipped();
        there.write("moved.json", bytes);
        there.checker("progress import moved.json").run().exits(0).shows("imported: 1 programs");
        assert!(there.read(&format!("{SRC}/lib.rs")).contains("\"pass\""));
    }
}

#[test]
fn an_import_that_can_not_be_taken_in_whole_changes_nothing() {
    let workbook = shipped();
    let exported = workbook.checker("progress export").run().exits(0).stdout();
    let mut json: serde_json::Value = serde_json::from_str(&exported).unwrap();
    json["programs"]["greet"] = serde_json::json!("// another");
    json["programs"]["wave"] = serde_json::json!({ "lib.rs": "// another", "../../escaped.rs": "" });
    workbook.write("moved.json", json.to_string());
    let before = workbook.read(&format!("{SRC}/lib.rs"));
    let ended = workbook.checker("progress import moved.json").run().exits(2);
    ended.complains("`../../escaped.rs` is not a valid file name for wave; nothing was changed");
    assert_eq!(workbook.read(&format!("{SRC}/lib.rs")), before);
    assert!(!Path::new(&workbook.path("exercises/escaped.rs")).exists());
}
