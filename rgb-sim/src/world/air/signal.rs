//! How strong a signal arrives, and what that does to a frame.

use libm::{exp, log10, pow};

/// What an access point sends with, as most do indoors.
pub(super) const ACCESS_POINT_POWER_DBM: f64 = 20.0;
/// What a Pico W sends with at its higher rates (CYW43439 data sheet, 2.4 GHz transmitter).
pub(super) const BOARD_POWER_DBM: f64 = 16.0;

/// The loss over the first metre at 2.45 GHz, in dB: free space (ITU-R P.525).
const FIRST_METRE_LOSS_DB: f64 = 40.0;
/// The decay behind it: dB for each tenfold distance, indoors on one floor (ITU-R P.1238, 2.4 GHz, 28 to 30).
const DECADE_LOSS_DB: f64 = 30.0;

/// A rate of the radio, and what arrives of it.
struct Rate {
    kbps: u32,
    /// In front of each frame.
    preamble_us: u32,
    /// The strength at which one frame of 1000 bytes in ten is lost. The standard asks for 10 % of 4096 bytes at -82 dBm and
    /// up (IEEE 802.11-2020, table 19-23); receivers are some 9 dB better than it asks for.
    sensitivity_dbm: f64,
}

const fn ofdm(kbps: u32, sensitivity_dbm: f64) -> Rate {
    Rate { kbps, preamble_us: 36, sensitivity_dbm }
}

/// DSSS at its lowest two rates, and one stream of 802.11n in 20 MHz.
const RATES: [Rate; 10] = [
    Rate { kbps: 1_000, preamble_us: 192, sensitivity_dbm: -97.0 },
    Rate { kbps: 2_000, preamble_us: 192, sensitivity_dbm: -94.0 },
    ofdm(6_500, -91.0),
    ofdm(13_000, -88.0),
    ofdm(19_500, -86.0),
    ofdm(26_000, -83.0),
    ofdm(39_000, -79.0),
    ofdm(52_000, -75.0),
    ofdm(58_500, -74.0),
    ofdm(65_000, -73.0),
];

/// A rate is used from so much above its sensitivity on.
const RATE_MARGIN_DB: f64 = 4.0;

/// The strength at a distance, in dBm. `shadowing_db` is what stands between.
pub(super) fn strength_dbm(power_dbm: f64, distance_m: f64, shadowing_db: f64) -> f64 {
    power_dbm - FIRST_METRE_LOSS_DB - DECADE_LOSS_DB * log10(distance_m.max(1.0)) - shadowing_db
}

/// One way between a station and its access point.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    preamble_us: u32,
    /// A byte's time, in nanoseconds.
    byte_ns: u32,
    /// Of 2^32, for one transmission of a frame of so many times [`STEP`](Self::STEP) bytes.
    losses: [u32; Self::STEPS],
}

impl Hop {
    const STEP: usize = 64;
    const STEPS: usize = 1600 / Self::STEP;
    /// The MAC header with its checksum and the LLC header, less the Ethernet header (IEEE 802.11-2020, 9.3.2).
    const OVERHEAD: usize = 36 + 8 - 14;

    /// A way on which so much arrives. `interference` is the share of transmissions that is lost however strong they are.
    pub(super) fn new(strength_dbm: f64, interference: f64) -> Self {
        let [slowest, ..] = &RATES;
        let rate =
            RATES.iter().rev().find(|rate| strength_dbm >= rate.sensitivity_dbm + RATE_MARGIN_DB).unwrap_or(slowest);
        // Ten times more errors for each 2 dB less.
        let errors_per_byte = 0.1054e-3 * pow(10.0, (rate.sensitivity_dbm - strength_dbm) / 2.0);
        let losses = std::array::from_fn(|step| {
            let bytes = ((step + 1) * Self::STEP) as f64;
            let arrives = exp(-errors_per_byte * bytes) * (1.0 - interference);
            ((1.0 - arrives) * f64::from(u32::MAX)) as u32
        });
        Self { preamble_us: rate.preamble_us, byte_ns: 8_000_000 / rate.kbps, losses }
    }

    /// How often of 2^32 one transmission of a frame of this length is lost.
    pub(super) fn loss(&self, len: usize) -> u32 {
        self.losses[(len / Self::STEP).min(Self::STEPS - 1)]
    }

    /// How long a frame is on the air that goes to several stations, in microseconds: at a basic rate of 6 Mbit/s, which all
    /// of them hear.
    pub(super) const fn group_airtime_us(len: usize) -> u64 {
        20 + (len + Self::OVERHEAD) as u64 * 8 / 6
    }

    /// How long a frame is on the air, in microseconds.
    pub(super) const fn airtime_us(&self, len: usize) -> u64 {
        self.preamble_us as u64 + (len + Self::OVERHEAD) as u64 * self.byte_ns as u64 / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(loss: u32) -> f64 {
        f64::from(loss) / f64::from(u32::MAX)
    }

    #[test]
    fn strength_falls_by_30_db_a_decade() {
        let at = |metres| strength_dbm(ACCESS_POINT_POWER_DBM, metres, 0.0);
        assert_eq!((at(0.1), at(1.0), at(10.0), at(100.0)), (-20.0, -20.0, -50.0, -80.0));
        assert_eq!(strength_dbm(ACCESS_POINT_POWER_DBM, 10.0, 6.0), -56.0);
    }

    #[test]
    fn a_strong_signal_is_fast_and_loses_nothing() {
        let hop = Hop::new(-50.0, 0.0);
        assert_eq!(hop.byte_ns, 8_000_000 / 65_000);
        assert!(share(hop.loss(1514)) < 1e-9);
        assert_eq!(hop.airtime_us(1500), 36 + 1530 * 8 / 65);
    }

    #[test]
    fn a_weak_signal_is_slow_and_then_loses_most() {
        let [fair, weak, faint] = [-80.0, -92.0, -100.0].map(|dbm| Hop::new(dbm, 0.0));
        assert!(fair.byte_ns < weak.byte_ns && weak.byte_ns <= faint.byte_ns);
        assert_eq!(faint.byte_ns, 8_000);
        assert!(share(weak.loss(1000)) < 0.2 && share(faint.loss(1000)) > 0.9);
        assert!(share(faint.loss(60)) < share(faint.loss(1000)));
    }

    #[test]
    fn interference_takes_its_share_of_every_transmission() {
        assert!((share(Hop::new(-40.0, 0.1).loss(60)) - 0.1).abs() < 1e-6);
    }
}
