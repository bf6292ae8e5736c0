//! A real DNS server with zone files, and two that are none: one that answers with an error, one that is silent.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use hickory_server::{
    Server,
    net::runtime::TokioRuntimeProvider,
    proto::{rr::Name, serialize::txt::Parser},
    store::in_memory::InMemoryZoneHandler,
    zone_handler::{AxfrPolicy, Catalog, ZoneHandler, ZoneType},
};

/// A name server that is there as long as this is.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    _stop: mpsc::Sender<()>,
}

impl NameServer {
    /// Serves zones: origin and text.
    pub(crate) fn start(zones: Vec<(&str, String)>) -> Self {
        let zones: Vec<(String, String)> = zones.into_iter().map(|(origin, text)| (origin.to_owned(), text)).collect();
        let (ready, address) = mpsc::channel();
        let (stop, stopped) = mpsc::channel::<()>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let mut catalog = Catalog::new();
                for (origin, text) in zones {
                    let origin = Name::from_ascii(&origin).unwrap();
                    let (origin, records) = Parser::new(text, None, Some(origin)).parse().unwrap();
                    let zone: InMemoryZoneHandler<TokioRuntimeProvider> =
                        InMemoryZoneHandler::new(origin.clone(), records, ZoneType::Primary, AxfrPolicy::Deny).unwrap();
                    let handler: Arc<dyn ZoneHandler> = Arc::new(zone);
                    catalog.upsert((&origin).into(), vec![handler]);
                }
                let mut server = Server::new(catalog);
                let udp = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
                ready.send(udp.local_addr().unwrap()).unwrap();
                server.register_socket(udp);
                // Nothing is ever sent: the wait ends when the other side is dropped.
                let wait = tokio::task::spawn_blocking(move || stopped.recv());
                drop(wait.await);
                drop(server.shutdown_gracefully().await);
            });
        });
        Self { address: address.recv().unwrap(), _stop: stop }
    }

    /// Answers every question with a code of an error: 2 for SERVFAIL, 5 for REFUSED.
    pub(crate) fn failing(code: u8) -> Self {
        Self::by(move |question| {
            let mut answer = question.to_vec();
            answer[2] |= 0x80;
            answer[3] = code;
            Some(answer)
        })
    }

    /// Answers nothing.
    pub(crate) fn silent() -> Self {
        Self::by(|_| None)
    }

    /// Answers as it is told.
    pub(crate) fn by(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let (stop, stopped) = mpsc::channel::<()>();
        thread::spawn(move || {
            let mut question = [0; 1500];
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                if let Ok((length, from)) = socket.recv_from(&mut question)
                    && let Some(answer) = answer(&question[..length])
                {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Self { address, _stop: stop }
    }
}

/// A zone file with `{name}` replaced by its value.
pub(crate) fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
