//! The demonstration: a real airline's year with generated passengers.

#![expect(clippy::arithmetic_side_effects, reason = "generates: small numbers, and nothing that anyone is owed")]

pub mod events;
pub mod extract;
pub mod passengers;
