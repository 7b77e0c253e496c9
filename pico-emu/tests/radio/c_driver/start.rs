//! The radio's start, from its power to its settings.

use super::bus::{CHIP_COMMON, PADDING};
use super::{BACKPLANE, BUS, CDriver, command};

const CLOCK: u32 = 0x1_000e;
const MEMORY_LEN: u32 = 512 * 1024;
pub(crate) const WLAN_WRAPPER: u32 = 0x1810_3000;
pub(crate) const MEMORY_WRAPPER: u32 = 0x1810_4000;

impl CDriver {
    /// Power, test pattern, and the order of words.
    pub(crate) fn start_bus(&mut self) {
        self.chip.set_power(false);
        self.pass_ms(20);
        self.chip.set_power(true);
        self.pass_ms(250);
        let swapped = |word: u32| word.rotate_left(16).to_be_bytes();
        let answer = self.transfer(&swapped(command(false, BUS, 0x14, 4)), 4);
        assert_eq!(answer, swapped(0xfeed_bead));
        let control = [swapped(command(true, BUS, 0x00, 4)), swapped(0x0002_04b3)].concat();
        self.transfer(&control, 0);
        assert_eq!(self.read(BUS, 0x00, 4), 0x0002_04b3);
        self.write(BUS, 0x1d, PADDING as u32, 1);
        self.write(BUS, 0x04, 0x99, 1);
        self.write(BUS, 0x06, 0xbe, 2);
    }

    /// The slow clock, and everything into the memory.
    pub(crate) fn upload(&mut self) {
        self.write(BACKPLANE, CLOCK, 0x08, 1);
        assert_eq!(self.read(BACKPLANE, CLOCK, 1) & 0x40, 0x40);
        self.write(BACKPLANE, CLOCK, 0, 1);
        self.disable_core(WLAN_WRAPPER);
        self.disable_core(MEMORY_WRAPPER);
        self.reset_core(MEMORY_WRAPPER);
        self.write_backplane(0x1800_4010, 3, 4);
        self.write_backplane(0x1800_4044, 0, 4);

        let mut firmware = cyw43_firmware::CYW43_43439A0.to_vec();
        firmware.resize(firmware.len().next_multiple_of(64), 0);
        self.download(0, &firmware);
        let mut nvram = b"NVRAMRev=$Rev$\0manfid=0x2d0\0boardtype=0x0887\0\0".to_vec();
        nvram.resize(nvram.len().next_multiple_of(64), 0);
        self.download(MEMORY_LEN - 4 - nvram.len() as u32, &nvram);
        let words = nvram.len() as u32 / 4;
        self.write_backplane(MEMORY_LEN - 4, !words << 16 | words, 4);
    }

    /// The processor's release, and what comes until the firmware takes frames.
    pub(crate) fn finish_start(&mut self) {
        self.reset_core(WLAN_WRAPPER);
        assert_eq!(self.read_backplane(WLAN_WRAPPER + 0x408, 1) & 3, 1);
        assert_eq!(self.read_backplane(WLAN_WRAPPER + 0x800, 1) & 1, 0);
        self.wait(|driver| driver.read(BACKPLANE, CLOCK, 1) & 0x80 != 0);
        self.write_backplane(0x1800_2024, 0xf0, 4);
        self.write(BACKPLANE, 0x1_0008, 0x20, 1);
        self.wait(|driver| driver.read(BUS, 0x08, 4) & 0x20 != 0);

        let wake_up = self.read(BACKPLANE, 0x1_001e, 1);
        self.write(BACKPLANE, 0x1_001e, wake_up | 2, 1);
        self.write(BUS, 0xf0, 8, 1);
        self.write(BACKPLANE, CLOCK, 2, 1);
        if self.read(BACKPLANE, 0x1_001f, 1) & 1 == 0 {
            self.write(BACKPLANE, 0x1_001f, 1, 1);
        }
        self.write(BACKPLANE, 0x1_000f, 0x0f, 1);
        self.write(BACKPLANE, 0x1_000f, 0, 1);
        assert_eq!(self.read(BACKPLANE, 0x1_000f, 1), 0);
        self.read(BUS, 0x04, 2);
        self.read_backplane(CHIP_COMMON + 0x508, 4);
        // The bus is kept on.
        self.write(BACKPLANE, 0x1_001f, 1, 1);
        assert_eq!(self.read(BACKPLANE, 0x1_001f, 1), 3);
    }

    /// At most a thousand times, with a millisecond in between.
    fn wait(&mut self, is_done: impl Fn(&mut Self) -> bool) {
        for _ in 0..1000 {
            if is_done(self) {
                return;
            }
            self.pass_ms(1);
        }
        panic!("the radio is not ready within a second");
    }

    fn disable_core(&mut self, wrapper: u32) {
        self.read_backplane(wrapper + 0x800, 1);
        assert_eq!(self.read_backplane(wrapper + 0x800, 1) & 1, 1, "the core is not in reset");
    }

    pub(crate) fn reset_core(&mut self, wrapper: u32) {
        self.disable_core(wrapper);
        self.write_backplane(wrapper + 0x408, 3, 1);
        self.read_backplane(wrapper + 0x408, 1);
        self.write_backplane(wrapper + 0x800, 0, 1);
        self.pass_ms(1);
        self.write_backplane(wrapper + 0x408, 1, 1);
        self.read_backplane(wrapper + 0x408, 1);
        self.pass_ms(1);
    }

    /// The firmware's settings, from the regulatory data to the interface.
    pub(crate) fn set_up(&mut self) {
        let clm = cyw43_firmware::CYW43_43439A0_CLM;
        let mut piece = b"clmload\0\x06\x10\x02\0".to_vec();
        piece.extend((clm.len() as u32).to_le_bytes());
        piece.extend([0; 4]);
        piece.extend(clm);
        piece.resize(piece.len().next_multiple_of(8), 0);
        self.set(263, &piece, 0);
        assert_eq!(self.variable("clmload_status", &[0; 4])[..4], [0; 4]);
        self.set_word("bus:txglom", 0, 0);
        self.set_word("apsta", 1, 0);

        let country = [&b"XX\0\0"[..], &u32::MAX.to_le_bytes(), b"XX\0\0"].concat();
        self.set_variable("country", &country, 0);
        self.pass_ms(50);
        self.set_number(64, 0, 0);
        self.set_word("bus:txglom", 0, 0);
        self.set_word("apsta", 1, 0);
        self.set_word("ampdu_ba_wsize", 8, 0);
        self.set_word("ampdu_mpdu", 4, 0);
        self.set_word("ampdu_rx_factor", 0, 0);
        let mut mask = [0xff; 19];
        for number in [19, 20, 40, 44, 54, 71] {
            mask[number / 8] &= !(1 << (number % 8));
        }
        self.set_variable("bsscfg:event_msgs", &[&[0; 4][..], &mask].concat(), 0);
        self.pass_ms(50);
        self.set(2, &[], 0);
        self.pass_ms(50);

        // Power management, as by default.
        for (name, value) in [("pm2_sleep_ret", 200), ("bcn_li_bcn", 1), ("bcn_li_dtim", 1), ("assoc_listen", 10)] {
            self.set_word(name, value, 0);
            assert_eq!(self.variable(name, &[0; 4])[..4], value.to_le_bytes());
        }
        self.set_number(86, 2, 0);
        assert_eq!(self.get(85, &[0; 4], 0), 2_u32.to_le_bytes());
        self.set_number(110, 1, 0);
        self.set_number(142, 0, 0);
    }
}
