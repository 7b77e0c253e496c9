//! Decodes a reply: `cargo run -p rgb-proto --example decode -- 12,0,255`

use std::process::ExitCode;

use rgb_proto::Rgb;

fn main() -> ExitCode {
    let reply = std::env::args().nth(1).unwrap_or_else(|| "12,0,255".into());
    match reply.parse::<Rgb>() {
        Ok(Rgb { r, g, b }) => {
            println!("red {r}, green {g}, blue {b}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{reply:?} is not a colour: {error}");
            ExitCode::FAILURE
        }
    }
}
