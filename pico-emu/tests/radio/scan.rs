//! Scans, as the driver reports them.

use cyw43::{ScanOptions, ScanType};
use embassy_time::{Duration, Instant};

use crate::air::{Air, bssid};
use crate::board::{Radio, with_radio};

fn networks() -> Air {
    Air::with(&[
        ("Home", Some("correct horse"), 6, -47),
        ("Cafe", None, 1, -60),
        ("Home", Some("correct horse"), 6, -71),
        ("", None, 13, -88),
        ("A name of thirty-two characters!", Some("password"), 11, -90),
    ])
}

/// What the driver hears: address, name, channel, signal in dBm, whether it is secured.
async fn heard(radio: &mut Radio<'_>, options: ScanOptions) -> Vec<([u8; 6], String, u16, i16, bool)> {
    let mut scanner = radio.control.scan(options).await;
    let mut heard = Vec::new();
    while let Some(network) = scanner.next().await {
        let ssid = String::from_utf8_lossy(&network.ssid[..usize::from(network.ssid_len)]).into_owned();
        let (channel, capability, rssi) = (network.chanspec & 0xff, network.capability, network.rssi);
        assert_eq!(u16::from(network.ctl_ch), channel);
        heard.push((network.bssid, ssid, channel, rssi, capability & 0x10 != 0));
    }
    heard
}

#[test]
fn every_network_is_heard_channel_by_channel() {
    with_radio(networks(), async |mut radio| {
        let heard = heard(&mut radio, ScanOptions::default()).await;
        let wanted = [
            (bssid(2), "Cafe", 1, -60, false),
            (bssid(1), "Home", 6, -47, true),
            (bssid(3), "Home", 6, -71, true),
            (bssid(5), "A name of thirty-two characters!", 11, -90, true),
            (bssid(4), "", 13, -88, false),
        ];
        let wanted = wanted.map(|(bssid, ssid, channel, rssi, secure)| (bssid, ssid.to_owned(), channel, rssi, secure));
        assert_eq!(heard, wanted);
    });
}

#[test]
fn a_scan_can_look_for_a_name_or_an_address() {
    with_radio(networks(), async |mut radio| {
        let mut options = ScanOptions::default();
        options.ssid = Some("Home".try_into().unwrap());
        assert_eq!(heard(&mut radio, options.clone()).await.len(), 2);
        options.bssid = Some(bssid(3));
        assert_eq!(heard(&mut radio, options).await.len(), 1);
    });
}

#[test]
fn a_scan_takes_as_long_as_its_channels() {
    with_radio(networks(), async |mut radio| {
        // By default the radio listens for 110 ms on each of 13 channels, or asks for 40 ms on 11 of them.
        for (scan_type, dwell_ms, total_ms) in [
            (ScanType::Passive, None, 13 * 110),
            (ScanType::Active, None, 11 * 40 + 2 * 110),
            (ScanType::Passive, Some(200), 13 * 200),
            (ScanType::Active, Some(20), 11 * 20 + 2 * 110),
        ] {
            let mut options = ScanOptions::default();
            options.scan_type = scan_type;
            options.dwell_time = dwell_ms.map(Duration::from_millis);
            let start = Instant::now();
            assert_eq!(heard(&mut radio, options).await.len(), 5);
            let took_ms = start.elapsed().as_millis();
            assert!((total_ms..total_ms + 5).contains(&took_ms), "{took_ms} ms instead of {total_ms}");
        }
    });
}

#[test]
fn an_empty_air_is_an_empty_list() {
    with_radio(Air::default(), async |mut radio| {
        assert_eq!(heard(&mut radio, ScanOptions::default()).await, []);
    });
}

#[test]
fn a_join_ends_a_scan() {
    with_radio(networks(), async |mut radio| {
        drop(radio.control.scan(ScanOptions::default()).await);
        radio.control.join("Cafe", cyw43::JoinOptions::new_open()).await.unwrap();
        assert_eq!(heard(&mut radio, ScanOptions::default()).await.len(), 5);
    });
}
