//! A fixed window, and requests on both sides of its border. The time is handed in, so nobody waits.

// ANCHOR: program
struct Window {
    second: u32,
    requests: u32,
}

impl Window {
    /// At most three requests in each second.
    fn allows(&mut self, milliseconds: u32) -> bool {
        let second = milliseconds / 1_000;
        if second != self.second {
            *self = Window { second, requests: 0 };
        }
        self.requests += 1;
        self.requests <= 3
    }
}

fn main() {
    let mut window = Window { second: 0, requests: 0 };
    let mut allowed = Vec::new();
    for at in [700, 750, 800, 850, 1_000, 1_050, 1_100, 1_150] {
        if window.allows(at) {
            allowed.push(at);
        }
    }
    println!("allowed: {allowed:?}");
}
// ANCHOR_END: program
