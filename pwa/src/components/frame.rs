use yew::prelude::*;

use super::{Link, Shape, icon};
use crate::browser;
use crate::hooks::{use_online, use_store};
use crate::route::{Route, use_nav};
use crate::texts;

const MAIN: &str = "main";

#[derive(Properties, PartialEq)]
pub struct FrameProps {
    pub children: Html,
}

/// What stands around every page: skip link, brand, menu, and the strip that says 'offline'.
#[component]
pub fn Frame(props: &FrameProps) -> Html {
    let (nav, store, online) = (use_nav(), use_store(), use_online());
    let has_menu = !nav.route.is_focused();
    let waiting = store.desk.waiting_count();
    let skip = |event: MouseEvent| {
        event.prevent_default();
        browser::focus(MAIN);
    };
    html! {
        <div class={classes!("frame", has_menu.then_some("frame-menu"))}>
            <a class="skip" href={format!("#{MAIN}")} onclick={skip}>{ texts::SKIP }</a>
            <header class="top">
                <div class="top-line">
                    <Link to={Route::Home} class="brand">
                        <img src="/icon.svg" alt="" width="32" height="32" />
                        { texts::BRAND }
                    </Link>
                    if has_menu {
                        <nav class="menu" aria-label={texts::MENU}>
                            { item(nav.route, Route::Home, Shape::Home, texts::HOME) }
                            { item(nav.route, Route::Settings, Shape::Gear, texts::SETTINGS) }
                            { item(nav.route, Route::Help, Shape::Help, texts::HELP) }
                        </nav>
                    } else {
                        <Link to={Route::Help} class="top-help">
                            { icon(Shape::Help) }{ texts::HELP }
                        </Link>
                    }
                </div>
            </header>
            <div role="status">
                if !online {
                    <p class="strip">{ icon(Shape::Offline) }{ texts::OFFLINE }</p>
                }
                if waiting > 0 && nav.route != Route::ReportCheck {
                    <p class="strip">
                        { icon(Shape::Clock) }{ texts::report::waiting_for(waiting) }
                    </p>
                }
            </div>
            <main id={MAIN} tabindex="-1">{ props.children.clone() }</main>
        </div>
    }
}

fn item(route: Route, to: Route, shape: Shape, label: &'static str) -> Html {
    html! {
        <Link {to} class="menu-item" current={route == to}>
            { icon(shape) }
            <span>{ label }</span>
        </Link>
    }
}
