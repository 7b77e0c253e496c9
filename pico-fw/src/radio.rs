//! What the firmware needs of a WiFi radio.

pub use rgb_proto::JoinError;
use rgb_proto::settings::Network;

/// A WiFi radio, as a station or as an access point. [`keep_up`](crate::network::keep_up) is its only user and calls one method
/// at a time.
///
/// A future may be dropped before it is done, at a deadline; the radio must take the next call all the same.
#[expect(async_fn_in_trait, reason = "a board has one executor, so no future of a radio needs to be Send")]
pub trait Radio {
    /// Joins this network. Never called while joined: a call of [`leave`](Self::leave) comes before each
    /// join but the first.
    ///
    /// It may take for ever; some drivers do not return from a handshake that failed. The caller gives it a deadline.
    ///
    /// # Errors
    ///
    /// [`JoinError`], as far as the radio says what was wrong.
    async fn join(&mut self, network: &Network) -> Result<(), JoinError>;

    /// Leaves the network, or what is left of a join that failed.
    async fn leave(&mut self);

    /// The strength of the access point's signal, in dBm. Called only while the link is up: some drivers panic otherwise.
    async fn rssi(&mut self) -> Option<i32>;

    /// Becomes the access point of this network, on this channel of the 2.4 GHz band. Called once, instead of all of the
    /// above.
    async fn start_access_point(&mut self, network: &Network, channel: u8);

    /// How many stations are with the access point now.
    fn stations(&mut self) -> u8;
}
