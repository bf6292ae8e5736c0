//! The clients that are being served, counted and bounded.

use std::{
    collections::HashMap,
    net::{Shutdown, TcpStream},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use super::control::{lock, wait_until};

/// Clients that are served at the same time.
const MAX_SESSIONS: usize = 32;

/// The clients that are being served.
#[derive(Default)]
pub(super) struct Clients {
    present: Mutex<Present>,
    changed: Condvar,
}

#[derive(Default)]
struct Present {
    sockets: HashMap<u64, TcpStream>,
    tickets: u64,
}

/// A client's slot, given back on drop.
pub(super) struct Ticket {
    clients: Arc<Clients>,
    number: u64,
}

impl Ticket {
    /// Takes a slot; `None` when all are taken.
    pub(super) fn new(clients: &Arc<Clients>, socket: &TcpStream) -> Option<Self> {
        let socket = socket.try_clone().ok()?;
        let mut present = lock(&clients.present);
        if present.sockets.len() >= MAX_SESSIONS {
            return None;
        }
        present.tickets += 1;
        let number = present.tickets;
        present.sockets.insert(number, socket);
        Some(Self { clients: Arc::clone(clients), number })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.clients.present).sockets.remove(&self.number);
        self.clients.changed.notify_all();
    }
}

impl Clients {
    /// Cuts every connection and waits until all sessions have ended, at most for `limit`.
    pub(super) fn expel(&self, limit: Duration) {
        let present = lock(&self.present);
        for socket in present.sockets.values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let _ = wait_until(present, &self.changed, Instant::now() + limit, |present| present.sockets.is_empty());
    }
}
