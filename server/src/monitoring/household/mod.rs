//! The people of a household one beneath the other on one day axis: whoever falls ill after whom is seen at a glance.
//! Only whom the reader reaches stands there, and nothing betrays that there are others.

mod store;

use axum::extract::{Query, State};
use axum::response::Response;
use hersys_shared::days;
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group, Read, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases;
use crate::error::Result;
use crate::monitoring::pages::choices;
use crate::monitoring::period::{Period, Wanted};
use crate::monitoring::view::View;
use crate::ui::Page;
use crate::ui::chart::Size;
use crate::ui::table::empty;

pub use store::{Kin, tie};

/// Whom the reader may look at beside a person.
pub async fn kin<G: Group, A: Action>(grant: &Grant<G, A>) -> Result<Vec<Kin>> {
    // Whose contact somebody is belongs to 接触者・感染リンク.
    let with_contacts = grant.may_read(ItemGroup::Contact);
    store::kin(grant.db(), grant.staff().organization_id, grant.case_id(), with_contacts).await
}

/// The way to them, on the page of one.
pub fn link(case_id: Uuid, kin: &[Kin]) -> Markup {
    html! {
        @if !kin.is_empty() {
            p.household {
                "同じ世帯・関係する方："
                @for one in kin {
                    a href=(cases::Tab::Observation.path(one.case_id)) { (one.name) }
                    @if one.kind == CaseKind::Contact.code() { "（接触者）" }
                    " "
                }
                a.button href={ (cases::Tab::Observation.path(case_id)) "/household" } { "並べて見る" }
            }
        }
    }
}

/// One of them, as the page shows them.
struct Member {
    name: String,
    view: View,
}

pub async fn page(
    grant: Grant<group::Observation, Read>,
    client: Client,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let own = cases::store::identity(grant.db(), grant.case_id()).await?.identity.name;
    // One axis for all: the days until this person's last, as many as are asked for.
    let view = View::over(&app, &grant, |observed, today| Period::of(&wanted, observed, today).whole()).await?;
    let period = view.period;
    let mut members = vec![Member { name: own, view }];
    for one in kin(&grant).await? {
        let Some(right) = grant.beside::<group::Observation, Read>(&app, one.case_id).await? else { continue };
        members.push(Member { name: one.name, view: View::over(&app, &right, |_, _| period).await? });
    }
    let now = app.clock.now();
    let mut tx = grant.db().begin().await?;
    for member in &members {
        Entry::by_staff(grant.staff(), &client, now, "observation.household")
            .about(member.view.case_id)
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    let main = html! {
        p.back { a href=(cases::Tab::Observation.path(grant.case_id())) { "健康観察" } }
        div.observation-top {
            h1 { "世帯の健康観察" }
            (choices(&members[0].view, "/household"))
        }
        @if members.len() == 1 {
            (empty("並べて見られる方は、ほかにいません。", html! {}))
        }
        ol.household-members { @for member in &members { (shown(member, &app)) } }
    };
    let header = html! {
        (cases::header(&grant, &app).await?)
        (cases::tabs(&grant, cases::Tab::Observation))
    };
    Ok(Page::new("世帯の健康観察").staff(grant.staff()).header(header).wide().response(main))
}

fn shown(member: &Member, app: &App) -> Markup {
    let view = &member.view;
    let graph = view.graph(app);
    let id = format!("graph-{}", view.case_id);
    html! {
        li.household-member {
            h2 {
                a href=(cases::Tab::Observation.path(view.case_id)) { (member.name) }
                @if view.observed.kind == CaseKind::Contact { " " span.mark { "接触者" } }
            }
            @if view.observed.reported.is_none() {
                p.quiet-text { "まだ報告がありません。" }
            } @else {
                p.fine {
                    @for fact in graph.facts() {
                        span.household-fact {
                            (fact.label) " " b { (fact.value) } @if let Some(when) = fact.when { "（" (when) "）" }
                        }
                    }
                }
                (graph.draw_small(&id, Size::Screen))
                ul.events {
                    @for event in &view.events { li { b { (days::short(event.day)) } " " (event.words) } }
                }
            }
        }
    }
}
