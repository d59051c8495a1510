//! A headless Chromium, spoken to over a pipe: the DevTools protocol, as far as the tests need it.

use serde_json::{Value, json};
use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any answer takes, even on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Started for one test, and ended with it.
pub(crate) struct Browser {
    process: Child,
    commands: File,
    messages: Receiver<Value>,
    session: Option<String>,
    last: u64,
    /// What the page did that nobody asked for: requests, exceptions, the end of loading.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

/// How a page is looked at.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    pub(crate) scripts: bool,
    pub(crate) print: bool,
}

pub(crate) const DESKTOP: View = View { width: 1200, height: 900, dark: false, scripts: true, print: false };
pub(crate) const PHONE: View = View { width: 390, height: 844, ..DESKTOP };

/// Where Chromium is, if it is installed.
pub(crate) fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

impl Browser {
    /// Starts Chromium with an empty profile.
    pub(crate) fn start(chromium: &Path) -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let [to, from] = ["commands", "messages"].map(|name| profile.path().join(name));
        assert!(
            Command::new("mkfifo").args([&to, &from]).status().unwrap().success(),
            "could not make pipes"
        );
        // The shell gives Chromium the two pipes under the numbers that it expects.
        let script = r#"to=$1 from=$2; shift 2; exec "$@" 3<"$to" 4>"$from""#;
        let process = Command::new("sh")
            .args(["-c", script, "sh"])
            .args([&to, &from])
            .arg(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--hide-scrollbars", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        // In the order of the shell, or each would wait for the other.
        let commands = File::options().write(true).open(&to).unwrap();
        let answers = BufReader::new(File::open(&from).unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                if sender.send(serde_json::from_slice(&message).expect("a message is JSON")).is_err() {
                    break;
                }
            }
        });
        let mut browser = Browser {
            process,
            commands,
            messages,
            session: None,
            last: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let page = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    fn receive(&self) -> Value {
        self.messages
            .recv_timeout(PATIENCE)
            .expect("Chromium answers; does it run by itself on this machine?")
    }

    /// Sends a command and returns its result.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.commands, "{message}\0").expect("Chromium listens");
        loop {
            let mut answer = self.receive();
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    /// Opens a page and waits until it has been loaded.
    pub(crate) fn open(&mut self, url: &str, view: View) {
        let View { width, height, dark, scripts, print } = view;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        let media = json!({ "media": if print { "print" } else { "" }, "features": [scheme] });
        self.call("Emulation.setEmulatedMedia", media);
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !scripts }));
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url }));
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let event = self.receive();
            self.events.push(event);
        }
    }

    /// The value of an expression on the page.
    #[track_caller]
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// Waits until an expression on the page is true.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let start = Instant::now();
        while self.value(expression) != json!(true) {
            assert!(start.elapsed() < PATIENCE, "never came true: {expression}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Clicks with the mouse on the element that an expression names, as a reader would: where it is on the screen.
    #[track_caller]
    pub(crate) fn click(&mut self, element: &str) {
        let place = self.value(&format!(
            "(() => {{ const it = {element}; it.scrollIntoView({{ block: 'center' }}); \
             const box = it.getBoundingClientRect(); \
             const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]; \
             return {{ x, y, hit: it.contains(document.elementFromPoint(x, y)) }}; }})()"
        ));
        assert_eq!(place["hit"], true, "{element} can't be clicked on: {place}");
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "code": key }));
        }
    }

    /// Keeps a picture of what can be seen, for a person to look at.
    pub(crate) fn screenshot(&mut self, name: &str) {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        keep(name, "png", &decode(picture["data"].as_str().unwrap()));
    }

    /// Keeps a picture of the whole page.
    pub(crate) fn screenshot_page(&mut self, name: &str) {
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].take();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.call("Page.captureScreenshot", whole);
        keep(name, "png", &decode(picture["data"].as_str().unwrap()));
    }

    /// Prints the page on A4, keeps that, and returns how many sides it takes.
    pub(crate) fn print(&mut self, name: &str) -> usize {
        let paper = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": true, "preferCSSPageSize": true });
        let printed = self.call("Page.printToPDF", paper);
        let pdf = decode(printed["data"].as_str().unwrap());
        keep(name, "pdf", &pdf);
        // Chromium does not pack the objects of pages, and each of them names its type.
        let text = String::from_utf8_lossy(&pdf);
        text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
    }

    /// Addresses outside the book that were asked for since the page was opened.
    pub(crate) fn outside(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let urls = sent.map(|event| event["params"]["request"]["url"].as_str().unwrap().to_owned());
        // What is written into a style sheet has the scheme `data`, and is there already.
        urls.filter(|url| !url.starts_with("file:") && !url.starts_with("data:")).collect()
    }

    /// What scripts have thrown since the page was opened.
    pub(crate) fn exceptions(&self) -> Vec<String> {
        let thrown = self.events.iter().filter(|event| event["method"] == "Runtime.exceptionThrown");
        thrown.map(|event| event["params"]["exceptionDetails"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a file to where pictures are looked for.
fn keep(name: &str, extension: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.{extension}")), bytes).unwrap();
}

/// Base64, as pictures come.
fn decode(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for c in text.bytes().filter(|c| *c != b'=') {
        bits = bits << 6 | u32::from(value(c));
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
