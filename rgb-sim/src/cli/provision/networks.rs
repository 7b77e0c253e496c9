//! `--ssid` and the passphrase options behind it: they belong together by their order, which clap's derive cannot say.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use rgb_proto::settings::NETWORKS_MAX;

const SSID: &str = "ssid";
const FILE: &str = "passphrase-file";
const VARIABLE: &str = "passphrase-env";
const OPEN: &str = "open";

/// Options that do not make networks.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkArgsError {
    #[error("a passphrase belongs to the --{SSID} before it; put --{SSID} before --{FILE}, --{VARIABLE} or --{OPEN}")]
    BeforeSsid,
    #[error("{ssid:?} has more than one of --{FILE}, --{VARIABLE} and --{OPEN}; give one behind each --{SSID}")]
    Twice { ssid: String },
    #[error("--{SSID} is given {count} times, and a board knows {NETWORKS_MAX} networks; leave some out")]
    TooMany { count: usize },
}

/// What was given, in its order.
#[derive(Clone, Debug)]
pub(crate) struct NetworkArgs(Vec<Given>);

#[derive(Clone, Debug)]
enum Given {
    Ssid(String),
    Passphrase(PassphraseArg),
}

/// One `--ssid`, with what was given behind it.
#[derive(Clone, Debug)]
pub(super) struct NetworkArg {
    pub(super) ssid: String,
    pub(super) passphrase: PassphraseArg,
}

/// Where a network's passphrase comes from.
#[derive(Clone, Debug)]
pub(super) enum PassphraseArg {
    /// From a person at a terminal.
    Prompt,
    /// From the first line of a file.
    File(PathBuf),
    /// From an environment variable.
    Variable(OsString),
    /// From nowhere: the network has none.
    Open,
}

impl NetworkArgs {
    /// The networks, in order of preference: each passphrase option belongs to the `--ssid` before it.
    pub(super) fn networks(&self) -> Result<Vec<NetworkArg>, NetworkArgsError> {
        let mut networks = Vec::<NetworkArg>::new();
        for given in self.0.iter().cloned() {
            match (given, networks.last_mut()) {
                (Given::Ssid(ssid), _) => networks.push(NetworkArg { ssid, passphrase: PassphraseArg::Prompt }),
                (Given::Passphrase(_), None) => return Err(NetworkArgsError::BeforeSsid),
                (Given::Passphrase(passphrase), Some(network)) => match network.passphrase {
                    PassphraseArg::Prompt => network.passphrase = passphrase,
                    _ => return Err(NetworkArgsError::Twice { ssid: network.ssid.clone() }),
                },
            }
        }
        match networks.len() {
            ..=NETWORKS_MAX => Ok(networks),
            count => Err(NetworkArgsError::TooMany { count }),
        }
    }
}

impl Args for NetworkArgs {
    fn augment_args(command: Command) -> Command {
        let argument = |name| Arg::new(name).long(name).action(ArgAction::Append);
        command.args([
            argument(SSID)
                .value_name("NAME")
                .help("The WiFi network, of 2.4 GHz; up to four times, the preferred one first"),
            argument(FILE)
                .value_name("F")
                .value_parser(value_parser!(PathBuf))
                .help("Take the passphrase of the network before it from the first line of a file"),
            argument(VARIABLE)
                .value_name("VAR")
                .value_parser(value_parser!(OsString))
                .help("Take the passphrase of the network before it from an environment variable"),
            // With a value that nobody gives, because clap counts no places of options without.
            argument(OPEN)
                .num_args(0)
                .default_missing_value("")
                .help("The network before it has no passphrase; without any of the three, a prompt asks for it"),
        ])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for NetworkArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let passphrase = Given::Passphrase;
        let mut given = [
            places(matches, SSID, Given::Ssid),
            places(matches, FILE, |path| passphrase(PassphraseArg::File(path))),
            places(matches, VARIABLE, |name| passphrase(PassphraseArg::Variable(name))),
            places(matches, OPEN, |_: String| passphrase(PassphraseArg::Open)),
        ]
        .concat();
        given.sort_by_key(|(place, _)| *place);
        Ok(Self(given.into_iter().map(|(_, given)| given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// An argument's values, each with its place on the command line.
fn places<T>(matches: &ArgMatches, name: &str, make: impl Fn(T) -> Given) -> Vec<(usize, Given)>
where
    T: Clone + Send + Sync + 'static,
{
    let values = matches.get_many(name).into_iter().flatten().cloned().map(make);
    matches.indices_of(name).into_iter().flatten().zip(values).collect()
}

/// What many would try, and what does not exist: whoever does is told why.
const PASSPHRASE: &str = "--passphrase";

/// Adds to an error of the command line what helps against it here.
pub(crate) fn with_advice(mut error: clap::Error) -> clap::Error {
    let is_passphrase = |value: &ContextValue| matches!(value, ContextValue::String(name) if name == PASSPHRASE);
    // Other commands have no passphrases at all.
    let is_here = error.get(ContextKind::Usage).is_some_and(|usage| usage.to_string().contains("provision"));
    if is_here && error.get(ContextKind::InvalidArg).is_some_and(is_passphrase) {
        let advice = format!(
            "other programs on this machine can read command lines, and shells keep them; use --{FILE}, --{VARIABLE} or \
             the prompt"
        );
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![advice.into()]));
    }
    error
}
