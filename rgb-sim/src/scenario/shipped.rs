//! The scenarios that come with this crate.

/// A scenario that comes with this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(Shipped { name: $name, text: include_str!(concat!("../../scenarios/", $name, ".toml")) }),*]
    };
}

/// The scenarios that come with this crate, in the order in which one may want to look at them.
pub const SHIPPED: [Shipped; 18] = shipped![
    "two-boards",
    "living-room",
    "first-join-fails",
    "ap-reboots",
    "walk-away",
    "renumbered-server",
    "server-crashes",
    "wrong-password",
    "dead-link",
    "partition",
    "noisy-link",
    "isolation",
    "two-networks",
    "leases-run-out",
    "soft-ap",
    "fifty-boards",
    "rush-at-power-on",
    "rush-after-outage",
];
