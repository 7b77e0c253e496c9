//! What encoding and decoding one reply cost, next to what people would otherwise write: the standard library, nom,
//! atoi, itoa and lexical-core.
//!
//! Criterion shows each candidate's distribution. The closing table judges the targets, from rounds of its own: each
//! round times every candidate in turn, so that a noisy machine disturbs all of them alike.

use std::env;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use criterion::Criterion;
use rgb_proto::{Reply, Rgb};

/// Enough that no branch predictor learns the sequence by heart.
const COLORS: usize = 4096;

/// Rounds of the table; each times [`COLORS`] operations of every candidate.
const ROUNDS: usize = 2000;

/// Room for every reply.
type Buffer = [u8; 16];

fn main() {
    let colors = colors();
    let replies: Vec<Reply> = colors.iter().map(|color| color.encode()).collect();
    let replies: Vec<&[u8]> = replies.iter().map(Reply::as_bytes).collect();
    let buffers: Vec<Buffer> =
        replies.iter().map(|reply| std::array::from_fn(|i| *reply.get(i).unwrap_or(&0))).collect();
    let inputs = Inputs { colors: &colors, replies: &replies, buffers: &buffers };

    let groups = [
        Group {
            name: "decode",
            candidates: vec![
                inputs.floor(),
                inputs.decoder(Role::Ours, "Rgb::decode", |reply| Rgb::decode(reply).ok()),
                inputs.decoder(Role::Std, "split + parse", decode_with_std),
                inputs.decoder(Role::Crate, "nom", decode_with_nom),
                inputs.decoder(Role::Crate, "atoi", decode_with_atoi),
                inputs.decoder(Role::Crate, "lexical-core", decode_with_lexical),
            ],
            std_target: 8.0,
            crate_target: 2.2,
        },
        Group {
            name: "encode",
            candidates: vec![
                inputs.floor(),
                inputs.owned_encoder(),
                inputs.encoder(Role::Also, "Rgb::encode_into", |color, buffer| color.encode_into(buffer).unwrap_or(0)),
                inputs.encoder(Role::Std, "write!", encode_with_std),
                inputs.encoder(Role::Crate, "itoa", encode_with_itoa),
                inputs.encoder(Role::Crate, "lexical-core", encode_with_lexical),
            ],
            std_target: 25.0,
            crate_target: 1.8,
        },
    ];

    let mut criterion = Criterion::default().configure_from_args();
    for group in &groups {
        group.run_criterion(&mut criterion);
    }
    criterion.final_summary();

    // What `cargo bench` passes, unless it only lists or tests.
    let timed = env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    if timed {
        println!("\nns an operation: the median of {ROUNDS} interleaved rounds over {COLORS} random colours");
        for group in &groups {
            group.print_table();
        }
    }
}

/// The colours that every candidate works on: the same in every run, by the generator `SplitMix64`.
fn colors() -> Vec<Rgb> {
    let mut state = 0u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [r, g, b, ..] = (mixed ^ mixed >> 31).to_le_bytes();
        Rgb::new(r, g, b)
    };
    (0..COLORS).map(|_| next()).collect()
}

fn decode_with_std(reply: &[u8]) -> Option<Rgb> {
    let mut numbers = std::str::from_utf8(reply).ok()?.split(',');
    let mut number = || numbers.next()?.parse().ok();
    let color = Rgb::new(number()?, number()?, number()?);
    numbers.next().is_none().then_some(color)
}

fn decode_with_nom(reply: &[u8]) -> Option<Rgb> {
    use nom::Parser;
    use nom::character::complete::{char, u8};
    use nom::combinator::all_consuming;
    use nom::sequence::preceded;

    // The unit error is nom's cheapest.
    let comma = || char::<_, ()>(',');
    let (_, (r, g, b)) = all_consuming((u8, preceded(comma(), u8), preceded(comma(), u8))).parse(reply).ok()?;
    Some(Rgb::new(r, g, b))
}

fn decode_with_atoi(reply: &[u8]) -> Option<Rgb> {
    decode_with_prefix_parser(reply, |bytes| match atoi::FromRadix10Checked::from_radix_10_checked(bytes) {
        (Some(value), used) if used > 0 => Some((value, used)),
        _ => None,
    })
}

fn decode_with_lexical(reply: &[u8]) -> Option<Rgb> {
    decode_with_prefix_parser(reply, |bytes| lexical_core::parse_partial(bytes).ok())
}

/// Decodes with a parser that returns the number at the front and how many bytes it took.
#[inline(always)]
fn decode_with_prefix_parser(reply: &[u8], number: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Option<Rgb> {
    let (r, used) = number(reply)?;
    let rest = reply[used..].strip_prefix(b",")?;
    let (g, used) = number(rest)?;
    let rest = rest[used..].strip_prefix(b",")?;
    let (b, used) = number(rest)?;
    (used == rest.len()).then_some(Rgb::new(r, g, b))
}

fn encode_with_std(Rgb { r, g, b }: Rgb, buffer: &mut Buffer) -> usize {
    let mut free = &mut buffer[..];
    match write!(free, "{r},{g},{b}") {
        Ok(()) => size_of::<Buffer>() - free.len(),
        Err(_) => 0,
    }
}

fn encode_with_itoa(Rgb { r, g, b }: Rgb, buffer: &mut Buffer) -> usize {
    encode_with_writer([r, g, b], buffer, |value, free| {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(value).as_bytes();
        free[..digits.len()].copy_from_slice(digits);
        digits.len()
    })
}

fn encode_with_lexical(Rgb { r, g, b }: Rgb, buffer: &mut Buffer) -> usize {
    encode_with_writer([r, g, b], buffer, |value, free| lexical_core::write(value, free).len())
}

/// Encodes with a function that writes a number to the front of a slice and returns how many bytes it took.
#[inline(always)]
fn encode_with_writer([r, g, b]: [u8; 3], buffer: &mut Buffer, number: impl Fn(u8, &mut [u8]) -> usize) -> usize {
    let mut len = number(r, buffer);
    buffer[len] = b',';
    len += 1;
    len += number(g, &mut buffer[len..]);
    buffer[len] = b',';
    len += 1;
    len + number(b, &mut buffer[len..])
}

/// What a candidate is compared as.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// What the harness costs by itself.
    Floor,
    /// What the ratios and the targets are about.
    Ours,
    /// Another way into the same code.
    Also,
    /// The standard library's way.
    Std,
    /// Another crate's way.
    Crate,
}

/// One way to do a group's job.
struct Candidate<'a> {
    role: Role,
    name: &'static str,
    /// Does so many operations, over the inputs in their order, again and again.
    run: Box<dyn Fn(usize) + 'a>,
}

impl<'a> Candidate<'a> {
    fn new<T: Copy>(role: Role, name: &'static str, inputs: &'a [T], operation: impl Fn(T) + 'a) -> Self {
        let run = move |mut operations| {
            while operations > 0 {
                let part = inputs.get(..operations).unwrap_or(inputs);
                // Opaque once a pass: opaque inputs one by one would go through memory, at the cost of some operations.
                for &input in black_box(part) {
                    operation(input);
                }
                operations -= part.len();
            }
        };
        Self { role, name, run: Box::new(run) }
    }

    /// The duration of `operations` operations, in nanoseconds each.
    fn time(&self, operations: usize) -> f64 {
        let start = Instant::now();
        (self.run)(operations);
        start.elapsed().as_secs_f64() * 1e9 / operations as f64
    }
}

/// The same colours in every form that a candidate starts from.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    colors: &'a [Rgb],
    replies: &'a [&'a [u8]],
    buffers: &'a [Buffer],
}

impl<'a> Inputs<'a> {
    /// The harness itself, with 16 bytes going in and out.
    fn floor(self) -> Candidate<'a> {
        Candidate::new(Role::Floor, "floor: copy 16 bytes", self.buffers, |buffer| {
            black_box(buffer);
        })
    }

    /// # Panics
    ///
    /// When `decode` gets a colour wrong.
    fn decoder(self, role: Role, name: &'static str, decode: impl Fn(&[u8]) -> Option<Rgb> + 'a) -> Candidate<'a> {
        for (&reply, &color) in self.replies.iter().zip(self.colors) {
            assert_eq!(decode(reply), Some(color), "{name}");
        }
        assert_eq!(decode(b"1,2,3,4"), None, "{name}");
        Candidate::new(role, name, self.replies, move |reply| {
            if let Some(color) = decode(reply) {
                black_box(color);
            }
        })
    }

    /// # Panics
    ///
    /// When `encode` gets a colour wrong.
    fn encoder(self, role: Role, name: &'static str, encode: impl Fn(Rgb, &mut Buffer) -> usize + 'a) -> Candidate<'a> {
        for &color in self.colors {
            let mut buffer = Buffer::default();
            let len = encode(color, &mut buffer);
            let Rgb { r, g, b } = color;
            assert_eq!(&buffer[..len], format!("{r},{g},{b}").as_bytes(), "{name}");
        }
        Candidate::new(role, name, self.colors, move |color| {
            let mut buffer = Buffer::default();
            let len = encode(color, &mut buffer);
            black_box(&buffer);
            black_box(len);
        })
    }

    /// # Panics
    ///
    /// When `Rgb::encode` gets a colour wrong.
    fn owned_encoder(self) -> Candidate<'a> {
        for &color in self.colors {
            let Rgb { r, g, b } = color;
            assert_eq!(color.encode().as_str(), format!("{r},{g},{b}"));
        }
        Candidate::new(Role::Ours, "Rgb::encode", self.colors, |color: Rgb| {
            black_box(&color.encode());
        })
    }
}

/// The candidates for one job, and how many times faster than the others ours must be on a 64-bit host.
struct Group<'a> {
    name: &'static str,
    candidates: Vec<Candidate<'a>>,
    std_target: f64,
    crate_target: f64,
}

impl Group<'_> {
    fn run_criterion(&self, criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group(self.name);
        for candidate in &self.candidates {
            group.bench_function(candidate.name, |bencher| {
                bencher.iter_custom(|operations| {
                    let start = Instant::now();
                    (candidate.run)(operations as usize);
                    start.elapsed()
                });
            });
        }
        group.finish();
    }

    /// Times every candidate, and prints how many times as long as ours each one takes.
    fn print_table(&self) {
        let mut rounds = vec![Vec::with_capacity(ROUNDS); self.candidates.len()];
        for _ in 0..ROUNDS {
            for (times, candidate) in rounds.iter_mut().zip(&self.candidates) {
                times.push(candidate.time(COLORS));
            }
        }
        let medians: Vec<f64> = rounds.into_iter().map(median).collect();
        let fastest = |role| {
            let of_role = self.candidates.iter().zip(&medians).filter(|(candidate, _)| candidate.role == role);
            of_role.map(|(_, &time)| time).fold(f64::INFINITY, f64::min)
        };
        let ours = fastest(Role::Ours);

        println!("\n{:<22}{:>8}{:>8}", self.name, "ns", "ratio");
        for (candidate, time) in self.candidates.iter().zip(&medians) {
            println!("{:<22}{time:>8.2}{:>8.2}", candidate.name, time / ours);
        }
        let (std_ratio, crate_ratio) = (fastest(Role::Std) / ours, fastest(Role::Crate) / ours);
        let verdict = match std_ratio >= self.std_target && crate_ratio >= self.crate_target {
            _ if cfg!(not(target_pointer_width = "64")) => "not judged: the targets are for 64-bit hosts",
            true => "PASS",
            false => "FAIL",
        };
        println!(
            "{verdict}: {} is {std_ratio:.1} times as fast as the standard library (target {}) and {crate_ratio:.2} \
             times as fast as the fastest crate (target {})",
            self.name, self.std_target, self.crate_target
        );
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
