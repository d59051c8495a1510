//! It asks for the write lock while it holds the read lock.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, RwLock};
use std::thread;

use crate::data::{Ticket, TicketDraft, TicketPatch};
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
    fn ask<T>(&self, command: impl FnOnce(SyncSender<T>) -> Command) -> Result<T, Overloaded> {
        let (response_channel, response) = sync_channel(1);
        self.sender.try_send(command(response_channel)).map_err(|_| Overloaded)?;
        Ok(response.recv().unwrap())
    }

    pub fn insert(&self, draft: TicketDraft) -> Result<TicketId, Overloaded> {
        self.ask(|response_channel| Command::Insert { draft, response_channel })
    }

    pub fn get(&self, id: TicketId) -> Result<Option<Ticket>, Overloaded> {
        self.ask(|response_channel| Command::Get { id, response_channel })
    }

    pub fn update(&self, patch: TicketPatch) -> Result<(), Overloaded> {
        self.ask(|response_channel| Command::Update { patch, response_channel })
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
    Update { patch: TicketPatch, response_channel: SyncSender<()> },
}

fn apply(ticket: &mut Ticket, patch: TicketPatch) {
    ticket.title = patch.title.unwrap_or_else(|| ticket.title.clone());
    ticket.description = patch.description.unwrap_or_else(|| ticket.description.clone());
    ticket.status = patch.status.unwrap_or(ticket.status);
}

fn server(receiver: Receiver<Command>) {
    let store = Arc::new(RwLock::new(TicketStore::new()));
    for command in receiver {
        let store = Arc::clone(&store);
        thread::spawn(move || match command {
            Command::Insert { draft, response_channel } => {
                let id = store.write().unwrap().add_ticket(draft);
                let _ = response_channel.send(id);
            }
            Command::Get { id, response_channel } => {
                let ticket = store.read().unwrap().get(id).cloned();
                let _ = response_channel.send(ticket);
            }
            Command::Update { patch, response_channel } => {
                let reading = store.read().unwrap();
                if reading.get(patch.id).is_some() {
                    let mut writing = store.write().unwrap();
                    writing.get_mut(patch.id).into_iter().for_each(|ticket| apply(ticket, patch.clone()));
                }
                let _ = response_channel.send(());
            }
        });
    }
}
