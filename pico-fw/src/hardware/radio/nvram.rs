//! The radio's board data.

use cyw43::{A4, Aligned};

/// What the radio's firmware must know of the board around it: crystal, antenna, power amplifier.
///
/// The keys and values are those that the CYW43439's vendor publishes for this module, as the Pico W's C driver carries them
/// (`cyw943439wlpth_rev1_0.txt`, in the `cyw43-driver` repository as `firmware/wifi_nvram_43439.h`). The radio takes its
/// address from its own one-time memory, and not from `macaddr`.
const LINES: [&str; 46] = [
    "NVRAMRev=$Rev$",
    "manfid=0x2d0",
    "prodid=0x0727",
    "vendid=0x14e4",
    "devid=0x43e2",
    "boardtype=0x0887",
    "boardrev=0x1100",
    "boardnum=22",
    "macaddr=00:A0:50:b5:59:5e",
    "sromrev=11",
    "boardflags=0x00404001",
    "boardflags3=0x04000000",
    "xtalfreq=37400",
    "nocrc=1",
    "ag0=255",
    "aa2g=1",
    "ccode=ALL",
    "pa0itssit=0x20",
    "extpagain2g=0",
    "pa2ga0=-168,6649,-778",
    "AvVmid_c0=0x0,0xc8",
    "cckpwroffset0=5",
    "maxp2ga0=84",
    "txpwrbckof=6",
    "cckbw202gpo=0",
    "legofdmbw202gpo=0x66111111",
    "mcsbw202gpo=0x77711111",
    "propbw202gpo=0xdd",
    "ofdmdigfilttype=18",
    "ofdmdigfilttypebe=18",
    "papdmode=1",
    "papdvalidtest=1",
    "pacalidx2g=45",
    "papdepsoffset=-30",
    "papdendidx=58",
    "ltecxmux=0",
    "ltecxpadnum=0x0102",
    "ltecxfnsel=0x44",
    "ltecxgcigpio=0x01",
    "il0macaddr=00:90:4c:c5:12:38",
    "wl0id=0x431b",
    "deadman_to=0xffffffff",
    "muxenab=0x100",
    "spurconfig=0x3",
    "glitch_based_crsmin=1",
    "btc_mode=1",
];

/// The length of [`IMAGE`]: each line and its NUL, two NULs at the end, and zeroes up to a whole word.
const LEN: usize = {
    let mut len = 2;
    let mut line = 0;
    while line < LINES.len() {
        len += LINES[line].len() + 1;
        line += 1;
    }
    len.next_multiple_of(4)
};

/// The lines as the radio wants them.
pub(crate) static IMAGE: &Aligned<A4, [u8]> = &Aligned(image());

const fn image() -> [u8; LEN] {
    let mut image = [0; LEN];
    let mut end = 0;
    let mut line = 0;
    while line < LINES.len() {
        let bytes = LINES[line].as_bytes();
        let mut byte = 0;
        while byte < bytes.len() {
            image[end] = bytes[byte];
            end += 1;
            byte += 1;
        }
        end += 1;
        line += 1;
    }
    image
}
