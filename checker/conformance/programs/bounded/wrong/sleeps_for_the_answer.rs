//! The client sleeps, and then assumes that the answer is there.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

trait Take<T> {
    fn take(&self) -> T;
}

impl<T> Take<T> for Receiver<T> {
    fn take(&self) -> T {
        thread::sleep(Duration::from_millis(5));
        self.try_recv().unwrap()
    }
}

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
        let (response_channel, response) = sync_channel(1);
        self.sender.try_send(Command::Insert { draft, response_channel }).map_err(|_| Overloaded)?;
        Ok(response.take())
    }

    pub fn get(&self, id: TicketId) -> Result<Option<Ticket>, Overloaded> {
        let (response_channel, response) = sync_channel(1);
        self.sender.try_send(Command::Get { id, response_channel }).map_err(|_| Overloaded)?;
        Ok(response.take())
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
                let _ = response_channel.send(store.add_ticket(draft));
            }
            Command::Get { id, response_channel } => {
                let _ = response_channel.send(store.get(id).cloned());
            }
        }
    }
}
