//! Whatever goes wrong, all boards work again when it has passed.

use rgb_sim::world::{JoinFault, LinkRule, NodeId, Placement, RouterConfig};

use crate::lab::{Lab, secs};

/// A small generator (Knuth's constants), so that each seed makes other troubles.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Makes some trouble; how to end it.
fn make_trouble(lab: &mut Lab, boards: &[NodeId], dice: &mut Dice) -> Box<dyn FnOnce(&mut Lab)> {
    let (one, other) = (boards[dice.roll(boards.len())], boards[dice.roll(boards.len())]);
    let (access_point, router) = (lab.access_point, lab.router);
    let air = lab.world.air_mut();
    match dice.roll(13) {
        0 => {
            air.access_point_down(access_point);
            Box::new(move |lab| lab.world.air_mut().access_point_up(access_point))
        }
        1 => {
            air.kill_link(one);
            Box::new(|_| ())
        }
        2 => {
            air.deauthenticate(one);
            Box::new(|_| ())
        }
        3 => {
            air.place(one, Placement { position_m: 3000.0 });
            Box::new(move |lab| lab.world.air_mut().place(one, Placement { position_m: 2.0 }))
        }
        4 => {
            air.partition(one, other);
            Box::new(move |lab| lab.world.air_mut().repair(one, other))
        }
        5 => {
            air.hold(one);
            Box::new(move |lab| lab.world.air_mut().release(one))
        }
        6 => {
            air.set_isolation(access_point, true);
            Box::new(move |lab| lab.world.air_mut().set_isolation(access_point, false))
        }
        7 => {
            let rule = LinkRule { loss: 0.5, jitter: secs(1), duplicate: 0.5, corrupt: 0.2, ..Default::default() };
            let id = air.add_link_rule(one, rule);
            Box::new(move |lab| lab.world.air_mut().remove_link_rule(one, id))
        }
        8 => {
            air.add_join_fault(one, JoinFault::Hang);
            air.deauthenticate(one);
            Box::new(|_| ())
        }
        9 => {
            air.partition(router, one);
            Box::new(move |lab| lab.world.air_mut().repair(router, one))
        }
        10 => {
            lab.router_mut().forget_leases();
            Box::new(|_| ())
        }
        11 => {
            lab.board_mut(one).reboot();
            Box::new(|_| ())
        }
        _ => {
            lab.board_mut(one).power_off();
            Box::new(move |lab| lab.board_mut(one).power_on())
        }
    }
}

fn live_through(seed: u64) {
    // A board that only serves learns of a link that died before its gateway had answered a probe (STA-8) by its lease, which
    // cannot be renewed.
    let mut lab = Lab::with_router(seed, RouterConfig { lease_time: secs(120), ..Default::default() });
    let boards = [("server", "one"), ("both", "two"), ("client", "three"), ("client", "four")]
        .map(|(role, name)| lab.board(&[("role", role), ("name", name)]));
    let clients = &boards[1..];
    for client in clients {
        lab.works(*client, secs(60));
    }
    let mut dice = Dice(seed);
    for _ in 0..3 {
        let troubles: Vec<_> = (0..1 + dice.roll(3)).map(|_| make_trouble(&mut lab, &boards, &mut dice)).collect();
        lab.run(dice.roll(40) as u64);
        for end in troubles {
            end(&mut lab);
        }
        lab.run(dice.roll(40) as u64);
    }
    // The silence of a dead link is found out by 10 exchanges, 40 after some that did not help (STA-5).
    for client in clients {
        lab.works(*client, secs(400));
    }
}

#[test]
fn after_every_trouble_all_boards_work_again() {
    for seed in 0..20 {
        live_through(seed);
    }
}
