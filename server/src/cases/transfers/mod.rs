//! Hand-over of 担当保健所 from centre to centre (C-02): proposed, then accepted, returned with a
//! reason, or withdrawn. Until it is answered the asked centre reads the record (relation
//! `offered`), as much as it needs to decide; its head office does not yet. Every step holds the
//! case, so that of two answers at the same moment exactly one counts.

mod boxes;
pub mod store;

use std::marker::PhantomData;

use axum::extract::{Form, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Level::{Read, Write};
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::grant::{self, Action, group};
use crate::access::{Client, Grant, ItemGroup, Relation, Scope, policy};
use crate::cases::news;
use crate::cases::reach;
use crate::cases::sharing::{self, Typed, back, show_again};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::routes::{Guard, Routes};
use store::{End, NewTransfer, Proposal};

/// Letters of a note or a reason.
pub const LONGEST: usize = 500;

pub fn routes() -> Routes {
    let write = Guard::Kind(ItemGroup::Sharing, Write);
    Routes::default()
        .get("/staff/transfers", Guard::Kind(ItemGroup::Sharing, Read), boxes::show)
        .post("/staff/cases/{case_id}/transfers", Guard::Case(ItemGroup::Sharing, Write), propose)
        .post("/staff/cases/{case_id}/transfers/{transfer_id}/acceptance", write, accept)
        .post("/staff/cases/{case_id}/transfers/{transfer_id}/return", write, give_back)
        .post("/staff/cases/{case_id}/transfers/{transfer_id}/withdrawal", write, withdraw)
}

/// Whoever has to do with hand-overs at all. A single one is found only by the two centres between
/// which it stands; that is why its answers ask for no grant of the case, which the other side may
/// just have taken away.
pub struct Desk<A> {
    scope: Scope,
    level: PhantomData<A>,
}

impl<A: Action> FromRequestParts<App> for Desk<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let scope = Scope::from_request_parts(parts, app).await?;
        if policy::may(scope.staff().kind, ItemGroup::Sharing) < A::LEVEL {
            return Err(Error::Forbidden);
        }
        Ok(Self { scope, level: PhantomData })
    }
}

/// Proposes a hand-over to another centre.
async fn propose(
    grant: Grant<group::Sharing, grant::Write>,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    if typed.finds() {
        return show_again(&grant, &client, &app, &typed, &Problems::default()).await;
    }
    let now = app.clock.now();
    let own = grant.staff().organization_id;
    let note = written(&typed.note);
    let mut problems = Problems::default();
    let centers = sharing::centers(grant.db(), now.day()).await?;
    let to_center = Uuid::parse_str(&typed.to_center_id)
        .ok()
        .filter(|id| *id != own && centers.iter().any(|center| center.organization_id == *id));
    if to_center.is_none() {
        problems.add("to_center_id", "引継ぎ先の保健所を選んでください（必須）。");
    }
    if note.chars().count() > LONGEST {
        problems.add("note", "500文字までで入力してください。");
    }
    let Some(to_center_id) = to_center.filter(|_| problems.is_empty()) else {
        return show_again(&grant, &client, &app, &typed, &problems).await;
    };
    let mut tx = grant.db().begin().await?;
    let case = reach::hold_for(&mut tx, &grant).await?;
    if case.responsible_center_id != own {
        return Err(Error::Forbidden);
    }
    let transfer = NewTransfer {
        case_id: case.case_id,
        transfer_id: Uuid::now_v7(),
        from_center_id: own,
        to_center_id,
        note: &note,
        keeps_access: !typed.keeps_access.is_empty(),
        offered_by: grant.staff().account_id,
    };
    if !store::offer(&mut tx, &transfer, now).await? {
        return Ok(back(case.case_id, "already-offered"));
    }
    reach::rewrite_stored(&mut tx, case.case_id, now).await?;
    news::tell(&mut tx, to_center_id, case.case_id, News::Offered, app.config.base_url.as_str(), now).await?;
    Entry::by_staff(grant.staff(), &client, now, "transfer.offer")
        .about(case.case_id)
        .with(json!({
            "transfer_id": transfer.transfer_id,
            "from_center_id": own,
            "to_center_id": to_center_id,
            "keeps_access": transfer.keeps_access,
            "before": null,
            "after": "open",
        }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(back(case.case_id, "offered"))
}

/// Text as it is kept: line ends as LF, nothing that a database cannot hold.
fn written(typed: &str) -> String {
    typed.replace("\r\n", "\n").replace('\0', "").trim().to_owned()
}

/// Takes the person over: responsible at once.
async fn accept(
    desk: Desk<grant::Write>,
    client: Client,
    State(app): State<App>,
    Path((case_id, transfer_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let answer = Answer { app: &app, desk: &desk, client: &client, case_id, transfer_id, end: End::Accepted };
    if !answer.give(None).await? {
        return Ok(too_late());
    }
    Ok(back(case_id, "accepted"))
}

/// Returns the proposal to the centre that made it, with the reason.
async fn give_back(
    desk: Desk<grant::Write>,
    client: Client,
    State(app): State<App>,
    Path((case_id, transfer_id)): Path<(Uuid, Uuid)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let reason = written(&typed.reason);
    let mut problems = Problems::default();
    if reason.is_empty() {
        problems.add("reason", "差し戻す理由を入力してください（必須）。");
    } else if reason.chars().count() > LONGEST {
        problems.add("reason", "500文字までで入力してください。");
    }
    if !problems.is_empty() {
        let grant = desk.scope.grant::<group::Sharing, grant::Read>(&app, case_id).await?.ok_or(Error::NotFound)?;
        return show_again(&grant, &client, &app, &typed, &problems).await;
    }
    let answer = Answer { app: &app, desk: &desk, client: &client, case_id, transfer_id, end: End::Returned };
    Ok(if answer.give(Some(&reason)).await? { to_boxes("returned") } else { too_late() })
}

/// Takes the proposal back.
async fn withdraw(
    desk: Desk<grant::Write>,
    client: Client,
    State(app): State<App>,
    Path((case_id, transfer_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let answer = Answer { app: &app, desk: &desk, client: &client, case_id, transfer_id, end: End::Withdrawn };
    Ok(if answer.give(None).await? { back(case_id, "withdrawn") } else { too_late() })
}

/// The other side was first. Its answer shows among the ended hand-overs.
fn too_late() -> Response {
    to_boxes("ended")
}

fn to_boxes(notice: &str) -> Response {
    Redirect::to(&format!("/staff/transfers?notice={notice}")).into_response()
}

/// An answer to a proposal.
struct Answer<'a> {
    app: &'a App,
    desk: &'a Desk<grant::Write>,
    client: &'a Client,
    case_id: Uuid,
    transfer_id: Uuid,
    end: End,
}

impl Answer<'_> {
    /// `false`: the proposal had ended before. A proposal of other centres is not found.
    async fn give(&self, reason: Option<&str>) -> Result<bool> {
        let (staff, now) = (self.desk.scope.staff(), self.app.clock.now());
        let mut tx = self.desk.scope.db().begin().await?;
        reach::hold(&mut tx, self.case_id).await?;
        let proposal = store::proposal(&mut tx, self.case_id, self.transfer_id).await?.ok_or(Error::NotFound)?;
        let (answers, hears, news) = match self.end {
            End::Accepted => (proposal.to_center_id, proposal.from_center_id, News::Accepted),
            End::Returned => (proposal.to_center_id, proposal.from_center_id, News::Returned),
            End::Withdrawn => (proposal.from_center_id, proposal.to_center_id, News::Withdrawn),
        };
        if answers != staff.organization_id {
            return Err(Error::NotFound);
        }
        if !store::end(&mut tx, self.case_id, self.transfer_id, self.end, reason, staff.account_id, now).await? {
            return Ok(false);
        }
        if self.end == End::Accepted {
            self.take_over(&mut tx, &proposal).await?;
        }
        reach::rewrite_stored(&mut tx, self.case_id, now).await?;
        news::tell(&mut tx, hears, self.case_id, news, self.app.config.base_url.as_str(), now).await?;
        let responsible = if self.end == End::Accepted { proposal.to_center_id } else { proposal.from_center_id };
        Entry::by_staff(staff, self.client, now, self.action())
            .about(self.case_id)
            .with(json!({
                "transfer_id": self.transfer_id,
                "before": { "status": "open", "responsible_center_id": proposal.from_center_id },
                "after": { "status": self.end.code(), "responsible_center_id": responsible },
            }))
            .write(&mut tx)
            .await?;
        tx.commit().await?;
        self.app.outbox.wake();
        Ok(true)
    }

    /// Who was 関係保健所 becomes 担当保健所, and the other way round where that was agreed on.
    async fn take_over(&self, tx: &mut Tx, proposal: &Proposal) -> Result<()> {
        let (staff, now) = (self.desk.scope.staff(), self.app.clock.now());
        store::set_responsible(tx, self.case_id, proposal.to_center_id).await?;
        sharing::hand_over_returns(tx, self.case_id, proposal.to_center_id).await?;
        sharing::end(tx, self.case_id, Relation::Related, proposal.to_center_id, staff, now).await?;
        if proposal.keeps_access {
            sharing::begin(tx, self.case_id, Relation::Related, proposal.from_center_id, staff, now).await?;
        }
        Ok(())
    }

    fn action(&self) -> &'static str {
        match self.end {
            End::Accepted => "transfer.accept",
            End::Returned => "transfer.return",
            End::Withdrawn => "transfer.withdraw",
        }
    }
}
