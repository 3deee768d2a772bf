//! A sentence that stands out: done, to know, to wait for, in danger.

use maud::{Markup, html};

/// What a notice means; a word says it, not the colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Done,
    Information,
    /// 'Unknown' and 'wait': the only use of yellow.
    Wait,
    /// The only use of red.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Information => "information",
            Self::Wait => "wait",
            Self::Danger => "danger",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Done => "完了",
            Self::Information => "お知らせ",
            Self::Wait => "確認",
            Self::Danger => "注意",
        }
    }
}

/// A notice in the flow of the page. `status` lets screen readers say it without moving the focus.
pub fn notice(tone: Tone, text: Markup) -> Markup {
    html! {
        div.notice .(tone.class()) role="status" {
            span.notice-word { (tone.word()) }
            div.notice-text { (text) }
        }
    }
}
