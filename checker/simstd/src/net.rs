//! The network can't be simulated: every way to reach it ends the execution with a finding.

use ::std::io::Result;
pub use ::std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs};
use ::std::panic::Location;

macro_rules! sockets {
    ($($Name:ident $make:ident: $what:literal)*) => {$(
        /// A socket that can't be made.
        #[derive(Debug)]
        pub struct $Name(());

        impl $Name {
            /// Ends the execution: the network can't be simulated.
            #[track_caller]
            pub fn $make<A: ToSocketAddrs>(_: A) -> Result<Self> {
                crate::fs::forbidden($what, Location::caller())
            }
        }
    )*};
}

sockets! {
    TcpStream connect: "connects to the network"
    TcpListener bind: "listens on the network"
    UdpSocket bind: "opens a network socket"
}
