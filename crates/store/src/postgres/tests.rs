use super::*;

#[test]
fn passwords_are_not_shown() {
    for (url, shown) in [
        ("postgres://anna:secret@db.example/makegood", "postgres://anna@db.example/makegood"),
        ("postgres://anna@db.example", "postgres://anna@db.example"),
        (
            "postgresql://db.example:5433/makegood?sslmode=disable",
            "postgresql://db.example:5433/makegood?sslmode=disable",
        ),
        ("postgres:///makegood?password=secret&host=/tmp", "postgres:///makegood?host=/tmp"),
        ("postgres://anna:s@cret@db.example/makegood?password=secret", "postgres://anna@db.example/makegood"),
        // Written wrongly.
        ("postgress://anna:secret@db.example/makegood", "postgress://anna@db.example/makegood"),
        ("Postgres://anna:secret@db.example/makegood", "Postgres://anna@db.example/makegood"),
        ("postgres:/anna:sec/ret@db.example/makegood", "postgres:/anna@db.example/makegood"),
        ("sqlite:postgres://anna:secret@db.example/makegood", "sqlite:postgres://anna@db.example/makegood"),
        ("host=db.example password=secret user=anna", "host=db.example user=anna"),
    ] {
        assert_eq!(masked(url), shown);
        assert_eq!(crate::shown(url), shown);
    }
}

#[test]
fn the_way_is_encrypted_when_it_leaves_the_machine() {
    for (url, encrypted) in [
        ("postgres://anna@db.example/makegood", true),
        ("postgres://anna@db.example/makegood?sslmode=disable", false),
        ("postgres://anna@db.example/makegood?sslmode=verify-full", true),
        ("postgres://anna@localhost/makegood", false),
        ("postgres://anna@127.0.0.1:5433/makegood", false),
        ("postgres://anna@[::1]/makegood", false),
        ("postgres://anna@10.0.0.1/makegood", true),
        ("postgres://anna@localhost/makegood?sslmode=require", true),
        ("postgres://anna@/makegood?host=/run/postgresql", false),
    ] {
        assert_eq!(Address::read(url).unwrap().tls.is_some(), encrypted, "{url}");
    }
}

#[test]
fn an_address_that_cannot_be_read_says_why() {
    for (url, why) in [
        ("postgres://anna@localhost:port/makegood", "port"),
        ("postgres://localhost/makegood?sslmode=maybe", "`sslmode=maybe` is not `disable`, `require` or `verify-full`"),
        ("postgres://localhost/makegood?colour=red", "colour"),
        ("postgres://anna@/makegood?host=/tmp&host=/run", "a socket stands alone"),
        ("postgres://anna@/makegood?host=/tmp&hostaddr=10.0.0.1", "a socket stands alone"),
        ("postgres://anna@/makegood?host=/tmp&target_session_attrs=read-write", "a socket stands alone"),
        ("postgres://anna@/makegood?host=/tmp&sslmode=require", "is not encrypted"),
        ("postgres://db.example/makegood?sslrootcert=/nowhere.pem", "`sslrootcert=/nowhere.pem` cannot be read"),
    ] {
        match Address::read(url).map(|_| ()) {
            Err(StoreError::BadServerUrl { why: found, .. }) => assert!(found.contains(why), "{url}: {found}"),
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[test]
fn a_server_that_is_too_old_is_refused() {
    let address = Address::read("postgres://anna@localhost/makegood").unwrap();
    for (number, name, fine) in
        [(140_012, "14.12", false), (90_624, "9.6.24", false), (150_000, "15.0", true), (180_001, "18.1", true)]
    {
        let answer = schema::new_enough(&address, number, name.to_owned());
        assert_eq!(answer.is_ok(), fine, "{name}");
        if let Err(error) = answer {
            let expected =
                format!("`postgres://anna@localhost/makegood` is PostgreSQL {name}: version 15 or newer is needed");
            assert_eq!(error.to_string(), expected);
        }
    }
}

/// What connections of one store find, one after another, in seconds.
#[test]
fn an_outage_is_awaited_once_by_all() {
    use std::time::{Duration, Instant};

    enum Does {
        Misses { began: u64, news: bool },
        Meets { at: u64, was_away: Option<u64> },
        Asks { at: u64, left: Option<u64> },
    }
    use Does::*;

    #[expect(clippy::disallowed_methods, reason = "a moment to count from")]
    let start = Instant::now();
    let at = |seconds: u64| start + Duration::from_secs(seconds);
    let mut presence = super::server::Presence::default();
    let patience = Duration::from_secs(30);
    for (place, does) in [
        Asks { at: 0, left: None },
        Misses { began: 1, news: true },
        Asks { at: 2, left: Some(29) },
        // Another connection finds out later: it waits no longer than the first.
        Misses { began: 11, news: false },
        Asks { at: 12, left: Some(19) },
        Asks { at: 31, left: Some(0) },
        // Whoever comes when patience is at its end gives up at once, however much later.
        Misses { began: 40, news: false },
        Asks { at: 4_000, left: Some(0) },
        Meets { at: 5_001, was_away: Some(5_000) },
        Meets { at: 5_002, was_away: None },
        // An attempt that began before somebody connected proves nothing.
        Misses { began: 5_000, news: false },
        Asks { at: 5_003, left: None },
        // The next outage is another one.
        Misses { began: 5_004, news: true },
        Asks { at: 5_005, left: Some(29) },
    ]
    .into_iter()
    .enumerate()
    {
        match does {
            Misses { began, news } => assert_eq!(presence.missed(at(began)), news, "step {place}"),
            Meets { at: now, was_away } => {
                assert_eq!(presence.met(at(now)), was_away.map(Duration::from_secs), "step {place}");
            }
            Asks { at: now, left } => {
                assert_eq!(presence.left(at(now), patience), left.map(Duration::from_secs), "step {place}");
            }
        }
    }
}
