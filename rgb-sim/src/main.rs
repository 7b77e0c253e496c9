//! The command line of rgb-sim.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
