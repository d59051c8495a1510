//! The network can't be simulated: every way to reach it ends the execution with a finding. Addresses can
//! be reckoned with as long as nobody has to be asked for them.

use ::std::convert::Infallible;
use ::std::io::{Error, ErrorKind, Read, Result, Write};
use ::std::panic::Location;
use ::std::time::Duration;
use ::std::{iter, option, slice, vec};

pub use ::std::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6,
};

macro_rules! sockets {
    ($($Name:ident $make:ident: $what:literal)*) => {$(
        /// A socket that can't be made.
        #[derive(Debug)]
        pub struct $Name(Infallible);

        impl $Name {
            /// Ends the execution: the network can't be simulated.
            #[track_caller]
            pub fn $make<A: ToSocketAddrs>(_: A) -> Result<Self> {
                crate::forbidden($what, Location::caller())
            }
        }
    )*};
}

sockets! {
    TcpStream connect: "connects to the network"
    TcpListener bind: "listens on the network"
    UdpSocket bind: "opens a network socket"
}

impl TcpStream {
    /// Ends the execution: the network can't be simulated.
    #[track_caller]
    pub fn connect_timeout(_: &SocketAddr, _: Duration) -> Result<Self> {
        crate::forbidden("connects to the network", Location::caller())
    }
}

macro_rules! methods {
    ($Socket:ident: $($name:ident($($t:ty),*) -> $r:ty;)*) => {
        impl $Socket {$(
            /// Never comes to be: there is no such socket.
            pub fn $name(&self, $(_: $t),*) -> Result<$r> {
                match self.0 {}
            }
        )*}
    };
}

/// The methods that all sockets have, besides those that are given.
macro_rules! all_methods {
    ($($Socket:ident { $($rest:tt)* })*) => {$(
        methods! { $Socket:
            local_addr() -> SocketAddr;
            try_clone() -> $Socket;
            set_ttl(u32) -> ();
            ttl() -> u32;
            take_error() -> Option<Error>;
            set_nonblocking(bool) -> ();
            $($rest)*
        }
    )*};
}

all_methods! {
    TcpStream {
        peer_addr() -> SocketAddr;
        shutdown(Shutdown) -> ();
        set_read_timeout(Option<Duration>) -> ();
        set_write_timeout(Option<Duration>) -> ();
        read_timeout() -> Option<Duration>;
        write_timeout() -> Option<Duration>;
        peek(&mut [u8]) -> usize;
        set_nodelay(bool) -> ();
        nodelay() -> bool;
    }
    TcpListener {
        accept() -> (TcpStream, SocketAddr);
        set_only_v6(bool) -> ();
        only_v6() -> bool;
    }
    UdpSocket {
        recv_from(&mut [u8]) -> (usize, SocketAddr);
        peek_from(&mut [u8]) -> (usize, SocketAddr);
        send_to(&[u8], impl ToSocketAddrs) -> usize;
        peer_addr() -> SocketAddr;
        set_read_timeout(Option<Duration>) -> ();
        set_write_timeout(Option<Duration>) -> ();
        read_timeout() -> Option<Duration>;
        write_timeout() -> Option<Duration>;
        set_broadcast(bool) -> ();
        broadcast() -> bool;
        connect(impl ToSocketAddrs) -> ();
        send(&[u8]) -> usize;
        recv(&mut [u8]) -> usize;
        peek(&mut [u8]) -> usize;
        set_multicast_loop_v4(bool) -> ();
        multicast_loop_v4() -> bool;
        set_multicast_ttl_v4(u32) -> ();
        multicast_ttl_v4() -> u32;
        set_multicast_loop_v6(bool) -> ();
        multicast_loop_v6() -> bool;
        join_multicast_v4(&Ipv4Addr, &Ipv4Addr) -> ();
        leave_multicast_v4(&Ipv4Addr, &Ipv4Addr) -> ();
        join_multicast_v6(&Ipv6Addr, u32) -> ();
        leave_multicast_v6(&Ipv6Addr, u32) -> ();
    }
}

impl TcpListener {
    /// Never comes to be: there is no such socket.
    pub fn incoming(&self) -> Incoming<'_> {
        match self.0 {}
    }
}

/// As [`std::net::Incoming`], of a socket that can't be made.
#[derive(Debug)]
pub struct Incoming<'a>(&'a TcpListener);

impl Iterator for Incoming<'_> {
    type Item = Result<TcpStream>;
    fn next(&mut self) -> Option<Self::Item> {
        match self.0.0 {}
    }
}

macro_rules! streams {
    ($($Stream:ty)*) => {$(
        impl Read for $Stream {
            fn read(&mut self, _: &mut [u8]) -> Result<usize> {
                match self.0 {}
            }
        }
        impl Write for $Stream {
            fn write(&mut self, _: &[u8]) -> Result<usize> {
                match self.0 {}
            }
            fn flush(&mut self) -> Result<()> {
                match self.0 {}
            }
        }
    )*};
}

streams!(TcpStream & TcpStream);

/// As [`std::net::ToSocketAddrs`], for addresses that are written out: to look up a name is to ask the network.
pub trait ToSocketAddrs {
    /// The addresses.
    type Iter: Iterator<Item = SocketAddr>;

    /// As the real one.
    ///
    /// # Errors
    /// If the text is not an address.
    fn to_socket_addrs(&self) -> Result<Self::Iter>;
}

macro_rules! of_one {
    ($($t:ty),*) => {$(
        impl ToSocketAddrs for $t {
            type Iter = option::IntoIter<SocketAddr>;
            fn to_socket_addrs(&self) -> Result<Self::Iter> {
                Ok(Some(SocketAddr::from(*self)).into_iter())
            }
        }
    )*};
}

of_one!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

#[track_caller]
fn look_up(host: &str, port: u16) -> Result<vec::IntoIter<SocketAddr>> {
    match host.parse::<IpAddr>() {
        Ok(ip) => Ok(vec![SocketAddr::new(ip, port)].into_iter()),
        Err(_) => crate::forbidden(&format!("asks for the address of {host:?}"), Location::caller()),
    }
}

impl ToSocketAddrs for (&str, u16) {
    type Iter = vec::IntoIter<SocketAddr>;
    #[track_caller]
    fn to_socket_addrs(&self) -> Result<Self::Iter> {
        look_up(self.0, self.1)
    }
}

impl ToSocketAddrs for (String, u16) {
    type Iter = vec::IntoIter<SocketAddr>;
    #[track_caller]
    fn to_socket_addrs(&self) -> Result<Self::Iter> {
        look_up(&self.0, self.1)
    }
}

impl ToSocketAddrs for str {
    type Iter = vec::IntoIter<SocketAddr>;
    #[track_caller]
    fn to_socket_addrs(&self) -> Result<Self::Iter> {
        if let Ok(address) = self.parse() {
            return Ok(vec![address].into_iter());
        }
        let wrong = |what| Error::new(ErrorKind::InvalidInput, what);
        let (host, port) = self.rsplit_once(':').ok_or_else(|| wrong("invalid socket address"))?;
        look_up(host, port.parse().map_err(|_| wrong("invalid port value"))?)
    }
}

impl ToSocketAddrs for String {
    type Iter = vec::IntoIter<SocketAddr>;
    #[track_caller]
    fn to_socket_addrs(&self) -> Result<Self::Iter> {
        (**self).to_socket_addrs()
    }
}

impl<'a> ToSocketAddrs for &'a [SocketAddr] {
    type Iter = iter::Cloned<slice::Iter<'a, SocketAddr>>;
    fn to_socket_addrs(&self) -> Result<Self::Iter> {
        Ok(self.iter().cloned())
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    type Iter = T::Iter;
    #[track_caller]
    fn to_socket_addrs(&self) -> Result<T::Iter> {
        (**self).to_socket_addrs()
    }
}
