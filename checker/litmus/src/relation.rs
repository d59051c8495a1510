//! Relations between the events of an execution, a row of bits for each event.

/// Which events stand in it to which: bit `j` of row `i`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation(Vec<u32>);

/// A set of events.
pub(crate) type Set = u32;

impl Relation {
    pub(crate) fn empty(events: usize) -> Self {
        assert!(events <= 32, "a litmus test has at most 32 events");
        Self(vec![0; events])
    }

    /// Each event of the set with itself.
    pub(crate) fn identity(events: usize, set: Set) -> Self {
        Self((0..events).map(|i| set & (1 << i)).collect())
    }

    pub(crate) fn add(&mut self, from: usize, to: usize) {
        self.0[from] |= 1 << to;
    }

    pub(crate) fn has(&self, from: usize, to: usize) -> bool {
        self.0[from] & (1 << to) != 0
    }

    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(row, more)| *row |= more);
        self
    }

    /// This one, and then the other one.
    pub(crate) fn then(&self, other: &Self) -> Self {
        let row =
            |row: &u32| (0..self.0.len()).filter(|j| row & (1 << j) != 0).fold(0, |all, j| all | other.0[j]);
        Self(self.0.iter().map(row).collect())
    }

    pub(crate) fn inverse(&self) -> Self {
        let mut inverse = Self::empty(self.0.len());
        for from in 0..self.0.len() {
            (0..self.0.len()).filter(|to| self.has(from, *to)).for_each(|to| inverse.add(to, from));
        }
        inverse
    }

    /// One or more times.
    pub(crate) fn closure(mut self) -> Self {
        for through in 0..self.0.len() {
            let further = self.0[through];
            self.0.iter_mut().filter(|row| **row & (1 << through) != 0).for_each(|row| *row |= further);
        }
        self
    }

    /// Once or not at all.
    pub(crate) fn optional(mut self) -> Self {
        self.0.iter_mut().enumerate().for_each(|(i, row)| *row |= 1 << i);
        self
    }

    /// Without what stands in it to itself.
    pub(crate) fn between_two(mut self) -> Self {
        self.0.iter_mut().enumerate().for_each(|(i, row)| *row &= !(1 << i));
        self
    }

    pub(crate) fn from(mut self, set: Set) -> Self {
        self.0.iter_mut().enumerate().filter(|(i, _)| set & (1 << i) == 0).for_each(|(_, row)| *row = 0);
        self
    }

    pub(crate) fn to(mut self, set: Set) -> Self {
        self.0.iter_mut().for_each(|row| *row &= set);
        self
    }

    pub(crate) fn is_irreflexive(&self) -> bool {
        (0..self.0.len()).all(|i| !self.has(i, i))
    }

    pub(crate) fn is_acyclic(&self) -> bool {
        self.clone().closure().is_irreflexive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(pairs: &[(usize, usize)]) -> Relation {
        let mut relation = Relation::empty(4);
        pairs.iter().for_each(|(from, to)| relation.add(*from, *to));
        relation
    }

    #[test]
    fn a_closure_goes_all_the_way() {
        let closed = chain(&[(0, 1), (1, 2), (2, 3)]).closure();
        assert!(closed.has(0, 3) && closed.has(1, 3) && !closed.has(3, 0));
        assert!(chain(&[(0, 1), (1, 2)]).is_acyclic());
        assert!(!chain(&[(0, 1), (1, 2), (2, 0)]).is_acyclic());
    }

    #[test]
    fn relations_are_composed_from_left_to_right() {
        let composed = chain(&[(0, 1)]).then(&chain(&[(1, 2)]));
        assert_eq!(composed, chain(&[(0, 2)]));
        assert_eq!(chain(&[(0, 1), (2, 3)]).from(1).to(2), chain(&[(0, 1)]));
        assert_eq!(chain(&[(0, 1)]).inverse(), chain(&[(1, 0)]));
    }
}
