//! Decodes a reply: `cargo run -p rgb-proto --example decode -- 12,0,255`

use rgb_proto::{DecodeError, Rgb};

fn main() -> Result<(), DecodeError> {
    let reply = std::env::args().nth(1).unwrap_or_else(|| "12,0,255".into());
    let color: Rgb = reply.parse()?;
    println!("red {}, green {}, blue {}", color.r, color.g, color.b);
    Ok(())
}
