//! Webhooks by the Standard Webhooks specification, against a small server on the loopback address.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use makegood_engine::sink::{WebhookError, WebhookSink};
use makegood_engine::{Routes, Sink};
use makegood_store::{OutboxRow, slot_of};

use crate::desk::{Desk, booking, departure, now};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A request as it came: its head in lower case, and its body.
struct Request {
    head: String,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no `{name}` in {}", self.head))
    }
}

/// Answers one request after the other with these statuses, and gives what it was sent.
fn server(answers: &[&'static str]) -> (String, JoinHandle<Vec<Request>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hooks", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let thread = std::thread::spawn(move || {
        answers.iter().map(|answer| answer_one(listener.accept().unwrap().0, answer)).collect()
    });
    (address, thread)
}

fn answer_one(mut stream: TcpStream, answer: &str) -> Request {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length: usize =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            if body.len() >= length {
                write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                let head = text.split_once("\r\n\r\n").unwrap().0;
                let head = head.lines().map(|line| match line.split_once(':') {
                    Some((name, value)) => format!("{}:{value}", name.to_ascii_lowercase()),
                    None => line.to_owned(),
                });
                return Request { head: head.collect::<Vec<_>>().join("\n"), body: body.to_owned() };
            }
        }
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the request broke off");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn credited() -> Desk {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    desk
}

fn payout(desk: &mut Desk) -> OutboxRow {
    let rows = desk.session.reader().outbox_of(slot_of("customer:1"), "customer:1").unwrap();
    rows.into_iter().find(|row| &*row.topic == "payout").unwrap()
}

#[test]
fn a_message_is_signed_by_the_standard_and_taken_on_2xx() {
    let (address, server) = server(&["202 Accepted"]);
    let mut desk = credited();
    let mut sink = WebhookSink::new(&address, SECRET, true).unwrap();
    let mut routes = Routes::default();
    routes.add("payout", &mut sink);
    assert_eq!(desk.session.dispatch(&mut routes, now()).unwrap().delivered, 1);
    drop(routes);
    let request = server.join().unwrap().remove(0);
    let seconds = now().0 / 1000;
    assert!(request.head.starts_with("POST /hooks "), "{}", request.head);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), makegood_engine::idempotency_key(&payout(&mut desk)));
    assert_eq!(request.header("webhook-timestamp"), seconds.to_string());
    let wanted = standardwebhooks::Webhook::new(SECRET)
        .unwrap()
        .sign(request.header("webhook-id"), seconds, request.body.as_bytes())
        .unwrap();
    assert_eq!(request.header("webhook-signature"), wanted);
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["amounts"]), (&"payout".into(), &serde_json::json!(["50.00 USD"])));
}

#[test]
fn any_other_answer_is_tried_again() {
    for answer in ["500 Internal Server Error", "404 Not Found", "302 Found"] {
        let (address, server) = server(&[answer, "200 OK"]);
        let mut desk = credited();
        let mut sink = WebhookSink::new(&address, SECRET, true).unwrap();
        let mut routes = Routes::default();
        routes.add("payout", &mut sink);
        let first = desk.session.dispatch(&mut routes, now()).unwrap();
        assert_eq!((first.delivered, first.failed), (0, 1), "{answer}");
        let then = now().plus(makegood_engine::limits::RETRY_AFTER[0]);
        assert_eq!(desk.session.dispatch(&mut routes, then).unwrap().delivered, 1, "{answer}");
        drop(routes);
        let requests = server.join().unwrap();
        assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"), "{answer}");
        assert_eq!(requests[0].body.len(), requests[1].body.len());
    }
}

#[test]
fn a_receiver_that_is_not_there_is_tried_again() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut desk = credited();
    let row = payout(&mut desk);
    let mut sink = WebhookSink::new(&format!("http://{free}/"), SECRET, true).unwrap();
    let outcome = sink.deliver(&[row], now()).remove(0);
    assert!(outcome.unwrap_err().to_string().starts_with("the receiver could not be reached: "));
}

#[test]
fn private_addresses_are_refused_unless_they_are_allowed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut desk = credited();
    let row = payout(&mut desk);
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1", "0x7f.1"] {
        let Ok(mut sink) = WebhookSink::new(&format!("http://{host}:{port}/"), SECRET, false) else { continue };
        assert!(sink.deliver(std::slice::from_ref(&row), now())[0].is_err(), "{host}");
        assert!(listener.accept().is_err(), "{host} was reached");
    }
}

#[test]
fn what_cannot_be_a_webhook_is_said_at_once() {
    for address in ["ftp://example.org/", "example.org", "http://", "", "https:///x", "file:///etc/passwd"] {
        let error = WebhookSink::new(address, SECRET, false).err();
        assert!(matches!(error, Some(WebhookError::BadAddress(_))), "{address}: {error:?}");
    }
    let error = WebhookSink::new("https://example.org/", "whsec_!!", false).err();
    assert!(matches!(error, Some(WebhookError::BadSecret)), "{error:?}");
}
