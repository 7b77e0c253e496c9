//! The firmware's own image on emulated boards, and nothing of it seen but what somebody beside them sees: the text on
//! serial ports, the light of LEDs, the frames in the air, and the flash memory when the power is off.

mod access_point;
mod blink;
mod console;
mod exchange;
mod lab;
mod network;
mod power_cut;
mod radio_missing;
mod repeat;
mod streams;
mod watchdog;

use std::process::ExitCode;

use harness::{FirmwareTest, named_tests};

fn main() -> ExitCode {
    let tests = named_tests![
        FirmwareTest;
        access_point::boards_without_a_router_meet_on_a_board_that_is_the_access_point,
        console::a_board_gets_its_settings_from_a_file_of_provision,
        console::an_erased_board_gets_new_settings_at_its_console,
        exchange::a_client_shows_what_a_server_sends_over_radio_dhcp_arp_and_tcp,
        exchange::boards_of_both_roles_serve_and_ask_each_other,
        network::a_wrong_passphrase_is_said_in_words_and_blinked,
        network::boards_recover_when_their_access_point_starts_again,
        network::a_server_with_a_new_address_is_found_again_by_its_name,
        power_cut::a_save_that_loses_power_leaves_the_settings_of_before_or_after,
        radio_missing::a_board_without_a_radio_says_so_and_blinks_seven_times,
        repeat::a_board_that_is_run_in_steps_does_the_same,
        repeat::one_seed_gives_one_trace_and_another_seed_another,
        streams::four_named_clients_get_streams_of_their_own,
        watchdog::a_task_that_hangs_is_bitten_and_the_board_works_again,
    ];
    harness::run_tests([], tests)
}
