//! `--nameserver`: who is asked for names instead of the name servers of this machine.

#[cfg(feature = "discover")]
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::inputs::Inputs;
#[cfg(feature = "discover")]
use crate::{discover::NameServers, error::Exit, mail::reply::escape, phrase};
use crate::{
    discover::Net,
    error::Error,
    presets::Text,
    probe::{Resolve, SystemResolver},
};

/// Who is asked for names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AskedNames {
    /// This one alone.
    #[cfg(feature = "discover")]
    only: Option<SocketAddr>,
}

#[cfg(feature = "discover")]
impl AskedNames {
    /// The one that was given as `ADDRESS[:PORT]`.
    ///
    /// # Errors
    /// It is no address.
    pub(super) fn of(inputs: &Inputs, text: &Text) -> Result<Self, Error> {
        const NAME: &str = "nameserver";
        let Some(typed) = inputs.get(NAME) else { return Ok(Self::default()) };
        let alone = || typed.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53));
        typed.parse().or_else(|_| alone()).map(|server| Self { only: Some(server) }).map_err(|_| {
            let why = text.say(&phrase!("dns-bad-nameserver", typed = escape(typed)));
            let name = inputs.as_given(NAME).unwrap_or_default();
            Error::new(Exit::Usage, phrase!("cli-bad-answer", name = name, why = why))
        })
    }

    /// The name servers.
    pub(super) const fn servers(self) -> NameServers {
        match self.only {
            Some(server) => NameServers::at(server),
            None => NameServers::system(),
        }
    }

    /// Where the addresses of servers come from.
    pub(super) fn resolver(self) -> Arc<dyn Resolve> {
        if self.only.is_some() { Arc::new(self.servers()) } else { Arc::new(SystemResolver) }
    }

    /// How a search reaches the network.
    pub(super) fn net(self) -> Net {
        Net { dns: Arc::new(self.servers()), resolver: self.resolver(), ..Net::system() }
    }
}

/// Without discovery the system's resolver alone is asked: the option is not there.
#[cfg(not(feature = "discover"))]
#[expect(clippy::unused_self, reason = "called as where a name server can be named")]
impl AskedNames {
    /// This machine's.
    #[expect(clippy::unnecessary_wraps, reason = "called as where a name server can be named")]
    pub(super) fn of(_: &Inputs, _: &Text) -> Result<Self, Error> {
        Ok(Self::default())
    }

    /// Where the addresses of servers come from.
    pub(super) fn resolver(self) -> Arc<dyn Resolve> {
        Arc::new(SystemResolver)
    }

    /// How a search reaches the network.
    pub(super) fn net(self) -> Net {
        Net::system()
    }
}
