//! The address of a server, and whether the way there is encrypted.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, SslNegotiation, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::StoreError;

/// How long one attempt to reach the server may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Where servers listen unless they are told otherwise.
const PORT: u16 = 5432;
/// When a silent connection is asked whether it still stands, how often, and how many silent answers end it.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(20);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;
/// How long what was sent may stay unanswered by the other machine before the connection is given up.
const UNANSWERED: Duration = Duration::from_secs(30);

/// Where the server is.
#[derive(Clone)]
pub(super) struct Address {
    /// The URL without its password, for messages.
    pub(super) shown: String,
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`.
    ///
    /// Besides what the client library reads, `sslmode=verify-full` and `verify-ca` mean `require`, which checks the server's
    /// certificate here, and `sslrootcert=FILE` names the authority to check it by. Without `sslmode` the way is encrypted when it
    /// leaves the machine.
    pub(super) fn read(url: &str) -> Result<Address, StoreError> {
        let shown = masked(url);
        let bad = |why: String| StoreError::BadServerUrl { url: shown.clone(), why };
        let (plain, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut kept, mut mode, mut authority) = (Vec::new(), None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_owned()),
                Some(("sslrootcert", file)) => authority = Some(file.to_owned()),
                _ => kept.push(pair),
            }
        }
        let rest = if kept.is_empty() { plain.to_owned() } else { format!("{plain}?{}", kept.join("&")) };
        let mut config = Config::from_str(&rest).map_err(|error| bad(said(&error)))?;
        let encrypted = match mode.as_deref() {
            None => config.get_hosts().iter().any(leaves_the_machine),
            Some("disable") => false,
            Some("require" | "verify-full" | "verify-ca") => true,
            Some(other) => {
                return Err(bad(format!("`sslmode={other}` is not `disable`, `require` or `verify-full`")));
            }
        };
        let tls = if encrypted { Some(tls(authority.as_deref()).map_err(bad)?) } else { None };
        // What the library takes for encryption is `Way`, which encrypts only where that is asked for.
        config.ssl_mode(SslMode::Require);
        config.ssl_negotiation(if encrypted { SslNegotiation::Postgres } else { SslNegotiation::Direct });
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        if config.get_hosts().iter().any(|host| matches!(host, Host::Unix(_))) {
            let alone = config.get_hosts().len() == 1 && config.get_hostaddrs().is_empty();
            if !alone || config.get_target_session_attrs() != TargetSessionAttrs::Any {
                let why = "a socket stands alone, without further hosts, `hostaddr` or `target_session_attrs`";
                return Err(bad(why.to_owned()));
            }
            if encrypted {
                return Err(bad("what goes through a socket stays on this machine and is not encrypted".to_owned()));
            }
        }
        if config.get_application_name().is_none() {
            config.application_name("makegood");
        }
        config.connect_timeout(CONNECT_TIMEOUT).tcp_user_timeout(UNANSWERED);
        config.keepalives_idle(KEEPALIVE_IDLE).keepalives_interval(KEEPALIVE_INTERVAL);
        config.keepalives_retries(KEEPALIVE_RETRIES);
        Ok(Address { shown, config, tls })
    }

    /// The socket of a server on this machine that is reached by its folder.
    pub(super) fn socket(&self) -> Option<PathBuf> {
        let [Host::Unix(folder)] = self.config.get_hosts() else { return None };
        let port = self.config.get_ports().first().copied().unwrap_or(PORT);
        Some(folder.join(format!(".s.PGSQL.{port}")))
    }
}

fn leaves_the_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        Host::Unix(_) => false,
    }
}

/// Checks the server by the authorities that browsers know, or by the one in `authority`.
fn tls(authority: Option<&str>) -> Result<MakeRustlsConnect, String> {
    let Some(file) = authority else { return Ok(MakeRustlsConnect::with_webpki_roots()) };
    let unreadable = |error: &dyn std::error::Error| format!("`sslrootcert={file}` cannot be read: {error}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))? {
        roots.add(certificate.map_err(|error| unreadable(&error))?).map_err(|error| unreadable(&error))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// A URL as it may be shown: without its password, whatever else is wrong with it.
pub(crate) fn masked(url: &str) -> String {
    // `host=… password=…`, as other programs write it.
    let words = url.split(' ').filter(|word| !word.starts_with("password=")).collect::<Vec<_>>().join(" ");
    let (address, query) = words.split_once('?').unwrap_or((&words, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("password=")).collect::<Vec<_>>();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let Some((login, host)) = address.rsplit_once('@') else { return format!("{address}{query}") };
    // What stands before the login: the scheme, with as many slashes as were typed.
    let scheme = login.find(":/").map_or(0, |colon| {
        let slashes = login.bytes().skip(colon.saturating_add(1)).take_while(|byte| *byte == b'/').count();
        colon.saturating_add(1).saturating_add(slashes)
    });
    let (scheme, login) = login.split_at_checked(scheme).unwrap_or(("", login));
    let user = login.split_once(':').map_or(login, |(user, _)| user);
    format!("{scheme}{user}@{host}{query}")
}

/// An error with what caused it.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
