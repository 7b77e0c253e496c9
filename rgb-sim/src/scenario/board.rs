//! Boards.

use std::collections::BTreeMap;
use std::time::Duration;

use rgb_proto::settings::{Settings, SettingsDraft, SettingsError};

use super::Scenario;
use crate::source::SourceSpec;

/// Boards of one kind: `[[board]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardSpec {
    /// The board's name; that of several is followed by a hyphen and a number from 1.
    pub name: String,
    /// How many there are.
    pub count: u16,
    /// Where they stand, in metres along the line on which access points stand too.
    pub distance_m: Spread<f64>,
    /// When they get power.
    pub start: Spread<Duration>,
    /// The colours that they send, where no source of a real board does.
    pub colors: Option<SourceSpec>,
    /// Their settings by field, as [`SettingsDraft`] knows them. A board without a network of its own joins the scenario's
    /// first one.
    pub settings: BTreeMap<String, String>,
}

/// A value for each board of a kind, evenly from one to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread<T> {
    /// The first board's.
    pub first: T,
    /// The last board's.
    pub last: T,
}

/// One board of a scenario.
#[derive(Clone, Debug)]
pub struct BoardPlan {
    /// Its name.
    pub name: String,
    /// The place of its kind among the scenario's `boards`.
    pub kind: usize,
    /// What it is.
    pub settings: Settings,
    /// Where it stands, in metres.
    pub distance_m: f64,
    /// When it gets power.
    pub start: Duration,
    /// The colours that it sends, if its settings do not say.
    pub colors: Option<SourceSpec>,
}

impl Default for BoardSpec {
    /// A server three metres away, from the start on.
    fn default() -> Self {
        Self {
            name: "board".into(),
            count: 1,
            distance_m: Spread::all(3.0),
            start: Spread::all(Duration::ZERO),
            colors: None,
            settings: BTreeMap::new(),
        }
    }
}

impl<T: Copy> Spread<T> {
    /// The same for each.
    #[must_use]
    pub const fn all(value: T) -> Self {
        Self { first: value, last: value }
    }
}

impl BoardSpec {
    /// The names of its boards, in order.
    pub fn names(&self) -> impl Iterator<Item = String> {
        (0..self.count).map(|index| self.name_of(index))
    }

    fn name_of(&self, index: u16) -> String {
        if self.count == 1 { self.name.clone() } else { format!("{}-{}", self.name, index + 1) }
    }

    /// Its boards, or what is wrong with their settings.
    pub(super) fn plans(&self, kind: usize, scenario: &Scenario) -> Result<Vec<BoardPlan>, SettingsError> {
        let mut plans = Vec::with_capacity(self.count.into());
        for index in 0..self.count {
            // One board alone is the first one.
            let share = f64::from(index) / f64::from(self.count.max(2) - 1);
            let name = self.name_of(index);
            let (first, last) = (self.start.first.as_micros() as f64, self.start.last.as_micros() as f64);
            plans.push(BoardPlan {
                settings: self.settings_of(&name, scenario)?,
                name,
                kind,
                distance_m: self.distance_m.first + (self.distance_m.last - self.distance_m.first) * share,
                start: Duration::from_micros((first + (last - first) * share) as u64),
                colors: self.colors.clone(),
            });
        }
        Ok(plans)
    }

    fn settings_of(&self, name: &str, scenario: &Scenario) -> Result<Settings, SettingsError> {
        let mut draft = SettingsDraft::new();
        draft.set("name", name)?;
        for (field, value) in &self.settings {
            draft.set(field, value)?;
        }
        if let (false, Some(network)) = (self.settings.contains_key("ssid"), scenario.networks.first()) {
            draft.set("ssid", network.ssid())?;
            if let (false, Some(passphrase)) =
                (self.settings.contains_key("passphrase"), &network.access_point.passphrase)
            {
                draft.set("passphrase", passphrase)?;
            }
        }
        draft.finish()
    }
}
