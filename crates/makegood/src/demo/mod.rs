//! The demonstration: a real airline's year with generated passengers.

pub mod events;
pub mod extract;
pub mod passengers;
