//! Lines that wait for a reader who may never come.

/// The last lines, `N` bytes of them at most. The oldest give way.
pub(crate) struct Backlog<const N: usize> {
    bytes: [u8; N],
    start: usize,
    len: usize,
    /// Lines that gave way since the reader was told.
    lost: u32,
}

impl<const N: usize> Backlog<N> {
    /// Without a line.
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], start: 0, len: 0, lost: 0 }
    }

    /// Adds a line, which ends with a line feed and is shorter than `N`.
    pub(crate) fn push(&mut self, line: &[u8]) {
        while N - self.len < line.len() && self.len > 0 {
            self.lose_oldest();
        }
        for &byte in line.iter().take(N - self.len) {
            let end = (self.start + self.len) % N;
            if let Some(place) = self.bytes.get_mut(end) {
                *place = byte;
            }
            self.len += 1;
        }
    }

    /// Whether there is nothing to take.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0 && self.lost == 0
    }

    /// Takes the oldest bytes that fit; none if there are none. Where lines were lost, a line says how many.
    pub(crate) fn take(&mut self, buffer: &mut [u8]) -> usize {
        const MARK: usize = 32;
        if self.lost > 0 && buffer.len() >= MARK {
            let mut mark = super::line::Line::<MARK>::new();
            // The line before may have lost its end.
            mark.push(format_args!("\r\n({} lines were lost)", self.lost));
            mark.end();
            self.lost = 0;
            let mark = mark.as_bytes();
            for (place, &byte) in buffer.iter_mut().zip(mark) {
                *place = byte;
            }
            return mark.len();
        }
        let mut taken = 0;
        for place in buffer {
            let Some(byte) = self.take_byte() else { break };
            *place = byte;
            taken += 1;
        }
        taken
    }

    fn lose_oldest(&mut self) {
        while let Some(byte) = self.take_byte() {
            if byte == b'\n' {
                break;
            }
        }
        self.lost = self.lost.saturating_add(1);
    }

    fn take_byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.start).filter(|_| self.len > 0)?;
        self.start = (self.start + 1) % N;
        self.len -= 1;
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(backlog: &mut Backlog<N>) -> String {
        let mut text = Vec::new();
        let mut buffer = [0; 32];
        loop {
            let len = backlog.take(&mut buffer);
            if len == 0 {
                return String::from_utf8(text).unwrap();
            }
            text.extend(&buffer[..len]);
        }
    }

    #[test]
    fn lines_come_out_as_they_went_in() {
        let mut backlog = Backlog::<64>::new();
        assert!(backlog.is_empty());
        assert_eq!(read(&mut backlog), "");
        for _ in 0..20 {
            backlog.push(b"one\r\n");
            backlog.push(b"a second line that is longer than a buffer\r\n");
            assert_eq!(read(&mut backlog), "one\r\na second line that is longer than a buffer\r\n");
        }
    }

    #[test]
    fn the_oldest_lines_give_way_and_are_counted() {
        let mut backlog = Backlog::<16>::new();
        for line in [b"1111\r\n", b"2222\r\n", b"3333\r\n", b"4444\r\n"] {
            backlog.push(line);
        }
        assert_eq!(read(&mut backlog), "\r\n(2 lines were lost)\r\n3333\r\n4444\r\n");
        backlog.push(b"5555\r\n");
        assert!(!backlog.is_empty());
        assert_eq!(read(&mut backlog), "5555\r\n");
    }

    #[test]
    fn a_line_may_fill_it() {
        let mut backlog = Backlog::<16>::new();
        backlog.push(b"0123456789abcde\n");
        backlog.push(b"0123456789abcdef\n");
        assert_eq!(read(&mut backlog), "\r\n(1 lines were lost)\r\n0123456789abcdef");
    }
}
