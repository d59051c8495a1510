//! One thread has the store, and answers each command in its turn.
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use crate::data::{Ticket, TicketDraft};
use crate::store::{TicketId, TicketStore};

pub mod data;
pub mod store;

pub enum Command {
    Insert { draft: TicketDraft, response_sender: Sender<TicketId> },
    Get { id: TicketId, response_sender: Sender<Option<Ticket>> },
}

pub fn launch() -> Sender<Command> {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || server(receiver));
    sender
}

pub fn server(receiver: Receiver<Command>) {
    let mut store = TicketStore::new();
    for command in receiver {
        match command {
            Command::Insert { draft, response_sender } => {
                let _ = response_sender.send(store.add_ticket(draft));
            }
            Command::Get { id, response_sender } => {
                let _ = response_sender.send(store.get(id).cloned());
            }
        }
    }
}
