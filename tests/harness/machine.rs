//! Machines of a test's own: what they say to each other reaches nobody else.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use crate::{Process, Simulator, rgb_sim};

/// A machine with a network of its own: network and mount namespaces of Linux. Gone when dropped, or when the test ends.
pub struct Machine {
    init: Process,
}

impl Machine {
    /// The addresses of [`pair`](Self::pair), in its order.
    pub const ADDRS: [Ipv4Addr; 2] = [Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 0, 2)];

    /// A machine with a loopback interface and an empty `/run`. Where this system gives none, says so and gives `None`.
    #[must_use]
    pub fn alone() -> Option<Self> {
        let started = Self::start();
        if started.is_none() {
            eprintln!("SKIPPED: this system gives no network of one's own (it needs Linux, root, unshare and ip)");
        }
        started
    }

    /// Two machines with a cable between them.
    ///
    /// # Panics
    ///
    /// When the system gives the machines but no cable.
    #[must_use]
    pub fn pair() -> Option<[Self; 2]> {
        let machines = [Self::alone()?, Self::alone()?];
        let peer = machines[1].init.id();
        machines[0].run(&format!("ip link add net0 type veth peer name net0 netns {peer}"));
        for (machine, addr) in machines.iter().zip(Self::ADDRS) {
            machine.run(&format!("ip addr add {addr}/24 dev net0"));
            machine.run("ip link set net0 up");
        }
        for machine in &machines {
            crate::eventually("the cable is plugged in", || machine.run("ip link show net0").contains("state UP"));
        }
        Some(machines)
    }

    fn start() -> Option<Self> {
        let mut command = Command::new("unshare");
        // It ends with its stdin, and that with the test.
        let script = "mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec cat > /dev/null";
        command.args(["--net", "--mount", "sh", "-c", script]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let machine = Self { init: Process::new(child) };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).ok()?;
        (line == "ready\n").then_some(machine)
    }

    /// A command that runs `command` on this machine.
    #[must_use]
    pub fn command(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.args(["--net", "--mount", "--target", &self.init.id().to_string(), "--"]);
        inside.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }

    /// Starts rgb-sim on this machine, with these arguments, separated by spaces.
    #[must_use]
    pub fn rgb_sim(&self, args: &str) -> Simulator {
        Simulator::spawn(self.command(&rgb_sim(args)))
    }

    /// What a command prints, which must succeed.
    fn run(&self, command: &str) -> String {
        let mut words = command.split(' ');
        let mut run = Command::new(words.next().expect("a command has a name"));
        let output = self.command(run.args(words)).output().expect("nsenter runs where unshare does");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a command prints UTF-8")
    }
}
