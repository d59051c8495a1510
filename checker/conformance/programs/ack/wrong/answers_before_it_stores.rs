//! Each command has a thread, which answers before it stores the ticket.
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
                let id = store.lock().unwrap().clone().add_ticket(draft.clone());
                let _ = response_sender.send(id);
                store.lock().unwrap().add_ticket(draft);
            }
            Command::Get { id, response_sender } => {
                let ticket = store.lock().unwrap().get(id).cloned();
                let _ = response_sender.send(ticket);
            }
        });
    }
}
