//! 発生届 after it was reported: tab, views, 法令様式, print, hand-out, history, deletion, 経過.

mod changes;
mod papers;
mod story;
mod support;
mod views;
