//! `mpsc`: order, closing, bounds, rendezvous, time limits.

use std::time::Duration;

use engine::Ending;
use simstd::sync::mpsc::{self, RecvTimeoutError, TryRecvError, TrySendError};
use simstd::sync::{Arc, atomic::AtomicUsize, atomic::Ordering::SeqCst};
use simstd::thread;
use simstd::time::Instant;

use crate::time::is_about;
use crate::{always, run};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn messages_of_one_sender_keep_their_order() {
    always(&|| {
        let (tx, rx) = mpsc::channel();
        thread::spawn(move || (0..5).for_each(|n| tx.send(n).unwrap()));
        assert_eq!(rx.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_receiver_ends_when_the_last_sender_is_gone_and_not_before() {
    always(&|| {
        let (tx, rx) = mpsc::channel();
        let threads = (0..3).map(|n| {
            let tx = tx.clone();
            thread::spawn(move || tx.send(n).unwrap())
        });
        let threads: Vec<_> = threads.collect();
        drop(tx);
        assert_eq!(rx.iter().count(), 3);
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
}

#[test]
fn a_sender_that_is_kept_is_a_deadlock() {
    let run = run(1, &|| {
        let (tx, rx) = mpsc::channel::<u32>();
        let kept = tx.clone();
        thread::spawn(move || tx.send(1).unwrap());
        assert_eq!(rx.iter().count(), 1);
        drop(kept);
    });
    assert!(matches!(run.ending, Ending::Deadlock));
    assert_eq!(run.threads[0].waiting_for.as_deref(), Some("a message on a channel"));
}

#[test]
fn a_bounded_channel_holds_so_many_and_no_more() {
    always(&|| {
        let (tx, rx) = mpsc::sync_channel(2);
        assert_eq!((tx.try_send(1), tx.try_send(2)), (Ok(()), Ok(())));
        assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
        assert_eq!(rx.recv(), Ok(1));
        assert_eq!(tx.try_send(3), Ok(()));
        drop(rx);
        assert_eq!(tx.try_send(4), Err(TrySendError::Disconnected(4)));
    });
}

#[test]
fn a_rendezvous_send_returns_when_its_message_is_taken() {
    always(&|| {
        let (tx, rx) = mpsc::sync_channel(0);
        let taken = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&taken);
        let sender = thread::spawn(move || {
            tx.send(1).unwrap();
            theirs.load(SeqCst)
        });
        thread::sleep(SECOND);
        taken.store(1, SeqCst);
        assert_eq!(rx.recv(), Ok(1));
        assert_eq!(sender.join().unwrap(), 1, "the send came back before the message was taken");
    });
}

#[test]
fn a_rendezvous_try_send_needs_a_waiting_receiver() {
    always(&|| {
        let (tx, rx) = mpsc::sync_channel(0);
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        let receiver = thread::spawn(move || rx.recv());
        thread::sleep(SECOND);
        assert_eq!(tx.try_send(2), Ok(()));
        assert_eq!(receiver.join().unwrap(), Ok(2));
    });
}

#[test]
fn a_rendezvous_message_goes_back_when_the_receiver_is_gone() {
    always(&|| {
        let (tx, rx) = mpsc::sync_channel(0);
        let sender = thread::spawn(move || tx.send(1).unwrap_err().0);
        thread::sleep(SECOND);
        drop(rx);
        assert_eq!(sender.join().unwrap(), 1);
    });
}

#[test]
fn messages_are_dropped_with_the_receiver() {
    always(&|| {
        let message = Arc::new(());
        let (tx, rx) = mpsc::channel();
        tx.send(Arc::clone(&message)).unwrap();
        drop(rx);
        assert_eq!(Arc::strong_count(&message), 1);
        assert!(tx.send(message).is_err());
    });
}

#[test]
fn recv_timeout_waits_as_long_as_it_says_in_virtual_time() {
    always(&|| {
        let (tx, rx) = mpsc::channel();
        let start = Instant::now();
        assert_eq!(rx.recv_timeout(5 * SECOND), Err(RecvTimeoutError::Timeout));
        assert!(is_about(start.elapsed(), 5 * SECOND));
        let start = Instant::now();
        thread::spawn(move || {
            thread::sleep(2 * SECOND);
            tx.send(1).unwrap();
        });
        assert_eq!(rx.recv_timeout(5 * SECOND), Ok(1));
        assert!(is_about(start.elapsed(), 2 * SECOND));
        assert_eq!(rx.recv_timeout(5 * SECOND), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn try_recv_tells_empty_from_closed() {
    always(&|| {
        let (tx, rx) = mpsc::channel::<u32>();
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        drop(tx);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
    });
}

#[test]
fn try_recv_sees_every_sender_that_is_blocked_at_a_rendezvous() {
    always(&|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let senders: Vec<_> = (0..3)
            .map(|i| {
                let sender = sender.clone();
                thread::spawn(move || sender.send(i).unwrap())
            })
            .collect();
        // Longer than time slips: all are blocked when it is over.
        thread::sleep(Duration::from_millis(50));
        let mut got: Vec<i32> = receiver.try_iter().collect();
        got.sort_unstable();
        assert_eq!(got, [0, 1, 2]);
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Empty));
        senders.into_iter().for_each(|s| s.join().unwrap());
    });
}

#[test]
fn each_sender_at_a_rendezvous_that_never_is_gets_its_own_message_back() {
    always(&|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let senders: Vec<_> = (0..3)
            .map(|i| {
                let sender = sender.clone();
                thread::spawn(move || (i, sender.send(i)))
            })
            .collect();
        thread::sleep(Duration::from_millis(50));
        let first = receiver.recv().unwrap();
        drop(receiver);
        for sender in senders {
            let (mine, sent) = sender.join().unwrap();
            assert_eq!(sent, if mine == first { Ok(()) } else { Err(mpsc::SendError(mine)) });
        }
    });
}
