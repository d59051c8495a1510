//! What a thread knows of the others: how far each of them had come in what happened before.

/// For each component, how far it had come. A component is a thread, or the order of all SeqCst operations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct VectorClock(Vec<u32>);

/// The component that stands for the order of SeqCst operations, as if a thread of its own did them.
pub(super) const SEQ_CST: usize = 0;

impl VectorClock {
    #[inline]
    pub(super) fn get(&self, component: usize) -> u32 {
        self.0.get(component).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, component: usize, to: u32) {
        if self.0.len() <= component {
            self.0.resize(component + 1, 0);
        }
        self.0[component] = to;
    }

    pub(super) fn tick(&mut self, component: usize) {
        self.set(component, self.get(component) + 1);
    }

    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Whether all that the other one knows is known here.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.0.iter().enumerate().all(|(component, theirs)| self.get(component) >= *theirs)
    }
}
