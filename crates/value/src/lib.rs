//! Lifetime-value models and the equity statement, from plain rows.
//!
//! Nothing here reads a clock, a file or a random number, and nothing here knows of promises, rights or charters: what a
//! customer is worth must never change what they are owed.
//!
//! - [`Histories`] reads a transaction log and gives a [`Summary`] (x, t_x, T, z̄) for each customer; [`PurchaseHistory`] keeps
//!   the same summary up to date one purchase at a time.
//! - [`repeat`] fits BG/NBD, MBG/NBD and Pareto/NBD (with covariates, if there are any) and predicts; [`bg_bb`] does so for
//!   discrete opportunities, [`sbg`] for contracts, [`gamma_gamma`] for spend.
//! - [`lifetime`] turns both into a discounted value; [`calibration`] shows how forecasts turned out.
//! - [`equity`] explains the value of all customers between two dates, line by line, in whole minor units that add up;
//!   [`concentration`] shows on how few it rests.
//! - [`plot`] draws the results as SVG text.
//!
//! Models compute in `f64`; every sum of money in a statement is an integer. Every error says which rows, and what to do.

pub mod bg_bb;
pub mod calibration;
pub mod concentration;
pub mod equity;
mod error;
pub mod gamma_gamma;
pub mod lifetime;
pub mod limits;
mod numeric;
pub mod plot;
pub mod repeat;
pub mod sbg;
mod summary;
#[cfg(test)]
mod testing;
mod transactions;

pub use error::{BadRows, Fault, ValueError};
pub use summary::{Summary, check};
pub use transactions::{Histories, PurchaseHistory, Transaction};
