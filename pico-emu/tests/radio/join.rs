//! Joins, as the driver reports them.

use cyw43::{JoinAuth, JoinError, JoinOptions};
use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use pico_emu::cyw43439::JoinFailure;

use crate::air::Air;
use crate::board::with_radio;

fn wpa2(passphrase: &str) -> JoinOptions<'_> {
    let mut options = JoinOptions::new(passphrase.as_bytes());
    options.auth = JoinAuth::Wpa2;
    options
}

/// Joins the network with the passphrase in an air in which that fails.
fn failure(air: Air, options: impl FnOnce() -> JoinOptions<'static>) -> JoinError {
    with_radio(air, async |mut radio| {
        let error = radio.control.join("Home", options()).await.expect_err("a join that fails");
        radio.world.pass_ms(100).await;
        assert!(!radio.is_link_up());
        error
    })
}

#[test]
fn an_open_network_is_joined() {
    with_radio(Air::of_two(), async |mut radio| {
        radio.control.join("Cafe", JoinOptions::new_open()).await.unwrap();
        radio.world.pass_ms(1).await;
        assert!(radio.is_link_up());
        assert_eq!(radio.world.air(|air| air.joined), Some(0));
        assert_eq!(radio.control.get_rssi().await, -60);
    });
}

#[test]
fn a_secured_network_is_joined() {
    for auth in [JoinAuth::Wpa2, JoinAuth::Wpa2Wpa3] {
        with_radio(Air::of_two(), async |mut radio| {
            let mut options = wpa2("correct horse");
            options.auth = auth;
            radio.control.join("Home", options).await.unwrap();
            radio.world.pass_ms(1).await;
            assert!(radio.is_link_up());
            assert_eq!(radio.world.air(|air| air.joined), Some(1));
            assert_eq!(radio.control.get_rssi().await, -47);
        });
    }
}

#[test]
fn a_wrong_passphrase_is_told_from_a_missing_network() {
    let error = failure(Air::of_two(), || wpa2("incorrect horse"));
    assert!(matches!(error, JoinError::AuthenticationFailure), "{error:?}");
    let error = failure(Air::default(), || wpa2("correct horse"));
    assert!(matches!(error, JoinError::NetworkNotFound), "{error:?}");
}

#[test]
fn a_network_that_is_secured_otherwise_is_not_found() {
    let error = failure(Air::of_two(), JoinOptions::new_open);
    assert!(matches!(error, JoinError::NetworkNotFound), "{error:?}");
}

#[test]
fn an_access_point_that_does_not_answer_or_refuses_is_a_failure() {
    for join_failure in [JoinFailure::NoAnswer, JoinFailure::Refused] {
        let air = Air { join_failure: Some(join_failure), ..Air::of_two() };
        let error = failure(air, JoinOptions::new_open);
        assert!(matches!(error, JoinError::JoinFailure(1)), "{error:?}");
    }
}

/// The driver takes the state in which the handshake stopped for a status that it may ignore.
#[test]
fn a_handshake_that_does_not_begin_leaves_the_driver_waiting() {
    let air = Air { join_failure: Some(JoinFailure::HandshakeTimedOut), ..Air::of_two() };
    with_radio(air, async |mut radio| {
        let join = select(radio.control.join("Home", wpa2("correct horse")), Timer::after_secs(30)).await;
        assert!(matches!(join, Either::Second(())));
        assert!(!radio.is_link_up());
        // The driver gets out of it as any other way.
        radio.control.leave().await;
        radio.world.air(|air| air.join_failure = None);
        radio.control.join("Home", wpa2("correct horse")).await.unwrap();
    });
}

#[test]
fn a_join_of_which_nothing_comes_ends_by_itself() {
    with_radio(Air { is_silent: true, ..Air::of_two() }, async |mut radio| {
        let start = Instant::now();
        let error = radio.control.join("Cafe", JoinOptions::new_open()).await.unwrap_err();
        assert!(matches!(error, JoinError::JoinFailure(1)), "{error:?}");
        // The commands before the join itself take some milliseconds.
        assert!((10_000..10_100).contains(&start.elapsed().as_millis()));
        assert_eq!(radio.world.air(|air| air.leaves), 1);
    });
}

#[test]
fn a_join_that_failed_can_be_tried_again() {
    with_radio(Air::of_two(), async |mut radio| {
        radio.control.join("Home", wpa2("incorrect horse")).await.unwrap_err();
        radio.control.join("Nowhere", wpa2("correct horse")).await.unwrap_err();
        radio.control.join("Home", wpa2("correct horse")).await.unwrap();
        radio.world.pass_ms(1).await;
        assert!(radio.is_link_up());
    });
}

#[test]
fn a_second_join_leaves_the_first_network() {
    with_radio(Air::of_two(), async |mut radio| {
        radio.control.join("Home", wpa2("correct horse")).await.unwrap();
        radio.control.join("Cafe", JoinOptions::new_open()).await.unwrap();
        radio.world.pass_ms(1).await;
        assert!(radio.is_link_up());
        assert_eq!(radio.world.air(|air| air.joined), Some(0));
    });
}

/// The driver ends the program where the radio refuses a command.
#[test]
#[should_panic(expected = "IOCTL error -1")]
fn a_passphrase_of_seven_characters_is_refused() {
    with_radio(Air::of_two(), async |mut radio| radio.control.join("Home", wpa2("7777777")).await).unwrap();
}

#[test]
fn a_passphrase_of_eight_characters_is_taken() {
    with_radio(Air::with(&[("Home", Some("88888888"), 1, -50)]), async |mut radio| {
        radio.control.join("Home", wpa2("88888888")).await.unwrap();
    });
}
