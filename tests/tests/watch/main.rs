//! Health observation beside the board itself: rules as people write and try them, what the calendar moves, whatever
//! order things happen in, and follow-up by others.

mod any_order;
mod calendar;
mod links;
mod masks;
mod rules;
mod support;
mod trial;
