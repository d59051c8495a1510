//! What a child writes: the lines that are answers, and the end of what is none.

/// The longest answer: a schedule with every event of it.
const LINE_LIMIT: usize = 64 << 20;

/// The lines of a child's stdout that begin with the nonce; any other is a forgery or junk.
pub struct Answer {
    prefix: Vec<u8>,
    pub lines: Vec<Vec<u8>>,
    partial: Vec<u8>,
    junk: usize,
}

impl Answer {
    pub fn new(nonce: &str) -> Answer {
        Answer { prefix: format!("{nonce} ").into_bytes(), lines: Vec::new(), partial: Vec::new(), junk: 0 }
    }

    /// Takes in what was read; returns how many bytes so far were no answer.
    pub fn read(&mut self, bytes: &[u8]) -> usize {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            let is_answer = self.partial.starts_with(&self.prefix);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.partial);
                if is_answer {
                    self.lines.push(line[self.prefix.len()..line.len() - 1].to_vec());
                } else {
                    self.junk += line.len();
                }
            }
        }
        let within_a_line = self.partial.starts_with(&self.prefix) && self.partial.len() < LINE_LIMIT;
        self.junk + if within_a_line { 0 } else { self.partial.len() }
    }
}

/// The end of what a child wrote to stderr.
#[derive(Default)]
pub struct Tail {
    bytes: Vec<u8>,
    total: usize,
}

impl Tail {
    const KEPT: usize = 4096;

    pub fn read(&mut self, bytes: &[u8]) -> usize {
        self.total += bytes.len();
        self.bytes.extend_from_slice(bytes);
        let surplus = self.bytes.len().saturating_sub(Tail::KEPT);
        self.bytes.drain(..surplus);
        self.total
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_the_nonce_is_not_an_answer() {
        let mut answer = Answer::new("abc");
        answer.read(b"{\"event\":\"done\"}\nabc {\"event\":");
        assert!(answer.lines.is_empty());
        answer.read(b"\"done\"}\n");
        assert_eq!(answer.lines, [br#"{"event":"done"}"#]);
    }

    #[test]
    fn an_endless_line_counts_as_junk() {
        let mut answer = Answer::new("abc");
        assert_eq!(answer.read(&[b'x'; 1000]), 1000);
        assert_eq!(answer.read(&[b'x'; 1000]), 2000);
    }
}
