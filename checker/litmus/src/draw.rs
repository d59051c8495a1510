//! Programs that are drawn: a few threads, one to three locations, any operations and orders.

use std::fmt::Write;

use engine::Rng;

fn one<'a, T>(rng: &mut Rng, of: &'a [T]) -> &'a T {
    &of[rng.below(of.len())]
}

/// True in `percent` of a hundred cases.
fn is(rng: &mut Rng, percent: usize) -> bool {
    rng.below(100) < percent
}

const LOAD: [&str; 3] = ["rlx", "acq", "sc"];
const STORE: [&str; 3] = ["rlx", "rel", "sc"];
const UPDATE: [&str; 5] = ["rlx", "acq", "rel", "ar", "sc"];
const FENCE: [&str; 5] = ["acq", "rel", "ar", "sc", "sc"];

/// What a program has more of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taste {
    Everything,
    SeqCst,
    Fences,
    Updates,
    LoadsAndStores,
}

/// A program that follows from the seed, as [`Program::parse`](crate::Program::parse) reads it.
///
/// # Panics
/// Never: a string takes what is written to it.
pub fn drawn(seed: u64) -> String {
    let mut rng = Rng::new(seed);
    let taste = *one(
        &mut rng,
        &[Taste::Everything, Taste::SeqCst, Taste::Fences, Taste::Updates, Taste::LoadsAndStores],
    );
    let (threads, operations) = (*one(&mut rng, &[2, 2, 3, 3, 4]), *one(&mut rng, &[5, 6, 7, 8]));
    let locations = &["x", "y", "z"][..*one(&mut rng, &[1, 2, 2, 3])];
    let mut sizes = vec![1; threads];
    (threads..operations).for_each(|_| sizes[rng.below(threads)] += 1);
    let mut text = format!("test drawn-{seed}\nfinal {}\n", locations.join(" "));
    let mut writes = vec![0; locations.len()];
    for size in sizes {
        text += "thread\n";
        let (mut registers, mut open) = (0, 0);
        for number in 0..size {
            let line = line(&mut rng, taste, locations, &mut writes, &mut registers);
            writeln!(text, "  {line}").expect("a string takes it");
            if registers > 0 && number + 1 < size && is(&mut rng, 12) {
                let (relation, to) = (one(&mut rng, &["==", "!="]), rng.below(2));
                writeln!(text, "  if r{} {relation} {to} {{", registers - 1).expect("a string takes it");
                open += 1;
            }
        }
        text += &"  }\n".repeat(open);
    }
    text
}

fn line(
    rng: &mut Rng,
    taste: Taste,
    locations: &[&str],
    writes: &mut [u32],
    registers: &mut usize,
) -> String {
    let mut kinds = vec!["load", "load", "store", "store"];
    if matches!(taste, Taste::Updates | Taste::Everything) {
        kinds.extend(["add", "swap", "cas"]);
    }
    if matches!(taste, Taste::Fences | Taste::Everything) {
        kinds.extend(["fence", "fence"]);
    }
    let order = |rng: &mut Rng, of: &[&'static str]| {
        if taste == Taste::SeqCst && is(rng, 60) { "sc" } else { *one(rng, of) }
    };
    let place = rng.below(locations.len());
    let (at, mut kind) = (locations[place], *one(rng, &kinds));
    // More stores of one location than these have too many orders.
    if ["store", "add", "swap", "cas"].contains(&kind) {
        if writes[place] == 4 {
            kind = "load";
        } else {
            writes[place] += 1;
        }
    }
    let register = *registers;
    *registers += usize::from(!["store", "fence"].contains(&kind));
    match kind {
        "store" => {
            let last = (register > 0 && is(rng, 20)).then(|| format!("r{}", register - 1));
            let value = last.unwrap_or_else(|| (*one(rng, &["1", "1", "2", "3"])).to_owned());
            format!("store {at} {value} {}", order(rng, &STORE))
        }
        "fence" => format!("fence {}", order(rng, &FENCE)),
        "add" => format!("r{register} = add {at} 1 {}", order(rng, &UPDATE)),
        "swap" => format!("r{register} = swap {at} {} {}", one(rng, &[1, 2, 3]), order(rng, &UPDATE)),
        "cas" => {
            let (from, to) = (rng.below(2), one(rng, &[2, 3]));
            format!("r{register} = cas {at} {from} {to} {} {}", order(rng, &UPDATE), order(rng, &LOAD))
        }
        _ => format!("r{register} = load {at} {}", order(rng, &LOAD)),
    }
}
