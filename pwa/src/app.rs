//! The whole app: shared memory, addresses, and the page for each.

use yew::prelude::*;

use crate::browser;
use crate::components::{Frame, SignedIn};
use crate::pages;
use crate::route::{Nav, Route, Step, invitation_token};
use crate::store::{Change, Memory, Store, remember_invitation};

#[component]
pub fn App() -> Html {
    let memory = use_reducer(Memory::restored);
    let changing = {
        let dispatcher = memory.dispatcher();
        use_callback((), move |change: Change, ()| dispatcher.dispatch(change))
    };
    let route = use_state_eq(first_route);
    let going = {
        let route = route.setter();
        use_callback((), move |(to, step): (Route, Step), ()| {
            browser::set_path(to.path(), step == Step::Forward);
            route.set(to);
        })
    };
    {
        let route = route.setter();
        use_effect_with((), move |()| {
            let listener = browser::on_window("popstate", move || {
                route.set(Route::of_path(&browser::path()));
            });
            move || drop(listener)
        });
    }
    use_effect_with(memory.desk.has_input(), |has_input| {
        let listener = has_input.then(browser::ask_before_leaving);
        move || drop(listener)
    });

    let store = Store { memory: std::rc::Rc::new((*memory).clone()), changing };
    let nav = Nav { route: *route, going };
    html! {
        <ContextProvider<Nav> context={nav}>
            <ContextProvider<Store> context={store}>
                <Frame>{ page(*route) }</Frame>
            </ContextProvider<Store>>
        </ContextProvider<Nav>>
    }
}

/// The page of the address. The token of an SMS link leaves the address before anything is drawn,
/// so that it stays in neither the history nor a screenshot.
fn first_route() -> Route {
    let path = browser::path();
    if let Some(token) = invitation_token(&path) {
        remember_invitation(token);
        browser::set_path(Route::Register.path(), false);
        return Route::Invitation;
    }
    Route::of_path(&path)
}

fn page(route: Route) -> Html {
    match route {
        Route::SignIn => html! { <pages::SignInPage /> },
        Route::Register => pages::register(),
        Route::RegisterCode => html! { <pages::RegisterCode /> },
        Route::Forgotten => pages::forgotten(),
        Route::ForgottenCode => html! { <pages::ForgottenCode /> },
        Route::Invitation => html! { <pages::InvitationPage /> },
        Route::Help => html! { <pages::Help /> },
        Route::NotFound => pages::not_found(),
        _ => html! { <SignedIn>{ own_page(route) }</SignedIn> },
    }
}

/// The pages for which a session is needed.
fn own_page(route: Route) -> Html {
    match route {
        Route::NewPerson => html! { <pages::NewPersonPage /> },
        Route::NewPersonCheck => html! { <pages::NewPersonCheck /> },
        Route::Report => html! { <pages::ReportPage /> },
        Route::ReportCheck => html! { <pages::ReportCheck /> },
        Route::Receipt => html! { <pages::Receipt /> },
        Route::Settings => html! { <pages::Settings /> },
        Route::Password => html! { <pages::PasswordPage /> },
        Route::Mail => pages::mail_page(),
        Route::MailCode => html! { <pages::MailCode /> },
        _ => html! { <pages::Home /> },
    }
}
