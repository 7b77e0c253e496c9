//! The value on the wire: one colour, three components.

use core::fmt;
use core::str::FromStr;

use crate::codec::{self, BufferTooSmall, DecodeError, Mode, Reply};

/// A colour: red, green and blue, each from 0 (dark) to 255 (full).
///
/// `Display` and `FromStr` use the wire form, `r,g,b`.
///
/// ```
/// use rgb_proto::Rgb;
///
/// let teal: Rgb = "0,128,128".parse()?;
/// assert_eq!(teal, Rgb::new(0, 128, 128));
/// assert_eq!(teal.to_string(), "0,128,128");
/// # Ok::<(), rgb_proto::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Rgb {
    /// All three components dark.
    pub const BLACK: Self = Self::new(0, 0, 0);
    /// All three components full.
    pub const WHITE: Self = Self::new(255, 255, 255);

    /// The colour of these components.
    #[must_use]
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// The number of colours in one turn of the wheel.
    pub const WHEEL_STEPS: u16 = 96;

    /// A colour of the wheel, at full brightness and saturation: 0 is red, 32 green, 64 blue, and 96 red again.
    #[must_use]
    pub const fn on_wheel(step: u16) -> Self {
        const SECTOR_STEPS: u16 = Rgb::WHEEL_STEPS / 6;
        let step = step % Self::WHEEL_STEPS;
        let rising = (step % SECTOR_STEPS * 255 / SECTOR_STEPS) as u8;
        let falling = 255 - rising;
        match step / SECTOR_STEPS {
            0 => Self::new(255, rising, 0),
            1 => Self::new(falling, 255, 0),
            2 => Self::new(0, 255, rising),
            3 => Self::new(0, falling, 255),
            4 => Self::new(rising, 0, 255),
            _ => Self::new(255, 0, falling),
        }
    }

    /// The reply that carries this colour (REP-1), in a buffer of its own.
    #[inline]
    #[must_use]
    pub fn encode(self) -> Reply {
        codec::encode(self)
    }

    /// Writes the reply that carries this colour to the front of `out` and returns its length, 5 to 11 bytes.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] when `out` is shorter than the reply; nothing is written then.
    pub fn encode_into(self, out: &mut [u8]) -> Result<usize, BufferTooSmall> {
        codec::encode(self).copy_into(out)
    }

    /// The colour that a whole reply carries, by the strict grammar (REP-1 to REP-4).
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the offset, the component and the kind of the first thing wrong.
    #[inline]
    pub fn decode(reply: &[u8]) -> Result<Self, DecodeError> {
        codec::decode(reply, Mode::Strict)
    }

    /// The colour that a whole reply carries, by the lenient grammar (LEN-1 to LEN-4): white space around numbers and
    /// leading zeros are taken as well.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the offset, the component and the kind of the first thing wrong.
    pub fn decode_lenient(reply: &[u8]) -> Result<Self, DecodeError> {
        codec::decode(reply, Mode::Lenient)
    }

    /// One component's value.
    #[must_use]
    pub const fn component(self, component: Component) -> u8 {
        match component {
            Component::Red => self.r,
            Component::Green => self.g,
            Component::Blue => self.b,
        }
    }
}

/// Writes the wire form, `r,g,b`; width and alignment are honoured.
impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.encode().as_str())
    }
}

/// Reads the wire form by the strict grammar.
impl FromStr for Rgb {
    type Err = DecodeError;

    fn from_str(reply: &str) -> Result<Self, DecodeError> {
        Self::decode(reply.as_bytes())
    }
}

impl TryFrom<&[u8]> for Rgb {
    type Error = DecodeError;

    fn try_from(reply: &[u8]) -> Result<Self, DecodeError> {
        Self::decode(reply)
    }
}

impl From<[u8; 3]> for Rgb {
    fn from([r, g, b]: [u8; 3]) -> Self {
        Self { r, g, b }
    }
}

impl From<(u8, u8, u8)> for Rgb {
    fn from((r, g, b): (u8, u8, u8)) -> Self {
        Self { r, g, b }
    }
}

impl From<Rgb> for [u8; 3] {
    fn from(color: Rgb) -> Self {
        [color.r, color.g, color.b]
    }
}

impl From<Rgb> for (u8, u8, u8) {
    fn from(color: Rgb) -> Self {
        (color.r, color.g, color.b)
    }
}

/// One of the three numbers of a colour, in wire order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Component {
    /// The first number.
    Red,
    /// The second number.
    Green,
    /// The third number.
    Blue,
}

impl Component {
    /// All three, in wire order.
    pub const ALL: [Self; 3] = [Self::Red, Self::Green, Self::Blue];

    /// The component's name in lower case: `red`, `green`, `blue`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
