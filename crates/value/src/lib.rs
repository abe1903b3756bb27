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
//! - [`rhythm`] holds a party's silence against the party's own rhythm.
//! - [`equity`] explains the value of all customers between two dates, line by line, in whole minor units that add up;
//!   [`concentration`] shows on how few it rests.
//! - [`share`] says within which range a share lies that was counted, such as of promises kept.
//! - [`plot`] draws the results as SVG text.
//!
//! ```
//! use makegood_value::lifetime::{Discount, Terms, score_all};
//! use makegood_value::repeat::{FitOptions, RepeatModel, fit};
//! use makegood_value::{Summary, gamma_gamma};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut customers = Vec::new();
//! # for line in include_str!("../tests/data/cdnow_summary.csv").lines().skip(1) {
//! #     let cells = line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
//! #     customers.push(Summary { repeats: cells[1] as u32, last: cells[2], age: cells[3], spend: cells[4] });
//! # }
//! // `customers` is a Vec<Summary>, in weeks and dollars; `Histories::summaries` makes one from a transaction log.
//! let repeat = fit(RepeatModel::BgNbd, &customers, FitOptions::default())?;
//! let spend = gamma_gamma::fit(&customers, FitOptions::default())?;
//! let discount = Discount::yearly(0.10, 52.18)?;
//! let terms = Terms { discount, horizon: f64::INFINITY, margin: 0.3, cost_per_purchase: 0.0 };
//! let scores = score_all(&repeat.repeat, &spend.gamma_gamma, &customers, &terms, 2)?;
//! assert_eq!(scores.len(), customers.len());
//! # Ok(())
//! # }
//! ```
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
pub mod rhythm;
pub mod sbg;
pub mod share;
mod summary;
#[cfg(test)]
mod testing;
mod transactions;

pub use error::{BadRows, Fault, ValueError};
pub use summary::{Summary, check};
pub use transactions::{Customer, Day, Histories, PurchaseHistory, Reading, Sums, Transaction};
