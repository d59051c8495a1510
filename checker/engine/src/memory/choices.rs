//! Which of the stores that a load could read it does read: choices that have random numbers of their own, so that one stale
//! read less is the same schedule.

use crate::rng::Rng;

/// A choice that was not the usual one: the number of the operation among all, and how many newer stores were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The number of the operation, from 0.
    pub operation: u64,
    /// How many newer stores a load missed, or before how many older ones a store was put; never 0.
    pub rank: u32,
}

/// Where stale reads come from.
#[derive(Debug, Clone)]
pub enum StaleReads {
    /// Drawn from this seed.
    Drawn(u64),
    /// Exactly these.
    Only(Vec<Choice>),
    /// All of them, one after the other, by an enumeration.
    Every,
}

#[derive(Debug)]
pub(super) enum Source {
    Drawn { rng: Rng, stale: u64 },
    Only(Vec<Choice>),
    Every,
}

/// Keeps the choices of a seed apart from its schedule and its world.
const STALE: u64 = 0x57A1_E0F0_1D5E_ED5A;

impl Source {
    pub(super) fn of(reads: &StaleReads) -> Self {
        match reads {
            StaleReads::Drawn(seed) => {
                let mut rng = Rng::new(seed ^ STALE);
                // Some schedules have many, most of them few.
                let stale = (1_u64 << 32) / [2, 3, 4, 8, 24][rng.below(5)];
                Self::Drawn { rng, stale }
            }
            StaleReads::Only(choices) => Self::Only(choices.clone()),
            StaleReads::Every => Self::Every,
        }
    }

    /// A number below `n`, where 0 is the usual choice; `every` numbers the choices of an enumeration.
    pub(super) fn choose(
        &mut self,
        operation: u64,
        n: usize,
        every: &mut dyn FnMut(usize) -> usize,
    ) -> usize {
        match self {
            // The same random numbers are drawn whatever there is to choose from.
            Self::Drawn { rng, stale } => {
                let (roll, which) = (rng.bits() >> 32, rng.bits());
                if n <= 1 || roll >= *stale {
                    return 0;
                }
                1 + ((u128::from(which) * (n as u128 - 1)) >> 64) as usize
            }
            Self::Only(choices) => {
                let choice = choices.iter().find(|choice| choice.operation == operation);
                choice.map_or(0, |choice| (choice.rank as usize).min(n - 1))
            }
            Self::Every if n > 1 => every(n),
            Self::Every => 0,
        }
    }
}
