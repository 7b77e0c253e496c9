//! docs
mod address;
mod board;
mod clock;
mod event;
pub mod load;
mod source;
mod stats;
mod transport;

pub use address::{ServerAddr, ServerAddrError};
pub use board::{ClientBoard, ClientBoardConfig, ServerBoard, ServerBoardConfig, StartError};
pub use event::{DecodeDetail, Event, NoticeKind, RequestForm, ServerSummary, Summary};
pub use rgb_proto::{ClientConfig, ErrorKind, Mode, Name, Rgb, ServerConfig};
pub use source::{EmptyScript, Random, Script, ScriptError, Source, SourceSpec, SourceSpecError, Sweep};
pub use stats::{Latency, Tally};
