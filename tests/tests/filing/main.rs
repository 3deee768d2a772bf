//! Filing without the form: by an institution's CSV file and by its own system.

mod api;
mod import;
mod support;
mod tokens;
