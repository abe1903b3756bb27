//! The contract of the port, kept by PostgreSQL.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use makegood_store::contract::ALL;
use makegood_store::contract::server::Server;
use makegood_store::{Postgres, Store};

#[test]
fn the_contract_is_kept_by_postgres() {
    let server = Server::start();
    for (name, case) in ALL {
        eprintln!("{name}");
        let url = server.fresh();
        case(&|| -> Box<dyn Store> { Box::new(Postgres::open(&url).unwrap()) });
    }
}
