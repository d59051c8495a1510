//! A second thread answers from a copy, which it gets after the answer to the insertion.
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
    enum Reading {
        Copy(TicketStore),
        Get(TicketId, Sender<Option<Ticket>>),
    }
    let (reader, readings) = std::sync::mpsc::channel();
    let copies = reader.clone();
    thread::spawn(move || {
        let mut copy = TicketStore::new();
        for reading in readings {
            match reading {
                Reading::Copy(newer) => copy = newer,
                Reading::Get(id, response_sender) => drop(response_sender.send(copy.get(id).cloned())),
            }
        }
    });
    let (writer, drafts) = std::sync::mpsc::channel::<(TicketDraft, Sender<TicketId>)>();
    thread::spawn(move || {
        let mut store = TicketStore::new();
        for (draft, response_sender) in drafts {
            let _ = response_sender.send(store.add_ticket(draft));
            let _ = copies.send(Reading::Copy(store.clone()));
        }
    });
    for command in receiver {
        match command {
            Command::Insert { draft, response_sender } => drop(writer.send((draft, response_sender))),
            Command::Get { id, response_sender } => drop(reader.send(Reading::Get(id, response_sender))),
        }
    }
}
