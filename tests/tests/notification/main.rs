//! 発生届 while it is being written: entry, checks, drafts, report, and who is told.

mod drafts;
mod entry;
mod notices;
mod once;
mod reflection;
mod support;
mod survival;
