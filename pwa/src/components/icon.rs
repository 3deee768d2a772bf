use yew::prelude::*;

#[derive(Clone, Copy, PartialEq)]
pub enum Shape {
    Alert,
    Back,
    Check,
    Clock,
    Down,
    Gear,
    Help,
    Home,
    Info,
    Minus,
    Offline,
    Phone,
    Plus,
}

impl Shape {
    /// Strokes on a 24 × 24 field.
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 3.5 22 20.5H2zM12 10v5M12 17.6v.3",
            Self::Back => "m14.5 5-7 7 7 7",
            Self::Check => "m4.5 12.5 5 5 10-11",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.3l3.4 2",
            Self::Down => "m5 9 7 7 7-7",
            Self::Gear => {
                "M4 7h9M19 7h1M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM4 17h2M12 17h8M9 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
            }
            Self::Help => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.3 9.5a2.7 2.7 0 1 1 4.1 2.3c-.9.6-1.4 1.1-1.4 2.1M12 16.9v.3"
            }
            Self::Home => "M4 11.2 12 4l8 7.2V20h-5.5v-5.5h-5V20H4z",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.4v.3",
            Self::Minus => "M5 12h14",
            Self::Offline => {
                "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.3M15.5 10.4a10 10 0 0 1 3.5 2.1M8.5 16a5 5 0 0 1 5.5-1M12 19.3v.3"
            }
            Self::Phone => {
                "M6 3.5h3l1.5 4.2-2 1.5a12 12 0 0 0 6.3 6.3l1.5-2 4.2 1.5v3c0 1.3-1 2.3-2.3 2.2C10.5 19.700 4.300 13.500 3.800 5.800 3.700 4.500 4.700 3.500 6 3.500z"
            }
            Self::Plus => "M12 5v14M5 12h14",
        }
    }
}

/// A mark that goes with words and is silent for screen readers.
pub fn icon(shape: Shape) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={shape.path()} />
        </svg>
    }
}
