//! Ten clients that are refused at the same time, and the requests that a server gets from them.

// ANCHOR: program
/// In each millisecond the server answers one request and refuses the others. Returns how many it got.
fn requests(mut draw: impl FnMut(u64) -> u64) -> usize {
    // Ten clients: when each one asks next, and how long it will wait after that.
    let mut clients = vec![(0, 16); 10];
    let mut requests = 0;
    while let Some(now) = clients.iter().map(|(due, _)| *due).min() {
        let (here, later): (Vec<_>, Vec<_>) = clients.into_iter().partition(|(due, _)| *due == now);
        requests += here.len();
        clients = later;
        for (_, wait) in here.into_iter().skip(1) {
            clients.push((now + draw(wait), wait * 2));
        }
    }
    requests
}

fn main() {
    println!("same waits: {} requests", requests(|wait| wait));

    let mut random = 8_u64;
    let jitter = |wait| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        wait / 2 + (random >> 33) % (wait / 2 + 1)
    };
    println!("with jitter: {} requests", requests(jitter));
}
// ANCHOR_END: program
