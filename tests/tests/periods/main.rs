//! 健康観察期間: computed by the rules of the day, moved by itself only where it lets nobody go, ended at once.

mod any_order;
mod board;
mod decisions;
mod following;
mod release;
mod rows;
mod support;
