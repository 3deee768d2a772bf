//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::App;
use crate::error::Error;

/// The network a request comes from: what limits and the audit go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
}

impl Client {
    /// One subscriber as far as can be told: an IPv4 address, or an IPv6 /56.
    pub fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[7..].fill(0);
                format!("{}/56", Ipv6Addr::from(octets))
            }
        }
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_canonical())
            .ok_or_else(|| Error::Internal("no peer address".into()))?;
        let trusted = |address: IpAddr| app.config.trusted_proxies.iter().any(|net| net.contains(&address));
        if !trusted(peer) {
            return Ok(Self { address: peer });
        }
        // Each proxy appends whom it saw; the last that is not a proxy of ours is the client.
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(address_of)
            .collect::<Vec<_>>();
        // What cannot be read was not written by a proxy of ours: nothing before it is believed.
        let address = forwarded
            .into_iter()
            .rev()
            .map_while(|address| address)
            .scan(true, |among_proxies, address| {
                let seen = *among_proxies;
                *among_proxies = trusted(address);
                seen.then_some(address)
            })
            .last()
            .unwrap_or(peer);
        Ok(Self { address })
    }
}

/// An entry of X-Forwarded-For: an address, with or without a port.
fn address_of(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry.parse::<IpAddr>().or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_cannot_escape_by_changing_ipv6_addresses() {
        let network = |text: &str| Client { address: text.parse().unwrap() }.network();
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:ff:ffff::1"));
        assert_ne!(network("2001:db8:1:2:3::4"), network("2001:db8:1:102::1"));
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
