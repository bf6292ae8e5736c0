//! Why a proxy did not lead to the server.

/// Why a proxy did not lead to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunnelFault {
    /// In general.
    pub kind: TunnelFaultKind,
    /// As the proxy or this machine says it; safe for a terminal.
    pub said: String,
}

/// Why a proxy did not lead to the server, in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TunnelFaultKind {
    /// The proxy itself could not be reached.
    Unreachable,
    /// It wants a login.
    Login,
    /// It does not let this host or port through.
    Forbidden,
    /// It cannot reach the server.
    Onward,
    /// What is there does not speak as such a proxy does.
    Garbled,
}

impl TunnelFaultKind {
    /// Its name in causes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "proxy_unreachable",
            Self::Login => "proxy_login",
            Self::Forbidden => "proxy_forbidden",
            Self::Onward => "proxy_onward",
            Self::Garbled => "proxy_garbled",
        }
    }
}
