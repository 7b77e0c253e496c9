//! What the LEDs do: colours to PWM duties, and the blink codes of the LED on the board.

use core::time::Duration;

use rgb_proto::Rgb;
use rgb_proto::settings::LedPolarity;

/// The PWM levels, 0 to `top`, that make an RGB LED show `color`, for red, green and blue.
///
/// A component of 0 is dark and one of 255 is full, whatever the correction does between, so three single LEDs mirror three
/// buttons. A counter that wraps behind `top - 1` gives a level of `top` no dark moment at all (RP2040 datasheet, 4.5.2).
#[must_use]
pub fn levels(color: Rgb, top: u16, polarity: LedPolarity) -> [u16; 3] {
    [color.r, color.g, color.b].map(|component| level(component, top, polarity))
}

fn level(component: u8, top: u16, polarity: LedPolarity) -> u16 {
    let luminance = u32::from(luminance(component));
    let scaled = (luminance * u32::from(top) + u32::from(u16::MAX) / 2) / u32::from(u16::MAX);
    // What is not quite dark must not be dark.
    let lit = if component > 0 && top > 0 { scaled.max(1) } else { scaled } as u16;
    match polarity {
        LedPolarity::CommonCathode => lit,
        LedPolarity::CommonAnode => top - lit,
    }
}

/// The luminance, of 65535, that looks as bright as `component` of 255 wants: CIE 1931 lightness.
///
/// An eye sees a quarter of the light as half the brightness. Without this, a fade is bright at once and then stays.
#[must_use]
pub const fn luminance(component: u8) -> u16 {
    LUMINANCES[component as usize]
}

/// `Y / Yn` from `L*` (CIE 15:2018, 8.2.1.1): `((L* + 16) / 116)^3`, or `L* / 903.3` up to `L* = 8`.
const LUMINANCES: [u16; 256] = {
    const FULL: u64 = u16::MAX as u64;
    let mut table = [0; 256];
    let mut component = 0;
    while component < table.len() {
        // L* is 100 * component / 255, so each quotient is extended by 255.
        let lightness_255 = 100 * component as u64;
        let (numerator, denominator) = if lightness_255 <= 8 * 255 {
            (10 * lightness_255, 255 * 9033)
        } else {
            (cube_of(lightness_255 + 16 * 255), cube_of(116 * 255))
        };
        table[component] = ((numerator * FULL + denominator / 2) / denominator) as u16;
        component += 1;
    }
    table
};

const fn cube_of(base: u64) -> u64 {
    base * base * base
}

/// What the LED on the board tells, most urgent first as [`Board::indication`](crate::board::Board::indication) chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication {
    /// Not on the network, on the way there; or an access point that is not open yet.
    Joining,
    /// No network of the name in the settings.
    NetworkNotFound,
    /// The access point refuses the passphrase in the settings.
    WrongPassphrase,
    /// On the network, but it gives the board no address.
    NoAddress,
    /// On the network, but nothing answers at the server's address, or its name has none.
    ServerNotFound,
    /// The server's host answers, but not with colours.
    Failing,
    /// All is well.
    Working,
}

impl Indication {
    /// Every indication.
    pub const ALL: [Self; 7] = [
        Self::Joining,
        Self::NetworkNotFound,
        Self::WrongPassphrase,
        Self::NoAddress,
        Self::ServerNotFound,
        Self::Failing,
        Self::Working,
    ];

    /// How the LED tells it.
    ///
    /// | LED | what it means |
    /// |---|---|
    /// | on | all is well |
    /// | on and off, half a second each | joining the network |
    /// | 2 flashes | the network was not found |
    /// | 3 flashes | the passphrase is wrong |
    /// | 4 flashes | the network gives no address |
    /// | 5 flashes | the server was not found |
    /// | 6 flashes | the server is there but sends no colours |
    #[must_use]
    pub const fn blink(self) -> Blink {
        match self {
            Self::Working => Blink::STEADY,
            Self::Joining => Blink::EVEN,
            Self::NetworkNotFound => Blink::flashes(2),
            Self::WrongPassphrase => Blink::flashes(3),
            Self::NoAddress => Blink::flashes(4),
            Self::ServerNotFound => Blink::flashes(5),
            Self::Failing => Blink::flashes(6),
        }
    }
}

/// A pattern of light and dark that repeats: `count` times on and off, then a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blink {
    /// How often the LED is lit in one round.
    pub count: u8,
    /// How long it is lit each time.
    pub on: Duration,
    /// How long it is dark behind each time.
    pub off: Duration,
    /// How much longer it is dark behind the last time.
    pub pause: Duration,
}

impl Blink {
    /// Always on. It has a round too, so that whoever shows it looks now and then for something else to show.
    pub const STEADY: Self =
        Self { count: 1, on: Duration::from_millis(500), off: Duration::ZERO, pause: Duration::ZERO };

    /// Half a second on, half a second off.
    pub const EVEN: Self =
        Self { count: 1, on: Duration::from_millis(500), off: Duration::from_millis(500), pause: Duration::ZERO };

    /// So many flashes that can be counted, and a pause.
    #[must_use]
    pub const fn flashes(count: u8) -> Self {
        Self {
            count,
            on: Duration::from_millis(150),
            off: Duration::from_millis(250),
            pause: Duration::from_millis(1250),
        }
    }

    /// How long one round takes.
    #[must_use]
    pub fn round(&self) -> Duration {
        (self.on + self.off) * u32::from(self.count) + self.pause
    }

    /// One round as steps: lit or dark, and for how long.
    pub fn phases(&self) -> impl Iterator<Item = (bool, Duration)> + use<> {
        let Self { count, on, off, pause } = *self;
        (0..count)
            .flat_map(move |flash| {
                let dark = if flash + 1 == count { off + pause } else { off };
                [(true, on), (false, dark)]
            })
            .filter(|(_, span)| !span.is_zero())
    }
}
