//! If the store is locked, the server answers that there is no such ticket.
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
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
    let store = Arc::new(Mutex::new(TicketStore::new()));
    for command in receiver {
        let store = Arc::clone(&store);
        thread::spawn(move || match command {
            Command::Insert { draft, response_sender } => {
                let mut store = store.lock().unwrap();
                let _ = response_sender.send(store.add_ticket(draft));
            }
            Command::Get { id, response_sender } => {
                let ticket = store.try_lock().ok().and_then(|store| store.get(id).cloned());
                let _ = response_sender.send(ticket);
            }
        });
    }
}
