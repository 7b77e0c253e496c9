//! Events: what the firmware tells the driver of its own accord, in Ethernet frames of the vendor's type.
//!
//! The layout is that of the vendor's `bcmevent.h`, as cyw43 0.7.0 (`structs.rs`) and the C driver (`cyw43_ll.h`) read it; all
//! numbers are big endian.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum EventType {
    SetSsid = 0,
    Join = 1,
    Auth = 3,
    AuthInd = 4,
    DeauthInd = 6,
    Assoc = 7,
    AssocInd = 8,
    ReassocInd = 10,
    Disassoc = 11,
    DisassocInd = 12,
    Link = 16,
    PskSup = 46,
    EscanResult = 69,
    AssocReqIe = 87,
    AssocRespIe = 88,
}

/// How it went, for all events but [`EventType::PskSup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum EventStatus {
    Success = 0,
    Fail = 1,
    Timeout = 2,
    NoNetworks = 3,
    Abort = 4,
    Partial = 8,
    NewScan = 9,
    NewAssociation = 10,
}

/// Where the key handshake stands: the status of [`EventType::PskSup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum SupplicantState {
    WaitForMessage1 = 4,
    Keyed = 6,
    WaitForMessage3 = 8,
}

/// A link's flag: it is up.
const FLAG_LINK: u16 = 1 << 0;

/// An event about one of the interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) event_type: EventType,
    flags: u16,
    status: u8,
    reason: u16,
    address: [u8; 6],
    interface: u8,
    data: Vec<u8>,
}

impl Event {
    pub(super) const fn new(event_type: EventType, status: EventStatus) -> Self {
        Self { event_type, flags: 0, status: status as u8, reason: 0, address: [0; 6], interface: 0, data: Vec::new() }
    }

    /// A link that comes up.
    pub(super) fn link_up() -> Self {
        Self { flags: FLAG_LINK, ..Self::new(EventType::Link, EventStatus::Success) }
    }

    /// A step of the key handshake, or its end.
    pub(super) fn supplicant(state: SupplicantState) -> Self {
        Self { status: state as u8, ..Self::new(EventType::PskSup, EventStatus::Success) }
    }

    pub(super) fn reason(self, reason: u16) -> Self {
        Self { reason, ..self }
    }

    /// The other side's address.
    pub(super) fn about(self, address: [u8; 6]) -> Self {
        Self { address, ..self }
    }

    pub(super) fn on(self, interface: u8) -> Self {
        Self { interface, ..self }
    }

    pub(super) fn data(self, data: impl Into<Vec<u8>>) -> Self {
        Self { data: data.into(), ..self }
    }

    /// The Ethernet frame, from and to the radio with this address.
    pub(super) fn encode(&self, radio: [u8; 6]) -> Vec<u8> {
        let mut frame = Vec::with_capacity(FRAME_LEN + self.data.len());
        frame.extend(radio);
        // The firmware's side is told apart by the bit for local addresses.
        let [first, rest @ ..] = radio;
        frame.push(first ^ 0x02);
        frame.extend(rest);
        frame.extend(ETHERTYPE.to_be_bytes());

        frame.extend(SUBTYPE_LONG.to_be_bytes());
        frame.extend(((LENGTH_OVERHEAD + MESSAGE_LEN + self.data.len()) as u16).to_be_bytes());
        frame.push(0);
        frame.extend(OUI);
        frame.extend(USER_SUBTYPE_EVENT.to_be_bytes());

        frame.extend(MESSAGE_VERSION.to_be_bytes());
        frame.extend(self.flags.to_be_bytes());
        frame.extend(u32::from(self.event_type as u8).to_be_bytes());
        frame.extend(u32::from(self.status).to_be_bytes());
        frame.extend(u32::from(self.reason).to_be_bytes());
        // Open System, the kind of authentication of WPA2 as well.
        frame.extend(0_u32.to_be_bytes());
        frame.extend((self.data.len() as u32).to_be_bytes());
        frame.extend(self.address);
        let name: &[u8] = if self.interface == 0 { b"wl0" } else { b"wl0.1" };
        let mut padded_name = [0; 16];
        padded_name[..name.len()].copy_from_slice(name);
        frame.extend(padded_name);
        frame.extend([self.interface, self.interface]);
        frame.extend(&self.data);
        frame
    }
}

/// The vendor's Ethernet type and header.
const ETHERTYPE: u16 = 0x886c;
const SUBTYPE_LONG: u16 = 32769;
const OUI: [u8; 3] = [0x00, 0x10, 0x18];
const USER_SUBTYPE_EVENT: u16 = 1;
/// What the header's length counts of the header itself: version, OUI, subtype.
const LENGTH_OVERHEAD: usize = 6;
const MESSAGE_VERSION: u16 = 2;
const MESSAGE_LEN: usize = 48;
const FRAME_LEN: usize = 14 + 10 + MESSAGE_LEN;

/// Which events the driver wants to hear of, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EventMask([u8; Self::LEN]);

impl EventMask {
    /// In bytes.
    const LEN: usize = 24;

    /// Bytes that are not there stand for events that nobody wants.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0)))
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) const fn contains(&self, event_type: EventType) -> bool {
        let number = event_type as usize;
        self.0[number / 8] >> (number % 8) & 1 != 0
    }
}
