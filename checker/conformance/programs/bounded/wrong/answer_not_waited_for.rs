//! The channel for answers has no capacity, and the server does not wait for the client.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::data::{Ticket, TicketDraft};
use crate::store::{TicketId, TicketStore};

pub mod data;
pub mod store;

#[derive(Debug)]
pub struct Overloaded;

#[derive(Clone)]
pub struct TicketStoreClient {
    sender: SyncSender<Command>,
}

impl TicketStoreClient {
    pub fn insert(&self, draft: TicketDraft) -> Result<TicketId, Overloaded> {
        let (response_channel, response) = sync_channel(0);
        self.sender.try_send(Command::Insert { draft, response_channel }).map_err(|_| Overloaded)?;
        Ok(response.recv().unwrap())
    }

    pub fn get(&self, id: TicketId) -> Result<Option<Ticket>, Overloaded> {
        let (response_channel, response) = sync_channel(0);
        self.sender.try_send(Command::Get { id, response_channel }).map_err(|_| Overloaded)?;
        Ok(response.recv().unwrap())
    }
}

pub fn launch(capacity: usize) -> TicketStoreClient {
    let (sender, receiver) = sync_channel(capacity);
    thread::spawn(move || server(receiver));
    TicketStoreClient { sender }
}

enum Command {
    Insert { draft: TicketDraft, response_channel: SyncSender<TicketId> },
    Get { id: TicketId, response_channel: SyncSender<Option<Ticket>> },
}

fn server(receiver: Receiver<Command>) {
    let mut store = TicketStore::new();
    for command in receiver {
        match command {
            Command::Insert { draft, response_channel } => {
                let _ = response_channel.try_send(store.add_ticket(draft));
            }
            Command::Get { id, response_channel } => {
                let _ = response_channel.try_send(store.get(id).cloned());
            }
        }
    }
}
