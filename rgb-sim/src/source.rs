//! Where a server board's colours come from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rgb_proto::{DecodeError, Name, Rgb};

/// A stream of colours. To add a kind of its own, an application writes one type.
///
/// Closures are sources too:
///
/// ```
/// use rgb_sim::{Rgb, Source};
///
/// let mut brightness = 0;
/// let mut ramp = move || {
///     brightness += 1;
///     Rgb::new(brightness, brightness, brightness)
/// };
/// assert_eq!(ramp.next_color(), Rgb::new(1, 1, 1));
/// ```
pub trait Source: Send {
    /// The next colour to send.
    fn next_color(&mut self) -> Rgb;

    /// A fresh stream for the client board of this name alone; `None` when all clients share this one.
    fn stream_for(&self, client: &Name) -> Option<Box<dyn Source>> {
        let _ = client;
        None
    }
}

impl<F: FnMut() -> Rgb + Send> Source for F {
    fn next_color(&mut self) -> Rgb {
        self()
    }
}

impl Source for Box<dyn Source> {
    fn next_color(&mut self) -> Rgb {
        (**self).next_color()
    }

    fn stream_for(&self, client: &Name) -> Option<Box<dyn Source>> {
        (**self).stream_for(client)
    }
}

/// Each component drawn evenly from 0 to 255, as in the tutorial; the same seed gives the same colours on every machine.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    rng: ChaCha8Rng,
}

impl Random {
    /// The colours of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, rng: ChaCha8Rng::seed_from_u64(seed) }
    }
}

impl Source for Random {
    fn next_color(&mut self) -> Rgb {
        let [r, g, b, _] = self.rng.next_u32().to_le_bytes();
        Rgb::new(r, g, b)
    }

    fn stream_for(&self, client: &Name) -> Option<Box<dyn Source>> {
        Some(Box::new(Self { seed: self.seed, rng: named_rng(self.seed, client.as_bytes()) }))
    }
}

/// The generator of one seed and one name, independent of the seed's other names.
pub(crate) fn named_rng(seed: u64, name: &[u8]) -> ChaCha8Rng {
    // FNV-1a: ChaCha's streams are independent whatever their numbers, so the hash needs to be no better.
    let stream = name
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// Once around the colour wheel in 96 steps, at full brightness and saturation, for ever.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    step: u16,
}

impl Sweep {
    /// A sweep that starts at red.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Source for Sweep {
    fn next_color(&mut self) -> Rgb {
        let color = Rgb::on_wheel(self.step);
        self.step = (self.step + 1) % Rgb::WHEEL_STEPS;
        color
    }

    fn stream_for(&self, _client: &Name) -> Option<Box<dyn Source>> {
        Some(Box::new(Self::new()))
    }
}

/// A list of colours, in order and then again from its start; each named client gets the whole list.
#[derive(Clone, Debug)]
pub struct Script {
    colors: Arc<[Rgb]>,
    next: usize,
}

impl Script {
    /// The colours in this order.
    ///
    /// # Errors
    ///
    /// [`EmptyScript`] when there are none.
    pub fn new(colors: impl Into<Arc<[Rgb]>>) -> Result<Self, EmptyScript> {
        let colors = colors.into();
        if colors.is_empty() { Err(EmptyScript) } else { Ok(Self { colors, next: 0 }) }
    }

    /// One colour for ever.
    #[must_use]
    pub fn fixed(color: Rgb) -> Self {
        Self { colors: Arc::new([color]), next: 0 }
    }

    /// The colours of a text file: one `r,g,b` a line; empty lines and lines that start with `#` are left out.
    ///
    /// # Errors
    ///
    /// [`ScriptError`] when the file cannot be read, a line is not a colour, or there is none.
    pub fn from_file(path: &Path) -> Result<Self, ScriptError> {
        let failed = |reason| ScriptError { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| failed(ScriptErrorReason::Read(error)))?;
        let mut colors = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let color = line.parse().map_err(|error| failed(ScriptErrorReason::Line { number: index + 1, error }))?;
            colors.push(color);
        }
        Self::new(colors).map_err(|error| failed(error.into()))
    }
}

impl Source for Script {
    fn next_color(&mut self) -> Rgb {
        let color = self.colors[self.next];
        self.next = (self.next + 1) % self.colors.len();
        color
    }

    fn stream_for(&self, _client: &Name) -> Option<Box<dyn Source>> {
        Some(Box::new(Self { colors: Arc::clone(&self.colors), next: 0 }))
    }
}

/// A script without a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no colour in it; write one r,g,b a line, such as 255,128,0")]
pub struct EmptyScript;

/// A file that is no script of colours.
#[derive(Debug, thiserror::Error)]
#[error("the colour file {}: {reason}", path.display())]
pub struct ScriptError {
    path: PathBuf,
    #[source]
    reason: ScriptErrorReason,
}

#[derive(Debug, thiserror::Error)]
enum ScriptErrorReason {
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    #[error("line {number}: {error}")]
    Line { number: usize, error: DecodeError },
    #[error(transparent)]
    Empty(#[from] EmptyScript),
}

/// A source as the command line names it: `random`, `sweep`, `fixed:R,G,B` or `file:PATH`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourceSpec {
    /// [`Random`].
    #[default]
    Random,
    /// [`Sweep`].
    Sweep,
    /// [`Script::fixed`].
    Fixed(Rgb),
    /// [`Script::from_file`].
    File(PathBuf),
}

impl SourceSpec {
    /// The source itself; `seed` matters to random colours only.
    ///
    /// # Errors
    ///
    /// [`ScriptError`] when a file cannot be used.
    pub fn open(&self, seed: u64) -> Result<Box<dyn Source>, ScriptError> {
        Ok(match self {
            Self::Random => Box::new(Random::new(seed)),
            Self::Sweep => Box::new(Sweep::new()),
            Self::Fixed(color) => Box::new(Script::fixed(*color)),
            Self::File(path) => Box::new(Script::from_file(path)?),
        })
    }
}

/// A text that names no source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceSpecError {
    /// Not one of the four forms.
    #[error("unknown source; use random, sweep, fixed:R,G,B (such as fixed:255,128,0) or file:PATH")]
    Unknown,
    /// `fixed:` with something that is no colour.
    #[error("the colour behind fixed: is wrong: {0}")]
    Color(#[from] DecodeError),
    /// `file:` with nothing behind it.
    #[error("the path behind file: is missing, such as file:colors.txt")]
    NoPath,
}

impl FromStr for SourceSpec {
    type Err = SourceSpecError;

    fn from_str(text: &str) -> Result<Self, SourceSpecError> {
        match text.split_once(':') {
            None if text == "random" => Ok(Self::Random),
            None if text == "sweep" => Ok(Self::Sweep),
            Some(("fixed", color)) => Ok(Self::Fixed(color.parse()?)),
            Some(("file", "")) => Err(SourceSpecError::NoPath),
            Some(("file", path)) => Ok(Self::File(path.into())),
            _ => Err(SourceSpecError::Unknown),
        }
    }
}

impl fmt::Display for SourceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random => f.write_str("random"),
            Self::Sweep => f.write_str("sweep"),
            Self::Fixed(color) => write!(f, "fixed:{color}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// A source with the streams of the clients that gave their names (REQ-4).
pub(crate) struct Streams {
    shared: Box<dyn Source>,
    named: BTreeMap<Name, Box<dyn Source>>,
}

impl Streams {
    /// Names beyond these share one stream: a client that makes names up must not fill the memory.
    const NAMED_MAX: usize = 1024;

    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        Self { shared: source, named: BTreeMap::new() }
    }

    pub(crate) fn next_color(&mut self, client: Option<&Name>) -> Rgb {
        let Some(name) = client else {
            return self.shared.next_color();
        };
        if !self.named.contains_key(name)
            && self.named.len() < Self::NAMED_MAX
            && let Some(stream) = self.shared.stream_for(name)
        {
            self.named.insert(*name, stream);
        }
        match self.named.get_mut(name) {
            Some(stream) => stream.next_color(),
            None => self.shared.next_color(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(source: &mut dyn Source, count: usize) -> Vec<Rgb> {
        (0..count).map(|_| source.next_color()).collect()
    }

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    /// The colours are part of what a seed promises: a change here breaks everybody's recorded runs.
    #[test]
    fn seed_7_gives_these_colours_on_every_machine() {
        let colors = take(&mut Random::new(7), 3);
        assert_eq!(
            colors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["187,67,215", "52,83,101", "58,41,155"]
        );
    }

    #[test]
    fn different_seeds_give_different_colours() {
        assert_ne!(take(&mut Random::new(1), 8), take(&mut Random::new(2), 8));
    }

    // REQ-4
    #[test]
    fn each_name_has_its_own_stream_whatever_the_others_ask() {
        let alone = {
            let mut streams = Streams::new(Box::new(Random::new(1)));
            (0..8).map(|_| streams.next_color(Some(&name("kitchen")))).collect::<Vec<_>>()
        };
        let mut streams = Streams::new(Box::new(Random::new(1)));
        let mut other = Vec::new();
        let together = (0..8)
            .map(|_| {
                other.push(streams.next_color(Some(&name("attic"))));
                streams.next_color(None);
                streams.next_color(Some(&name("kitchen")))
            })
            .collect::<Vec<_>>();
        assert_eq!(together, alone);
        assert_ne!(other, alone);
    }

    #[test]
    fn made_up_names_share_one_stream_beyond_the_limit() {
        let mut streams = Streams::new(Box::new(Sweep::new()));
        for index in 0..Streams::NAMED_MAX + 10 {
            streams.next_color(Some(&name(&format!("n{index}"))));
        }
        assert_eq!(streams.named.len(), Streams::NAMED_MAX);
    }

    #[test]
    fn a_sweep_turns_once_around_the_wheel_and_starts_again() {
        let colors = take(&mut Sweep::new(), usize::from(Rgb::WHEEL_STEPS) + 1);
        assert_eq!(colors[0], Rgb::new(255, 0, 0));
        assert_eq!(colors[32], Rgb::new(0, 255, 0));
        assert_eq!(colors[64], Rgb::new(0, 0, 255));
        assert_eq!(colors[96], colors[0]);
        let mut distinct = colors[..96].to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 96);
    }

    #[test]
    fn a_script_starts_again_behind_its_last_colour() {
        let mut script = Script::new([Rgb::BLACK, Rgb::WHITE]).unwrap();
        assert_eq!(take(&mut script, 3), [Rgb::BLACK, Rgb::WHITE, Rgb::BLACK]);
        assert_eq!(Script::new([]).unwrap_err(), EmptyScript);
    }

    #[test]
    fn the_command_lines_forms_are_read_and_written_alike() {
        for text in ["random", "sweep", "fixed:1,2,3", "file:colors.txt"] {
            assert_eq!(text.parse::<SourceSpec>().unwrap().to_string(), text);
        }
        assert_eq!("rainbow".parse::<SourceSpec>(), Err(SourceSpecError::Unknown));
        assert_eq!("file:".parse::<SourceSpec>(), Err(SourceSpecError::NoPath));
        let error = "fixed:1,2,256".parse::<SourceSpec>().unwrap_err();
        assert_eq!(error.to_string(), "the colour behind fixed: is wrong: the blue number, at byte 4, is above 255");
    }
}
