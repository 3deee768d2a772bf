use yew::prelude::*;

use super::{Shape, icon};

#[derive(Clone, Copy, PartialEq)]
pub enum Tone {
    /// Something went well.
    Done,
    Info,
    /// Something is to be waited for or looked at.
    Wait,
}

/// A boxed remark; `live` ones are read out as soon as they appear.
pub fn notice(tone: Tone, live: bool, text: Html) -> Html {
    let (class, shape) = match tone {
        Tone::Done => ("notice notice-done", Shape::Check),
        Tone::Info => ("notice", Shape::Info),
        Tone::Wait => ("notice notice-wait", Shape::Clock),
    };
    html! {
        <div {class} role={live.then_some("status")}>
            { icon(shape) }
            <div class="notice-text">{ text }</div>
        </div>
    }
}
