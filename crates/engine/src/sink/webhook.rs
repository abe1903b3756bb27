use std::net::IpAddr;
use std::time::Duration;

use makegood_charter::Moment;
use makegood_store::OutboxRow;
use standardwebhooks::Webhook;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::dispatch::idempotency_key;
use crate::{Sink, SinkError};

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Posts under way at once.
const AT_ONCE: usize = 8;
/// Messages after which is recorded what became of them.
const PORTION: usize = 64;

/// Why a webhook cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address is not an HTTP address.
    #[error("`{0}` is not an address for webhooks: use `https://…`")]
    BadAddress(String),
    /// The secret is not one of Standard Webhooks.
    #[error("the webhook secret cannot be used: write `whsec_` and the secret in base64")]
    BadSecret,
}

/// Posts messages to an HTTP endpoint by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` (HMAC-SHA256). An answer of 2xx takes the message.
///
/// Private, loopback and other special addresses are refused after the name was resolved, so that a charter or a setting cannot
/// reach into the company's own network; `private_allowed` lifts that for a receiver that runs there on purpose.
pub struct WebhookSink {
    agent: ureq::Agent,
    address: String,
    signer: Webhook,
}

impl WebhookSink {
    /// A receiver at `address`, signed with `secret` (`whsec_…`).
    pub fn new(address: &str, secret: &str, private_allowed: bool) -> Result<Self, WebhookError> {
        let bad = || WebhookError::BadAddress(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| bad())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
            return Err(bad());
        }
        let signer = Webhook::new(secret).map_err(|_| WebhookError::BadSecret)?;
        let config = Config::builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("makegood")
            .build();
        let resolver = PublicOnly { private_allowed, names: DefaultResolver::default() };
        let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), resolver);
        Ok(Self { agent, address: address.to_owned(), signer })
    }

    fn post(&self, message: &OutboxRow, now: Moment) -> Result<(), Trouble> {
        let id = idempotency_key(message);
        let seconds = now.0.div_euclid(1000);
        let data: serde_json::Value =
            serde_json::from_slice(&message.body).map_err(|error| Trouble::Message(error.to_string()))?;
        let body =
            serde_json::json!({ "type": &*message.topic, "timestamp": now.to_string(), "data": data }).to_string();
        let signature = self
            .signer
            .sign(&id, seconds, body.as_bytes())
            .map_err(|error| Trouble::Message(format!("it could not be signed: {error}")))?;
        let answer = self
            .agent
            .post(&self.address)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .send(body.as_bytes())
            .map_err(|error| Trouble::Receiver(format!("the receiver could not be reached: {error}")))?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Trouble::Message(format!("the receiver answered {}", answer.status())))
        }
    }
}

/// Why a message was not taken.
enum Trouble {
    /// This one was not.
    Message(String),
    /// The receiver did not answer at all.
    Receiver(String),
}

impl From<Trouble> for SinkError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Message(why) | Trouble::Receiver(why) => Self(why),
        }
    }
}

impl Sink for WebhookSink {
    fn deliver(&mut self, messages: &[OutboxRow], now: Moment) -> Vec<Result<(), SinkError>> {
        let sink = &*self;
        let mut outcomes = Vec::with_capacity(messages.len());
        for group in messages.chunks(AT_ONCE) {
            let answers: Vec<Result<(), Trouble>> = std::thread::scope(|scope| {
                let posts: Vec<_> = group.iter().map(|message| scope.spawn(move || sink.post(message, now))).collect();
                let broken = |_| Err(Trouble::Message("the post broke off".to_owned()));
                posts.into_iter().map(|post| post.join().unwrap_or_else(broken)).collect()
            });
            let silent = answers.iter().all(|answer| matches!(answer, Err(Trouble::Receiver(_))));
            outcomes.extend(answers.into_iter().map(|answer| answer.map_err(SinkError::from)));
            if silent {
                break;
            }
        }
        outcomes
    }

    fn portion(&self) -> usize {
        PORTION
    }
}

/// Resolves names, and drops addresses that are not public.
#[derive(Debug)]
struct PublicOnly {
    private_allowed: bool,
    names: DefaultResolver,
}

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in found.iter().filter(|address| self.private_allowed || is_public(address.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() {
            let reason = "its address is not a public one: allow private receivers if it is meant";
            return Err(ureq::Error::Other(reason.into()));
        }
        Ok(allowed)
    }
}

/// True for an address that anyone on the internet could have.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || (a == 192 && b == 0) || (a == 198 && (18..20).contains(&b));
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared
                || reserved)
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            let mapped = v6.to_ipv4_mapped().is_some_and(|v4| !is_public(IpAddr::V4(v4)));
            let translated = first == 0x64 && second == 0xff9b;
            let local = (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80;
            let special = first == 0x2001 && (second == 0xdb8 || second == 0);
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || mapped || translated || local || special)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn private_and_special_addresses_are_told_from_public_ones() {
        for (address, public) in [
            ("93.184.216.34", true),
            ("2606:2800:220:1::1", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a00:1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
