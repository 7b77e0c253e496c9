//! The radio as its drivers see it: embassy's driver itself, and a driver of the C driver's ways on the bus.

mod access_point;
mod air;
mod board;
mod bus;
mod c_access_point;
mod c_driver;
mod c_scan;
mod c_start;
mod c_station;
mod frames;
mod join;
mod link;
mod reports;
mod scan;
mod start;
mod vectors;
mod wires;
