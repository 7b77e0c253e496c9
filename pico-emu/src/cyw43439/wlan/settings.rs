//! What the driver has set.

use std::collections::BTreeMap;

use crate::cyw43439::cdc::Status;

/// The networks' configurations, one for each interface.
pub(super) const INTERFACES: u8 = 2;

/// Settings by interface and name or number. They read back as they were written; what the firmware has in them before that,
/// only the firmware knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    numbered: BTreeMap<(u8, u32), u32>,
    named: BTreeMap<(u8, &'static str), u32>,
    pub(super) country: Option<[u8; 12]>,
    pub(super) networks: [NetworkSettings; INTERFACES as usize],
}

/// What is set for the network of one interface.
#[derive(Clone, Debug, Default)]
pub(super) struct NetworkSettings {
    /// For an access point.
    pub(super) ssid: Option<Vec<u8>>,
    pub(super) passphrase: Option<String>,
}

impl Settings {
    pub(super) fn number(&self, interface: u8, number: u32) -> Option<u32> {
        self.numbered.get(&(interface, number)).copied()
    }

    pub(super) fn set_number(&mut self, interface: u8, number: u32, value: u32) {
        self.numbered.insert((interface, number), value);
    }

    pub(super) fn named(&self, interface: u8, name: &'static str) -> Option<u32> {
        self.named.get(&(interface, name)).copied()
    }

    pub(super) fn set_named(&mut self, interface: u8, name: &'static str, value: u32) {
        self.named.insert((interface, name), value);
    }

    /// # Errors
    ///
    /// There is no such interface.
    pub(super) fn network(&mut self, interface: u8) -> Result<&mut NetworkSettings, Status> {
        self.networks.get_mut(usize::from(interface)).ok_or(Status::BadArgument)
    }
}

/// The regulatory data for each country, which the driver uploads in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Clm {
    #[default]
    Missing,
    Begun,
    Loaded,
}

impl Clm {
    const BEGIN: u16 = 1 << 1;
    const END: u16 = 1 << 2;
    const TYPE: u16 = 2;

    /// Takes a piece: flags, type, length, checksum, data.
    ///
    /// # Errors
    ///
    /// It is none, or does not follow what came before.
    pub(super) fn handle(&mut self, piece: &[u8]) -> Result<(), Status> {
        let Some((&[flag_0, flag_1, type_0, type_1, l0, l1, l2, l3, _, _, _, _], data)) = piece.split_first_chunk()
        else {
            return Err(Status::BufferTooShort);
        };
        let len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let flags = u16::from_le_bytes([flag_0, flag_1]);
        let follows = *self == Self::Begun || flags & Self::BEGIN != 0;
        if u16::from_le_bytes([type_0, type_1]) != Self::TYPE || len == 0 || len > data.len() || !follows {
            *self = Self::Missing;
            return Err(Status::BadArgument);
        }
        *self = if flags & Self::END != 0 { Self::Loaded } else { Self::Begun };
        Ok(())
    }

    /// What the driver is told of the upload: zero when all is well.
    pub(super) const fn status(self) -> u32 {
        match self {
            Self::Loaded => 0,
            Self::Missing | Self::Begun => 1,
        }
    }
}
