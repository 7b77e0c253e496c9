//! Where a server board's colours come from.
//!
//! To add a sensor, write one type with one method:
//!
//! ```
//! use pico_fw::source::{SharedSource, Source, Streams};
//! use rgb_proto::Rgb;
//!
//! /// Dark until the soil is dry.
//! struct Soil<R>(R);
//!
//! impl<R: FnMut() -> u16> Source for Soil<R> {
//!     fn next_color(&mut self) -> Rgb {
//!         let dryness = (self.0)().min(4095) >> 4;
//!         Rgb::new(dryness as u8, 0, 0)
//!     }
//! }
//!
//! let mut streams: Streams<_> = Streams::new(Soil(|| 4095));
//! let source = SharedSource::new(&mut streams);
//! assert_eq!(source.next_color(None), Rgb::new(255, 0, 0));
//! ```

mod buttons;
mod potentiometers;
mod random;
mod sweep;
mod temperature;

use core::cell::RefCell;

use rgb_proto::{Name, Rgb};

pub use buttons::Buttons;
pub use potentiometers::{AdcReadings, Potentiometers};
pub use random::Random;
pub use sweep::Sweep;
pub use temperature::{Temperature, millicelsius};

/// A stream of colours. Closures are sources too.
pub trait Source {
    /// The next colour to send.
    fn next_color(&mut self) -> Rgb;

    /// A fresh stream for the client of this name alone (REQ-4); `None` when all clients share this one, as they do a knob.
    fn stream_for(&self, client: &Name) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = client;
        None
    }
}

impl<F: FnMut() -> Rgb> Source for F {
    fn next_color(&mut self) -> Rgb {
        self()
    }
}

/// A source with the streams of the first `N` clients that gave their names; any others share one.
///
/// The number is bounded because a client could make up names without end.
pub struct Streams<S, const N: usize = 16> {
    shared: S,
    named: [Option<(Name, S)>; N],
}

impl<S: Source, const N: usize> Streams<S, N> {
    /// The streams of this source, which is the shared one itself.
    #[must_use]
    pub const fn new(source: S) -> Self {
        Self { shared: source, named: [const { None }; N] }
    }
}

/// Colours for clients with and without a name: what the tasks of a server share, whatever the source.
pub trait Colors {
    /// The next colour for this client.
    fn next_color(&mut self, client: Option<&Name>) -> Rgb;
}

impl<S: Source, const N: usize> Colors for Streams<S, N> {
    fn next_color(&mut self, client: Option<&Name>) -> Rgb {
        let Some(client) = client else {
            return self.shared.next_color();
        };
        for place in &mut self.named {
            match place {
                Some((name, stream)) if name == client => return stream.next_color(),
                Some(_) => {}
                // Places are taken in order, so nobody behind the first free one has this name.
                None => match self.shared.stream_for(client) {
                    Some(stream) => return place.insert((*client, stream)).1.next_color(),
                    None => break,
                },
            }
        }
        self.shared.next_color()
    }
}

/// The one source of a board, shared by all its server tasks, which run on one executor.
pub struct SharedSource<'a>(RefCell<&'a mut dyn Colors>);

impl<'a> SharedSource<'a> {
    /// Shares these colours, which are usually [`Streams`].
    #[must_use]
    pub fn new(colors: &'a mut dyn Colors) -> Self {
        Self(RefCell::new(colors))
    }

    /// The next colour for this client.
    pub fn next_color(&self, client: Option<&Name>) -> Rgb {
        self.0.borrow_mut().next_color(client)
    }
}
