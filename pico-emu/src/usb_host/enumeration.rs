//! What the host asks a new device, one request after the other, in the order in which Linux does.

use super::control::ControlTransfer;
use super::descriptor::{self, DeviceDescriptor, SerialInterface};
use super::error::{HostError, TransferError};
use super::transaction::{Moment, Transaction};
use crate::rp2040::usb::{Reply, Setup};

/// The address that the device gets.
const ADDRESS: u8 = 1;
/// The size of endpoint 0's packets before the device has told it: of its descriptor no more than the first 8 bytes is
/// asked for.
const FIRST_MAX_PACKET: usize = 64;
const FIRST_REQUEST: Setup = get_descriptor(DEVICE, 0, 8);
/// How long a device may take for its new address. Linux gives it more than the 2 ms of USB 2.0, 9.2.6.3.
const ADDRESS_RECOVERY_NS: u64 = 10_000_000;

const GET_DESCRIPTOR: u8 = 6;
const SET_ADDRESS: u8 = 5;
const SET_CONFIGURATION: u8 = 9;
const SET_LINE_CODING: u8 = 0x20;
const SET_CONTROL_LINE_STATE: u8 = 0x22;
const FROM_DEVICE: u8 = 0x80;
const TO_DEVICE: u8 = 0x00;
/// A class request to an interface.
const TO_INTERFACE: u8 = 0x21;
/// The kinds of descriptors, in the high half of a request's value, above the number of the descriptor.
const DEVICE: u16 = 0x0100;
const CONFIGURATION: u16 = 0x0200;
const STRING: u16 = 0x0300;
/// As long as a string can be.
const STRING_LEN: u16 = 255;
/// DTR and RTS.
const LINE_STATE: u16 = 0b11;
/// 115,200 baud, one stop bit, no parity, 8 bits.
const LINE_CODING: [u8; 7] = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8];

/// What a device told of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The number of its vendor.
    pub vendor_id: u16,
    /// The number that the vendor has given to it.
    pub product_id: u16,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// What it is.
    pub product: Option<String>,
    /// Which one it is.
    pub serial_number: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    MaxPacket,
    Address,
    Device,
    ConfigurationLen,
    Configuration,
    Language,
    String(usize),
    Configure,
    LineCoding,
    LineState,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::MaxPacket => "telling the beginning of its device descriptor",
            Self::Address => "taking an address",
            Self::Device => "telling its device descriptor",
            Self::ConfigurationLen | Self::Configuration => "telling its configuration",
            Self::Language => "telling the languages of its strings",
            Self::String(_) => "telling a string",
            Self::Configure => "being configured",
            Self::LineCoding => "taking a baud rate",
            Self::LineState => "taking DTR and RTS",
        }
    }

    /// Whether a device may refuse it.
    const fn is_optional(self) -> bool {
        matches!(self, Self::Language | Self::String(_) | Self::LineCoding | Self::LineState)
    }
}

/// How far it has come.
#[derive(Clone, Debug)]
pub(super) struct Enumeration {
    step: Step,
    transfer: ControlTransfer,
    address: u8,
    max_packet: usize,
    configuration_len: u16,
    strings: [u8; 3],
    language: u16,
    interface: Option<SerialInterface>,
    info: DeviceInfo,
}

/// What comes next.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    /// The next token.
    Continue,
    /// The device has to be left in peace for so long.
    Pause(u64),
    /// The serial port can be used.
    Done(SerialPort),
}

/// A device that is in use.
#[derive(Clone, Debug)]
pub(super) struct SerialPort {
    pub(super) address: u8,
    pub(super) max_packet: usize,
    pub(super) interface: SerialInterface,
    pub(super) info: DeviceInfo,
}

impl Enumeration {
    /// Of a device that has been reset.
    pub(super) fn new(time_ns: u64) -> Self {
        Self {
            step: Step::MaxPacket,
            transfer: ControlTransfer::read(FIRST_REQUEST, FIRST_MAX_PACKET, time_ns),
            address: 0,
            max_packet: FIRST_MAX_PACKET,
            configuration_len: 0,
            strings: [0; 3],
            language: 0,
            interface: None,
            info: DeviceInfo::default(),
        }
    }

    /// What is to be done next.
    pub(super) fn transaction(&self) -> Transaction<'_> {
        let token = self.transfer.token();
        Transaction { address: self.address, endpoint: 0, token, max_packet: self.max_packet }
    }

    /// When that is to be done.
    pub(super) const fn resumes_ns(&self) -> u64 {
        self.transfer.resumes_ns()
    }

    /// Goes on by the answer.
    pub(super) fn handle(&mut self, reply: Reply, moment: Moment) -> Result<Progress, HostError> {
        let data = match self.transfer.handle(reply, moment) {
            Ok(None) => return Ok(Progress::Continue),
            Ok(Some(data)) => data,
            Err(TransferError::Stalled) if self.step.is_optional() => Vec::new(),
            Err(error) => return Err(HostError::Request { request: self.step.name(), error }),
        };
        let is_new_address = self.step == Step::Address;
        let Some(step) = self.take(&data)? else {
            let interface = self.interface.ok_or(HostError::NotSerial)?;
            let info = std::mem::take(&mut self.info);
            let port = SerialPort { address: self.address, max_packet: self.max_packet, interface, info };
            return Ok(Progress::Done(port));
        };
        self.step = step;
        let pause_ns = if is_new_address { ADDRESS_RECOVERY_NS } else { 0 };
        self.transfer = self.request(moment.now_ns + pause_ns);
        Ok(if is_new_address { Progress::Pause(pause_ns) } else { Progress::Continue })
    }

    /// Takes what was received for a step. Returns the next step, if there is one.
    fn take(&mut self, data: &[u8]) -> Result<Option<Step>, HostError> {
        Ok(Some(match self.step {
            Step::MaxPacket => {
                self.max_packet = DeviceDescriptor::max_packet(data)?;
                Step::Address
            }
            Step::Address => {
                self.address = ADDRESS;
                Step::Device
            }
            Step::Device => {
                let device = DeviceDescriptor::parse(data)?;
                (self.info.vendor_id, self.info.product_id) = (device.vendor_id, device.product_id);
                self.strings = device.strings;
                Step::ConfigurationLen
            }
            Step::ConfigurationLen => {
                self.configuration_len = descriptor::configuration_len(data)?;
                Step::Configuration
            }
            Step::Configuration => {
                self.interface = Some(SerialInterface::find(data)?);
                Step::Language
            }
            Step::Language => match descriptor::first_language(data) {
                Some(language) => {
                    self.language = language;
                    self.string_from(0)
                }
                None => Step::Configure,
            },
            Step::String(which) => {
                let strings = [&mut self.info.manufacturer, &mut self.info.product, &mut self.info.serial_number];
                if let Some(string) = strings.into_iter().nth(which) {
                    *string = descriptor::string(data);
                }
                self.string_from(which + 1)
            }
            Step::Configure => Step::LineCoding,
            Step::LineCoding => Step::LineState,
            Step::LineState => return Ok(None),
        }))
    }

    /// The next string that the device has.
    fn string_from(&self, first: usize) -> Step {
        let next = (first..self.strings.len()).find(|&which| self.strings[which] != 0);
        next.map_or(Step::Configure, Step::String)
    }

    fn request(&self, time_ns: u64) -> ControlTransfer {
        let setup = match self.step {
            Step::MaxPacket => FIRST_REQUEST,
            Step::Address => setup(TO_DEVICE, SET_ADDRESS, u16::from(ADDRESS), 0, 0),
            Step::Device => get_descriptor(DEVICE, 0, descriptor::DEVICE_LEN),
            Step::ConfigurationLen => get_descriptor(CONFIGURATION, 0, descriptor::CONFIGURATION_LEN),
            Step::Configuration => get_descriptor(CONFIGURATION, 0, self.configuration_len),
            Step::Language => get_descriptor(STRING, 0, STRING_LEN),
            Step::String(which) => get_descriptor(STRING | u16::from(self.strings[which]), self.language, STRING_LEN),
            Step::Configure => setup(TO_DEVICE, SET_CONFIGURATION, u16::from(self.configuration()), 0, 0),
            Step::LineCoding => {
                let setup = setup(TO_INTERFACE, SET_LINE_CODING, 0, self.interface(), LINE_CODING.len() as u16);
                return ControlTransfer::write(setup, &LINE_CODING, self.max_packet, time_ns);
            }
            Step::LineState => setup(TO_INTERFACE, SET_CONTROL_LINE_STATE, LINE_STATE, self.interface(), 0),
        };
        ControlTransfer::read(setup, self.max_packet, time_ns)
    }

    fn configuration(&self) -> u8 {
        self.interface.map_or(0, |interface| interface.configuration)
    }

    fn interface(&self) -> u16 {
        self.interface.map_or(0, |interface| u16::from(interface.interface))
    }
}

const fn get_descriptor(kind_and_index: u16, language: u16, len: u16) -> Setup {
    setup(FROM_DEVICE, GET_DESCRIPTOR, kind_and_index, language, len)
}

/// The data of a SETUP packet (USB 2.0, 9.3).
pub(super) const fn setup(kind: u8, request: u8, value: u16, index: u16, len: u16) -> Setup {
    let ([value0, value1], [index0, index1], [len0, len1]) =
        (value.to_le_bytes(), index.to_le_bytes(), len.to_le_bytes());
    [kind, request, value0, value1, index0, index1, len0, len1]
}
