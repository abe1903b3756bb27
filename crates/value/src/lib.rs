//! Lifetime-value models and the equity statement.
