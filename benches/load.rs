//! What `rgb-sim load` costs next to two bare tokio programs that make the same system calls for each exchange and
//! nothing else: fixed bytes, no protocol, no time-outs, no limits, no statistics.
//!
//! Each round loads every candidate in turn, in changing order, so that a noisy machine disturbs all of them alike; what
//! counts are the ratios within a round. The processor time of an exchange tells the same on a machine whose processors
//! are not the bench's alone, where rates depend on what else runs.

use std::env;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rgb_sim::load::{End, Load, LoadConfig, Target};
use rgb_sim::{ClientConfig, Latency, ServerBoardConfig};
use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const CONNECTIONS: [usize; 3] = [1, 16, 256];

/// The least that `rgb-sim load` may reach of what [`per_core`] does.
const TARGET: f64 = 0.92;

/// Rounds of one table row, and how long each candidate runs in one.
const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(200);
/// Enough to see that a candidate works.
const SMOKE_ROUND: Duration = Duration::from_millis(20);

/// The listeners take as many waiting connections as the simulator's own.
const BACKLOG: i32 = 4096;

const REQUEST: &[u8] = b"GET Data";
const REPLY: &[u8] = b"255,128,0";

fn main() {
    // What `cargo bench` passes, unless it only lists or tests.
    let timed = env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    let (rounds, round) = if timed { (ROUNDS, ROUND) } else { (1, SMOKE_ROUND) };
    let cores = thread::available_parallelism().map_or(1, usize::from);

    println!("exchanges a second: the median of {rounds} interleaved rounds of {round:?}, on {cores} cores\n");
    println!("connections  rgb-sim load  per core  work-stealing  to per core           to work-stealing");
    let mut more = Vec::new();
    for connections in CONNECTIONS {
        let row = Row::measure(connections, cores, rounds, round);
        // A smoke run's figures mean nothing.
        let verdict = match row.to_per_core >= TARGET {
            _ if !timed => "",
            true => "PASS",
            false => "FAIL",
        };
        println!(
            "{connections:11}  {:12.0}  {:8.0}  {:13.0}  {:.2} (at least {TARGET}) {verdict:4}  {:.2}",
            row.rates[OURS], row.rates[PER_CORE], row.rates[WORK_STEALING], row.to_per_core, row.to_work_stealing
        );
        more.push((connections, row.busy, row.latency));
    }
    println!("\nprocessor time of an exchange, both ends, in microseconds\n");
    println!("connections  rgb-sim load  per core  work-stealing");
    for (connections, [ours, per_core, work_stealing], _) in &more {
        println!("{connections:11}  {ours:12.1}  {per_core:8.1}  {work_stealing:13.1}");
    }
    println!("\nrgb-sim load's latency in microseconds, last round\n");
    println!("connections     min  median     p90     p99   p99.9     max");
    for (connections, _, latency) in more {
        let Latency { min, median, p90, p99, p999, max } = latency;
        println!("{connections:11}  {min:6}  {median:6}  {p90:6}  {p99:6}  {p999:6}  {max:6}");
    }
}

/// The candidates' places in a row.
const OURS: usize = 0;
const PER_CORE: usize = 1;
const WORK_STEALING: usize = 2;

/// The medians at one number of connections.
struct Row {
    /// Exchanges a second.
    rates: [f64; 3],
    /// Microseconds of processor time an exchange.
    busy: [f64; 3],
    to_per_core: f64,
    to_work_stealing: f64,
    latency: Latency,
}

impl Row {
    fn measure(connections: usize, cores: usize, rounds: usize, round: Duration) -> Self {
        let mut rates = [const { Vec::new() }; 3];
        let mut busy = [const { Vec::new() }; 3];
        let mut last = None;
        for number in 0..rounds {
            for turn in 0..3 {
                let candidate = (number + turn) % 3;
                let busy_before = busy_time();
                let run = match candidate {
                    OURS => {
                        let (run, latency) = simulator(connections, cores, round);
                        last = Some(latency);
                        run
                    }
                    PER_CORE => per_core(connections, cores, round),
                    _ => work_stealing(connections, cores, round),
                };
                rates[candidate].push(run.exchanges as f64 / run.elapsed.as_secs_f64());
                busy[candidate].push((busy_time() - busy_before).as_secs_f64() * 1e6 / run.exchanges as f64);
            }
        }
        let to =
            |other: usize| median(rates[OURS].iter().zip(&rates[other]).map(|(ours, other)| ours / other).collect());
        Self {
            to_per_core: to(PER_CORE),
            to_work_stealing: to(WORK_STEALING),
            rates: rates.map(median),
            busy: busy.map(median),
            latency: last.expect("there is at least one round"),
        }
    }
}

/// What came of one candidate in one round.
struct Run {
    exchanges: u64,
    elapsed: Duration,
}

/// The processor time that this process has used.
#[cfg(unix)]
fn busy_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.try_into().expect("the time used is not negative")
}

#[cfg(not(unix))]
fn busy_time() -> Duration {
    Duration::ZERO
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `rgb-sim load` as its command line sets it up.
fn simulator(connections: usize, cores: usize, duration: Duration) -> (Run, Latency) {
    let load = Load::start(LoadConfig {
        target: Target::Own(ServerBoardConfig::default()),
        connections,
        end: End::Duration(duration),
        client: ClientConfig::default(),
        workers: cores,
        seed: 0,
    })
    .expect("a load on a free port starts");
    let (tally, elapsed, server) = load.wait();
    let served = server.expect("the load has its own server").served;
    assert_eq!((tally.errors(), served), (0, tally.exchanges()), "{connections} connections");
    let latency = tally.latency().expect("there was at least one exchange");
    (Run { exchanges: tally.exchanges(), elapsed }, latency)
}

/// A bare program with a single-threaded runtime for each core, each with its own listener on the shared port and its share of
/// the connections. One connection is alone on one thread: it would only be slower with its two ends apart.
fn per_core(connections: usize, cores: usize, duration: Duration) -> Run {
    let workers = cores.min(connections);
    let listeners = listeners(workers).expect("a free port can be listened on");
    let addr = listeners[0].local_addr().expect("a listener has an address");
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(Barrier::new(workers));
    let started = Instant::now();
    let threads: Vec<_> = listeners
        .into_iter()
        .enumerate()
        .map(|(worker, listener)| {
            let (stop, asked) = (Arc::clone(&stop), Arc::clone(&asked));
            let share = (worker..connections).step_by(workers).count();
            thread::spawn(move || {
                let runtime = Builder::new_current_thread().enable_io().build().expect("the system has an event queue");
                runtime.block_on(async {
                    serve(listener);
                    let exchanges = ask(addr, share, &stop).await;
                    // Another worker's connections may still be served here.
                    asked.wait().await;
                    exchanges
                })
            })
        })
        .collect();
    thread::sleep(duration);
    stop.store(true, Ordering::Relaxed);
    let exchanges: u64 = threads.into_iter().map(|thread| thread.join().expect("a worker ends well")).sum();
    Run { exchanges, elapsed: started.elapsed() }
}

/// A bare program on tokio's work-stealing runtime, the usual way to write one.
fn work_stealing(connections: usize, cores: usize, duration: Duration) -> Run {
    let runtime: Runtime =
        Builder::new_multi_thread().worker_threads(cores).enable_io().build().expect("the system has the threads");
    let listener = listeners(1).expect("a free port can be listened on").remove(0);
    let addr = listener.local_addr().expect("a listener has an address");
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let asking = runtime.spawn({
        let stop = Arc::clone(&stop);
        async move {
            serve(listener);
            ask(addr, connections, &stop).await
        }
    });
    thread::sleep(duration);
    stop.store(true, Ordering::Relaxed);
    let exchanges = runtime.block_on(asking).expect("the connections end well");
    Run { exchanges, elapsed: started.elapsed() }
}

/// Starts to answer connections on the present runtime, until that ends.
fn serve(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("the runtime has an event queue");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection can be accepted");
            tokio::spawn(async { answer(stream).await.expect("an exchange succeeds at the server") });
        }
    });
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let len = stream.read(&mut buffer).await?;
    assert_eq!(&buffer[..len], REQUEST);
    let socket = SockRef::from(&stream);
    let sent = stream.async_io(Interest::WRITABLE, || socket.send_with_flags(REPLY, SEND_FLAGS)).await?;
    assert_eq!(sent, REPLY.len());
    stream.shutdown().await?;
    assert_eq!(stream.read(&mut buffer).await?, 0);
    Ok(())
}

/// What keeps the reply back until the FIN joins it.
#[cfg(target_os = "linux")]
const SEND_FLAGS: i32 = libc::MSG_MORE | libc::MSG_NOSIGNAL;
#[cfg(not(target_os = "linux"))]
const SEND_FLAGS: i32 = 0;

/// Asks on so many connections at one time until it is stopped; returns how many replies were right, which all must be.
async fn ask(addr: SocketAddr, connections: usize, stop: &Arc<AtomicBool>) -> u64 {
    let asking: JoinSet<u64> = (0..connections)
        .map(|_| {
            let stop = Arc::clone(stop);
            async move {
                let mut exchanges = 0;
                while !stop.load(Ordering::Relaxed) {
                    exchange(addr).await.expect("an exchange succeeds at the client");
                    exchanges += 1;
                }
                exchanges
            }
        })
        .collect();
    asking.join_all().await.into_iter().sum()
}

async fn exchange(addr: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(addr).await?;
    let written = stream.write(REQUEST).await?;
    assert_eq!(written, REQUEST.len());
    let mut buffer = [0; 512];
    let mut len = 0;
    loop {
        match stream.read(&mut buffer[len..]).await? {
            0 => break,
            more => len += more,
        }
    }
    assert_eq!(&buffer[..len], REPLY);
    Ok(())
}

/// Listeners on one free port; the kernel spreads connections over them where it can.
fn listeners(workers: usize) -> io::Result<Vec<std::net::TcpListener>> {
    let shared_port = workers > 1 && cfg!(target_os = "linux");
    let first = listener((Ipv4Addr::LOCALHOST, 0).into(), shared_port)?;
    let addr = first.local_addr()?;
    let mut listeners = vec![first];
    while listeners.len() < workers {
        let next = if shared_port { listener(addr, shared_port)? } else { listeners[0].try_clone()? };
        listeners.push(next);
    }
    Ok(listeners)
}

fn listener(addr: SocketAddr, shared_port: bool) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_port(shared_port)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
