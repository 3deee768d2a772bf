//! Sharing, hand-over and follow-up: who reaches a person by somebody's word, and no longer than that.

mod any_order;
mod follow_up;
mod related_centers;
mod transfers;
