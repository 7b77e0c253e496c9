//! Events by number.

pub(crate) const SET_SSID: u32 = 0;
pub(crate) const JOIN: u32 = 1;
pub(crate) const AUTH: u32 = 3;
pub(crate) const AUTH_IND: u32 = 4;
pub(crate) const DEAUTH_IND: u32 = 6;
pub(crate) const ASSOC: u32 = 7;
pub(crate) const ASSOC_IND: u32 = 8;
pub(crate) const REASSOC_IND: u32 = 10;
pub(crate) const DISASSOC: u32 = 11;
pub(crate) const DISASSOC_IND: u32 = 12;
pub(crate) const LINK: u32 = 16;
pub(crate) const PSK_SUP: u32 = 46;
pub(crate) const ESCAN_RESULT: u32 = 69;
pub(crate) const ASSOC_REQ_IE: u32 = 87;
pub(crate) const ASSOC_RESP_IE: u32 = 88;
