//! Where a request came from: for the waits of sign-in, and for nothing else.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

/// The client's address. Never logged.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What waits are counted by. Whoever has one address of IPv6 has its whole network of 64 bits.
    #[must_use]
    pub fn counted(self) -> String {
        match IpNet::new(self.0, 64) {
            Ok(network @ IpNet::V6(_)) => network.trunc().to_string(),
            _ => self.0.to_string(),
        }
    }
}

/// Notes the client's address: the peer's, or what a trusted proxy says of it.
pub async fn note(State(trusted): State<Arc<Vec<IpNet>>>, mut request: Request, next: Next) -> Response {
    let peer =
        request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip().to_canonical());
    let forwarded =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    request.extensions_mut().insert(ClientAddress(client(peer, &forwarded, &trusted)));
    next.run(request).await
}

/// From the right: every hop that a trusted proxy vouches for, and the first that
/// is not trusted itself.
fn client(peer: IpAddr, forwarded: &str, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer;
    let mut hops = forwarded.rsplit(',').map(str::trim);
    while trusted.iter().any(|network| network.contains(&address)) {
        match hops.next().and_then(|hop| hop.parse::<IpAddr>().ok()) {
            Some(hop) => address = hop.to_canonical(),
            None => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_counted_by_address_or_by_network_of_ipv6() {
        let counted = |text: &str| ClientAddress(text.parse().unwrap()).counted();
        assert_eq!(counted("198.51.100.1"), "198.51.100.1");
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(counted("2001:db8:1:2::1"), counted("2001:db8:1:2:ffff::"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [ip("10.0.0.1").into(), "10.0.0.2/31".parse().unwrap(), "fd00::/8".parse().unwrap()];
        assert_eq!(client(ip("203.0.113.9"), "198.51.100.1", &trusted), ip("203.0.113.9"));
        assert_eq!(client(ip("10.0.0.1"), "6.6.6.6, 198.51.100.1", &trusted), ip("198.51.100.1"));
        assert_eq!(client(ip("10.0.0.1"), "198.51.100.1, 10.0.0.2", &trusted), ip("198.51.100.1"));
        assert_eq!(client(ip("10.0.0.1"), "rubbish", &trusted), ip("10.0.0.1"));
        assert_eq!(client(ip("fd00::1"), "198.51.100.1, 10.0.0.3", &trusted), ip("198.51.100.1"), "a network of either kind");
        assert_eq!(client(ip("10.0.0.4"), "198.51.100.1", &trusted), ip("10.0.0.4"), "just beside it");
    }
}
