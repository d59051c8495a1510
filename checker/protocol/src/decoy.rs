//! Decoys: runs of a check in which one expectation is changed, so that they must fail. A program whose decoy passes has
//! changed what compares, or what reports.

/// How the decoy of one check goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Decoy {
    /// Whether it runs before the check itself, or after it. What a program reports does not tell the two apart.
    pub comes_first: bool,
    /// How many schedules go before the first that may be changed.
    pub schedules: u64,
    /// How many expectations of that schedule are left as they are. If there are no more, it is the first one of the next
    /// schedule that has any.
    pub expectations: u64,
}

/// More schedules than these before the one that is changed would cost too much.
const SCHEDULES: u64 = 12;
const EXPECTATIONS: u64 = 3;

impl Decoy {
    /// After so many schedules without an expectation that could be changed, the end of the next one is.
    pub const ENDS: u64 = 6;

    /// What follows from a draw for the check of this name.
    pub fn drawn(draw: u64, check: &str) -> Decoy {
        // FNV-1a over the name, and the finish of splitmix64, so that each bit depends on all.
        let name = check.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let mut bits = draw ^ name;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        Decoy {
            comes_first: bits & 1 == 0,
            schedules: (bits >> 1) % SCHEDULES,
            expectations: (bits >> 32) % EXPECTATIONS,
        }
    }
    /// How many schedules it takes at most.
    pub fn most_schedules(&self) -> u64 {
        self.schedules + Self::ENDS + 1
    }
}
