//! Boards without power, and boards that start anew.

use crate::lab::{Lab, secs};

#[test]
fn a_board_without_power_is_silent_and_forgets() {
    let mut lab = Lab::new(70);
    let (server, client) = lab.working_pair();
    lab.board_mut(client).power_off();
    lab.is_silent(client, 20);
    assert_eq!((lab.address(client), lab.peek(client).color()), (None, None));
    let served = lab.counts(server).served;
    lab.board_mut(client).power_on();
    lab.works(client, secs(30));
    assert!(lab.counts(server).served > served);
    let status = lab.peek(client).status();
    assert_eq!((status.exchanges, status.reset_reason), (3, "power_on"));
}

#[test]
fn a_client_waits_for_its_server_to_come_back() {
    let mut lab = Lab::new(71);
    let (server, client) = lab.working_pair();
    lab.board_mut(server).power_off();
    lab.is_silent(client, 60);
    lab.board_mut(server).power_on();
    lab.works(client, secs(60));
}

#[test]
fn a_new_start_takes_as_long_as_a_first_one() {
    let mut lab = Lab::new(72);
    let (server, client) = lab.working_pair();
    for board in [server, client] {
        lab.board_mut(board).reboot();
    }
    lab.run_until(secs(1), "the addresses are gone", |lab| {
        lab.address(client).is_none() && lab.address(server).is_none()
    });
    lab.works(client, secs(30));
    assert_eq!(lab.peek(client).status().reset_reason, "requested");
    assert_eq!(lab.counts(client).joins, 2);
}
