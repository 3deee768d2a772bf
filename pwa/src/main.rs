//! My HER-SYS: what an infected person or a close contact uses on the phone to report the day's health.
//!
//! Values live in memory until the server has acknowledged them and nowhere else (PERM-05, MY-19):
//! no storage, no address and no title ever carries a name, an ID or an answer.

mod api;
mod app;
mod browser;
mod code_entry;
mod components;
mod desk;
mod draft;
mod failure;
mod form;
mod hooks;
mod household;
mod pages;
mod route;
mod store;
mod texts;
mod typing;

fn main() {
    match browser::element("app") {
        Some(root) => yew::Renderer::<app::App>::with_root(root).render(),
        None => yew::Renderer::<app::App>::new().render(),
    };
}
