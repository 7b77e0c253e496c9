//! What a device says of itself (USB 2.0, 9.6; Class Definitions for Communications Devices 1.2).

use super::error::HostError;

const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;
const CLASS_COMMUNICATIONS: u8 = 0x02;
const SUBCLASS_ACM: u8 = 0x02;
const CLASS_DATA: u8 = 0x0a;
const TRANSFER_TYPE: u8 = 0b11;
const BULK: u8 = 2;
const INTERRUPT: u8 = 3;
const IN: u8 = 0x80;
/// What fits into a bulk or interrupt packet (USB 2.0, 5.7.3 and 5.8.3).
const MAX_PACKET: usize = 64;

/// The length of a device descriptor, and of the beginning of a configuration, which tells the length of the rest.
pub(super) const DEVICE_LEN: u16 = 18;
pub(super) const CONFIGURATION_LEN: u16 = 9;

/// The device descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeviceDescriptor {
    pub(super) vendor_id: u16,
    pub(super) product_id: u16,
    /// The numbers of the strings of manufacturer, product and serial number; 0 if there is none.
    pub(super) strings: [u8; 3],
}

impl DeviceDescriptor {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, HostError> {
        match bytes {
            [18, DEVICE, _, _, _, _, _, _, v0, v1, p0, p1, _, _, manufacturer, product, serial, _] => Ok(Self {
                vendor_id: u16::from_le_bytes([*v0, *v1]),
                product_id: u16::from_le_bytes([*p0, *p1]),
                strings: [*manufacturer, *product, *serial],
            }),
            _ => Err(HostError::Descriptor("device")),
        }
    }

    /// The size of endpoint 0's packets, which the first 8 bytes tell.
    pub(super) fn max_packet(head: &[u8]) -> Result<usize, HostError> {
        match head {
            [18, DEVICE, .., max_packet @ (8 | 16 | 32 | 64)] if head.len() == 8 => Ok(usize::from(*max_packet)),
            _ => Err(HostError::Descriptor("device")),
        }
    }
}

/// The length of all that belongs to a configuration, from its first bytes.
pub(super) fn configuration_len(head: &[u8]) -> Result<u16, HostError> {
    match head {
        [9, CONFIGURATION, len0, len1, ..] => Ok(u16::from_le_bytes([*len0, *len1])),
        _ => Err(HostError::Descriptor("configuration")),
    }
}

/// The text of a string descriptor.
pub(super) fn string(bytes: &[u8]) -> Option<String> {
    let units = units(bytes)?;
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// The first language of the string descriptor 0.
pub(super) fn first_language(bytes: &[u8]) -> Option<u16> {
    units(bytes)?.next()
}

fn units(bytes: &[u8]) -> Option<impl Iterator<Item = u16>> {
    let [len, STRING, ..] = *bytes else { return None };
    let content = bytes.get(2..usize::from(len))?;
    Some(content.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])))
}

/// An endpoint of the serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndpointDescriptor {
    pub(super) number: u8,
    pub(super) max_packet: usize,
    /// How often an interrupt endpoint is to be polled, in frames.
    pub(super) interval: u8,
}

/// The interfaces of a CDC-ACM function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SerialInterface {
    pub(super) configuration: u8,
    /// The number of the interface that takes the requests.
    pub(super) interface: u8,
    pub(super) bulk_in: EndpointDescriptor,
    pub(super) bulk_out: EndpointDescriptor,
    pub(super) notifications: Option<EndpointDescriptor>,
}

impl SerialInterface {
    /// Finds the first one in a configuration.
    pub(super) fn find(configuration: &[u8]) -> Result<Self, HostError> {
        const BROKEN: HostError = HostError::Descriptor("configuration");
        let [_, _, _, _, _, value, ..] = *configuration else { return Err(BROKEN) };
        let (mut class, mut control, mut bulk_in, mut bulk_out, mut notifications) = (0, None, None, None, None);
        let mut rest = configuration;
        while let [len, kind, ..] = *rest {
            let descriptor = rest.get(..usize::from(len)).filter(|_| len >= 2).ok_or(BROKEN)?;
            rest = &rest[usize::from(len)..];
            match (kind, descriptor) {
                (INTERFACE, [_, _, number, _, _, interface_class, subclass, ..]) => {
                    class = *interface_class;
                    if (class, *subclass) == (CLASS_COMMUNICATIONS, SUBCLASS_ACM) && control.is_none() {
                        control = Some(*number);
                    }
                }
                (ENDPOINT, [_, _, address, attributes, max0, max1, interval, ..]) => {
                    let endpoint = EndpointDescriptor {
                        number: address & 0xf,
                        max_packet: usize::from(u16::from_le_bytes([*max0, *max1]) & 0x7ff),
                        interval: *interval,
                    };
                    let found = match (class, attributes & TRANSFER_TYPE, address & IN != 0) {
                        _ if control.is_none() => continue,
                        (CLASS_DATA, BULK, true) => &mut bulk_in,
                        (CLASS_DATA, BULK, false) => &mut bulk_out,
                        (CLASS_COMMUNICATIONS, INTERRUPT, true) => &mut notifications,
                        _ => continue,
                    };
                    if !(1..=MAX_PACKET).contains(&endpoint.max_packet) {
                        return Err(BROKEN);
                    }
                    found.get_or_insert(endpoint);
                }
                (INTERFACE | ENDPOINT, _) => return Err(BROKEN),
                _ => {}
            }
        }
        match (control, bulk_in, bulk_out) {
            (Some(interface), Some(bulk_in), Some(bulk_out)) => {
                Ok(Self { configuration: value, interface, bulk_in, bulk_out, notifications })
            }
            _ => Err(HostError::NotSerial),
        }
    }
}
