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
