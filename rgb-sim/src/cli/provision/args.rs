//! What `provision` takes.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rgb_sim::provision::Chip;

use super::networks::NetworkArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  rgb-sim provision --role server --ssid Home --out kitchen.uf2
      asks for the passphrase, and makes a file for a Pico W
  rgb-sim provision --role client --ssid Home --passphrase-file pw --chip rp2350 --out hall.uf2
      for a Pico 2 W, with the passphrase in the first line of pw
  rgb-sim provision --role both --ssid Home --passphrase-env PW --ssid Cafe --open --out bag.uf2
      two networks, the preferred one first
  rgb-sim provision --show kitchen.uf2
      what is in a file, without passphrases

Then hold the board's BOOTSEL button while you plug in its USB cable, and copy the file to the drive
that appears. The firmware goes the same way, before or after.

Exit status: 0 when the file was written or shown, 2 otherwise.";

/// Values stay as they were typed: what they may be is the decision of the code that the firmware shares.
#[derive(Debug, Args)]
pub(crate) struct ProvisionArgs {
    /// What the board does: server (hands out colours), client (asks for them and shows them) or both
    #[arg(long, value_name = "ROLE", required_unless_present = "show")]
    pub(super) role: Option<String>,
    #[command(flatten)]
    pub(super) networks: NetworkArgs,
    /// Where a client asks: an address or a name [default: the first server that announces itself]
    #[arg(long, value_name = "HOST")]
    pub(super) server: Option<String>,
    /// What the board calls itself, also its host name [default: rgb-server or rgb-client]
    #[arg(long, value_name = "BOARD")]
    pub(super) name: Option<String>,
    /// station (joins a network) or access_point (is one) [default: station]
    #[arg(long, value_name = "KIND")]
    pub(super) wifi: Option<String>,
    /// An access point's channel, 1 to 11 [default: 6]
    #[arg(long, value_name = "N")]
    pub(super) channel: Option<String>,
    /// Whose radio rules hold, such as DE, GB or US [default: XX, those that hold everywhere]
    #[arg(long, value_name = "CC")]
    pub(super) country: Option<String>,
    /// The TCP port, to listen on as well as to ask [default: 80]
    #[arg(long, value_name = "N")]
    pub(super) port: Option<String>,
    /// From the start of one exchange to the start of the next, in milliseconds [default: 200ms]
    #[arg(long, value_name = "TIME")]
    pub(super) interval: Option<String>,
    /// A server's colours: random, potentiometers, buttons, temperature or sweep [default: random]
    #[arg(long, value_name = "SOURCE")]
    pub(super) source: Option<String>,
    /// How the LED is wired: common_cathode or common_anode [default: common_cathode]
    #[arg(long, value_name = "KIND")]
    pub(super) led: Option<String>,
    /// The GPIOs of the LED's red, green and blue [default: 13,14,15]
    #[arg(long, value_name = "A,B,C")]
    pub(super) led_pins: Option<String>,
    /// The GPIOs of the three buttons [default: 10,11,12]
    #[arg(long, value_name = "A,B,C")]
    pub(super) button_pins: Option<String>,
    /// Whether the radio sleeps between exchanges, on or off [default: off]
    #[arg(long, value_name = "SWITCH")]
    pub(super) power_save: Option<String>,
    /// The board's chip: rp2040 is a Pico W, rp2350 a Pico 2 W
    #[arg(long, default_value = Chip::Rp2040.name(), value_parser = chip_parser())]
    pub(super) chip: Chip,
    /// The file to write; settings that it holds already are replaced
    #[arg(long, value_name = "FILE.uf2", required_unless_present = "show")]
    pub(super) out: Option<PathBuf>,
    /// Overwrite the file even if it is something else than settings
    #[arg(long)]
    pub(super) force: bool,
    /// Print the settings in a file, without passphrases, and make none
    #[arg(long, value_name = "FILE.uf2", exclusive = true)]
    pub(super) show: Option<PathBuf>,
}

impl ProvisionArgs {
    /// The values that were given, each with its field's name; networks are not among them.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("role", &self.role),
            ("name", &self.name),
            ("wifi", &self.wifi),
            ("channel", &self.channel),
            ("country", &self.country),
            ("server", &self.server),
            ("port", &self.port),
            ("interval", &self.interval),
            ("source", &self.source),
            ("led", &self.led),
            ("led_pins", &self.led_pins),
            ("button_pins", &self.button_pins),
            ("power_save", &self.power_save),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field, value.as_deref()?)))
    }
}

fn chip_parser() -> impl TypedValueParser<Value = Chip> {
    PossibleValuesParser::new(Chip::ALL.map(Chip::name)).try_map(|name| name.parse::<Chip>())
}
