//! Memory that knows where processors have fetched instructions.

use crate::bus::{CoreId, StaleCode, Stored, Unit};

/// The bytes of a line: what is forgotten together when code is overwritten.
pub const LINE_LEN: u32 = 64;

/// `LEN` bytes of memory, a power of two and at least [`LINE_LEN`]. An offset wraps around at the end.
///
/// A [`Bus`](crate::bus::Bus) builds its ROM, RAM and flash of these and decides at which addresses they appear.
#[derive(Clone)]
pub struct Memory<const LEN: usize> {
    bytes: Box<[u8; LEN]>,
    /// For each line a bit for each processor that has fetched from it since it was last written.
    fetched: Box<[u8]>,
    /// The lines that have been written since, for each processor that had fetched from them.
    stale: [Vec<u32>; CoreId::COUNT],
}

impl<const LEN: usize> Memory<LEN> {
    /// All zeros.
    #[must_use]
    pub fn new() -> Self {
        const {
            assert!(LEN.is_power_of_two() && LEN >= LINE_LEN as usize && LEN <= 1 << 30);
        }
        let bytes = vec![0; LEN].into_boxed_slice().try_into().expect("as many bytes as were asked for");
        Self { bytes, fetched: vec![0; LEN / LINE_LEN as usize].into_boxed_slice(), stale: [const { Vec::new() }; 2] }
    }

    /// The whole content.
    #[must_use]
    pub fn bytes(&self) -> &[u8; LEN] {
        &self.bytes
    }

    /// Reads the unit at `offset`, rounded down to a multiple of its width.
    #[inline(always)]
    #[must_use]
    pub fn load<U: Unit>(&self, offset: u32) -> U {
        U::read(&*self.bytes, Self::index::<U>(offset))
    }

    /// Writes the unit at `offset`, rounded down to a multiple of its width.
    #[inline(always)]
    pub fn store<U: Unit>(&mut self, offset: u32, value: U) -> Stored {
        let index = Self::index::<U>(offset);
        value.write(&mut *self.bytes, index);
        let line = index / LINE_LEN as usize;
        if self.fetched[line] == 0 {
            Stored::OverData
        } else {
            self.forget(line);
            Stored::OverCode
        }
    }

    /// Writes any number of bytes from `offset` on.
    ///
    /// # Panics
    ///
    /// If they do not lie within the memory.
    pub fn write(&mut self, offset: u32, bytes: &[u8]) {
        let start = offset as usize;
        let end = start + bytes.len();
        self.bytes[start..end].copy_from_slice(bytes);
        for line in start / LINE_LEN as usize..end.div_ceil(LINE_LEN as usize) {
            self.forget(line);
        }
    }

    /// Reads the halfword of code at `offset`, and notes that `core` has.
    pub fn fetch(&mut self, core: CoreId, offset: u32) -> u16 {
        let line = Self::index::<u16>(offset) / LINE_LEN as usize;
        self.fetched[line] |= 1 << core.index();
        self.load(offset)
    }

    /// The offset of the next line that `core` has fetched from and that has been written since.
    pub fn take_stale_line(&mut self, core: CoreId) -> Option<u32> {
        self.stale[core.index()].pop()
    }

    /// [`take_stale_line`](Self::take_stale_line) for memory that appears at `base` and nowhere else.
    pub fn take_stale_code(&mut self, core: CoreId, base: u32) -> Option<StaleCode> {
        self.take_stale_line(core).map(|offset| StaleCode::Line(base + offset))
    }

    #[inline(always)]
    const fn index<U: Unit>(offset: u32) -> usize {
        offset as usize & (LEN - U::WIDTH.bytes() as usize)
    }

    #[cold]
    #[inline(never)]
    fn forget(&mut self, line: usize) {
        let cores = std::mem::take(&mut self.fetched[line]);
        for (index, stale) in self.stale.iter_mut().enumerate() {
            if cores & 1 << index != 0 {
                let offset = u32::try_from(line).expect("there are fewer lines than bytes") * LINE_LEN;
                stale.push(offset);
            }
        }
    }
}

impl<const LEN: usize> Default for Memory<LEN> {
    fn default() -> Self {
        Self::new()
    }
}
