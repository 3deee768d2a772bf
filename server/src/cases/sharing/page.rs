//! The tab 共有・引継ぎ in HTML.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::{Problems, prefectures};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Action, Read, group};
use crate::access::{Client, Grant, ItemGroup, OrganizationKind, Relation};
use crate::cases::index::name_key;
use crate::cases::sharing::store::{self, Choice, Reach, Sharing};
use crate::cases::store::{self as cases, Case};
use crate::cases::transfers::store::{self as transfers, Transfer};
use crate::cases::{Tab, header, note_view, sharing::history, tabs};
use crate::error::{Error, Result};
use crate::ui::table::Column;
use crate::ui::{Field, Page, Tone, error_summary, notice, operations, table};

/// What the forms of the page send, each its own part; kept as typed until it is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The button that was pressed: `find` looks for centres, keeps what was typed, changes nothing.
    pub step: String,
    /// A part of a centre's name: centres anywhere instead of those of the own prefecture.
    pub find: String,
    pub center_id: String,
    pub partner_id: String,
    /// The same for the hand-over.
    pub find_to: String,
    pub to_center_id: String,
    pub note: String,
    /// Empty where the box is not ticked.
    pub keeps_access: String,
    pub reason: String,
}

impl Typed {
    /// 【探す】
    pub fn finds(&self) -> bool {
        self.step == "find"
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    notice: String,
}

/// The tab.
pub async fn show(
    grant: Grant<group::Sharing, Read>,
    client: Client,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    note_view(&grant, &client, &app, Tab::Sharing).await?;
    let typed = Typed { keeps_access: "on".into(), ..Typed::default() };
    let view = View::load(&grant, &app, &typed).await?;
    page(&grant, &app, html! { (done(&address.notice)) (view.main(&Problems::default())) }, StatusCode::OK).await
}

/// The tab again: beside what is wrong, or with the centres that were looked for.
pub async fn show_again<A: Action>(
    grant: &Grant<group::Sharing, A>,
    client: &Client,
    app: &App,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response> {
    note_view(grant, client, app, Tab::Sharing).await?;
    let view = View::load(grant, app, typed).await?;
    let main = html! { (error_summary(problems)) (view.main(problems)) };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(grant, app, main, status).await
}

async fn page<A: Action>(
    grant: &Grant<group::Sharing, A>,
    app: &App,
    main: Markup,
    status: StatusCode,
) -> Result<Response> {
    let strip = html! { (header(grant, app).await?) (tabs(grant, Tab::Sharing)) };
    Ok(Page::new("共有・引継ぎ").staff(grant.staff()).header(strip).response_with(status, main))
}

/// What was just done, by a word in the address.
fn done(word: &str) -> Markup {
    let (tone, sentence) = match word {
        "shared" => (Tone::Done, "共有しました。共有先の保健所は、すぐにこの方を見られます。"),
        "already-shared" => (Tone::Information, "その保健所には、すでに共有されています。"),
        "unshared" => (Tone::Done, "共有をやめました。その保健所は、もうこの方を見られません。"),
        "unshared-sees" => (
            Tone::Wait,
            "共有をやめました。その保健所は、ほかの理由で引き続きこの方を見られます。理由は、下の「この方を見られる機関」にあります。",
        ),
        "linked" => (Tone::Done, "紐づけました。紐づけた機関は、すぐにこの方の健康観察を見られます。"),
        "already-linked" => (Tone::Information, "その機関は、すでに紐づけられています。"),
        "unlinked" => (Tone::Done, "紐づけを解除しました。その機関は、もうこの方を見られません。"),
        "unlinked-sees" => (
            Tone::Wait,
            "紐づけを解除しました。その機関は、ほかの理由で引き続きこの方を見られます。理由は、下の「この方を見られる機関」にあります。",
        ),
        "already-ended" => (Tone::Information, "先にほかの人が終わらせていました。"),
        "offered" => (Tone::Done, "引継ぎを依頼しました。相手の保健所が受け入れるまで、担当保健所は変わりません。"),
        "already-offered" => (Tone::Wait, "この方の引継ぎは、すでに依頼中です。下の状況を確かめてください。"),
        "withdrawn" => (Tone::Done, "引継ぎの依頼を取り下げました。"),
        "accepted" => (Tone::Done, "引継ぎを受け入れました。担当保健所になりました。"),
        _ => return PreEscaped(String::new()),
    };
    notice(tone, html! { p { (sentence) } })
}

/// Everything that the page shows.
struct View<'a> {
    case: Case,
    own_id: Uuid,
    is_responsible: bool,
    writes: bool,
    responsible: String,
    sharings: Vec<Sharing>,
    transfers: Vec<Transfer>,
    /// Whom the person may be shared with, and to whom handed over: each found by its own word.
    centers: Vec<Choice>,
    to_centers: Vec<Choice>,
    partners: Vec<Choice>,
    reaching: Vec<Reach>,
    typed: &'a Typed,
}

impl<'a> View<'a> {
    async fn load<A: Action>(grant: &Grant<group::Sharing, A>, app: &App, typed: &'a Typed) -> Result<Self> {
        let (db, case_id, staff, today) = (grant.db(), grant.case_id(), grant.staff(), app.clock.today());
        let case = cases::case(db, case_id).await?.ok_or(Error::NotFound)?;
        let own = cases::organization(db, staff.organization_id).await?.ok_or(Error::NotFound)?;
        let responsible = cases::organization(db, case.responsible_center_id).await?.map(|center| center.name);
        let writes = grant.may_write(ItemGroup::Sharing);
        let mut all = store::centers(db, today).await?;
        all.retain(|center| center.organization_id != case.responsible_center_id);
        let found = |sought: &str| -> Vec<Choice> {
            all.iter().filter(|center| fits(center, &name_key(sought), &own.prefecture_code)).cloned().collect()
        };
        let (centers, to_centers) = (found(&typed.find), found(&typed.find_to));
        let partners = if writes { store::partners(db, &own.prefecture_code, today).await? } else { Vec::new() };
        Ok(Self {
            own_id: own.organization_id,
            is_responsible: staff.kind == OrganizationKind::HealthCenter
                && case.responsible_center_id == own.organization_id,
            writes,
            responsible: responsible.unwrap_or_default(),
            sharings: store::sharings(db, case_id).await?,
            transfers: transfers::of_case(db, case_id).await?,
            reaching: store::reaching(db, case_id).await?,
            centers,
            to_centers,
            partners,
            case,
            typed,
        })
    }

    fn main(&self, problems: &Problems) -> Markup {
        html! {
            h1 { "共有・引継ぎ" }
            (self.responsible(problems))
            (self.related(problems))
            (self.links(problems))
            (self.reach())
            (history::show(&self.sharings, &self.transfers))
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/staff/cases/{}/{rest}", self.case.case_id)
    }

    fn field<'b>(name: &'b str, label: &'b str, value: &'b str, problems: &'b Problems) -> Field<'b> {
        Field::new(name, label, value, problems)
    }

    /// 担当保健所, and the hand-over that is under way or may begin.
    fn responsible(&self, problems: &Problems) -> Markup {
        let open = self.transfers.iter().find(|transfer| transfer.is_open());
        html! {
            section.sharing-section aria-labelledby="responsible" {
                h2 #responsible { "担当保健所" }
                p.sharing-center { strong { (self.responsible) } }
                @match open {
                    Some(transfer) => { (self.under_way(transfer, problems)) }
                    None if self.is_responsible && self.writes => { (self.proposal(problems)) }
                    None => {}
                }
            }
        }
    }

    fn under_way(&self, transfer: &Transfer, problems: &Problems) -> Markup {
        let at = |end: &str| self.path(&format!("transfers/{}/{end}", transfer.transfer_id));
        let is_asked = transfer.to_center_id == self.own_id;
        html! {
            div.under-way {
                p {
                    strong { (transfer.from_center) " から " (transfer.to_center) " へ、引継ぎを依頼中です。" }
                    br;
                    (transfer.offered_at.minute_text()) "　" (transfer.offered_by.as_deref().unwrap_or_default())
                }
                @if !transfer.note.is_empty() { p.said { (transfer.note) } }
                p.fine {
                    @if transfer.keeps_access {
                        "引継ぎ後も、" (transfer.from_center) "は関係保健所としてこの方を見られます。"
                    } @else {
                        "引継ぎ後、" (transfer.from_center) "はこの方を見られなくなります。"
                    }
                }
                @if is_asked {
                    p { "内容を確かめて、受け入れるか、理由を添えて差し戻してください。それまでは閲覧だけができます。" }
                    form method="post" action=(at("acceptance")) {
                        (operations(html! { button.button.primary { "引継ぎを受け入れる" } }))
                    }
                    form.give-back method="post" action=(at("return")) novalidate {
                        (Self::field("reason", "差し戻す理由", &self.typed.reason, problems).required().textarea(2))
                        (operations(html! { button.button { "差し戻す" } }))
                    }
                } @else if transfer.from_center_id == self.own_id {
                    form method="post" action=(at("withdrawal")) {
                        (operations(html! { button.button { "依頼を取り下げる" } }))
                    }
                }
            }
        }
    }

    fn proposal(&self, problems: &Problems) -> Markup {
        let typed = self.typed;
        let opened = ["to_center_id", "note"].iter().any(|field| problems.of(field).is_some());
        html! {
            details.propose open[opened || !typed.find_to.is_empty()] {
                summary { "ほかの保健所に引き継ぐ" }
                form method="post" action=(self.path("transfers")) novalidate {
                    (search("find_to", "引継ぎ先", &typed.find_to, self.to_centers.len()))
                    (Self::field("to_center_id", "引継ぎ先の保健所", &typed.to_center_id, problems).required()
                        .hint("相手の保健所が受け入れるまで、担当保健所は変わりません。").select(&choices(&self.to_centers)))
                    (Self::field("note", "連絡事項", &typed.note, problems).hint("500文字まで").textarea(3))
                    (Self::field("keeps_access", "引継ぎ後も、関係保健所としてこの方を見る", &typed.keeps_access, problems).checkbox())
                    (operations(html! { button.button { "引継ぎを依頼する" } }))
                }
            }
        }
    }

    /// 関係保健所 (SHR-01).
    fn related(&self, problems: &Problems) -> Markup {
        let running = self.running(&[Relation::Related]);
        html! {
            section.sharing-section aria-labelledby="related" {
                h2 #related { "関係保健所" }
                @if running.is_empty() {
                    p.nothing-open { "共有している保健所はありません。" }
                } @else {
                    (self.table("関係保健所の一覧", &running, "共有をやめる"))
                }
                @if self.writes && self.is_responsible {
                    details.add open[problems.of("center_id").is_some() || !self.typed.find.is_empty()] {
                        summary { "関係保健所を加える" }
                        form method="post" action=(self.path("sharing/centers")) novalidate {
                            (search("find", "関係保健所", &self.typed.find, self.centers.len()))
                            (Self::field("center_id", "共有する保健所", &self.typed.center_id, problems).required()
                                .hint("設定すると、その保健所と、その都道府県の本庁・調整本部がすぐに見られるようになります。")
                                .select(&choices(&self.centers)))
                            (operations(html! { button.button { "共有する" } }))
                        }
                    }
                }
            }
        }
    }

    /// 紐づけ (FUP-02, FUP-05).
    fn links(&self, problems: &Problems) -> Markup {
        let running = self.running(&[Relation::Linked, Relation::Guest]);
        html! {
            section.sharing-section aria-labelledby="links" {
                h2 #links { "健康フォローアップ・宿泊療養の紐づけ" }
                @if running.is_empty() {
                    p.nothing-open { "紐づけている機関はありません。" }
                } @else {
                    (self.table("紐づけている機関の一覧", &running, "紐づけを解除"))
                }
                @if self.writes {
                    details.add open[problems.of("partner_id").is_some()] {
                        summary { "機関を紐づける" }
                        form method="post" action=(self.path("sharing/links")) novalidate {
                            (Self::field("partner_id", "紐づける機関", &self.typed.partner_id, problems).required()
                                .hint("一覧にない医療機関には、先に健康フォローアップ機関の権限を付与してください。")
                                .select(&partners(&self.partners)))
                            (operations(html! { button.button { "紐づける" } }))
                        }
                    }
                }
            }
        }
    }

    fn running(&self, relations: &[Relation]) -> Vec<&Sharing> {
        let fits = |sharing: &&Sharing| relations.iter().any(|relation| sharing.is(*relation));
        self.sharings.iter().filter(|sharing| sharing.ended_at.is_none()).filter(fits).collect()
    }

    fn table(&self, caption: &str, running: &[&Sharing], verb: &str) -> Markup {
        let mut heads = vec!["機関", "いつから", "設定した人"];
        if self.writes {
            // Beside the name, so that a narrow screen shows both.
            heads.insert(1, "操作");
        }
        let heads: Vec<Column<'_>> = heads.into_iter().map(Column::new).collect();
        let rows = running.iter().map(|sharing| {
            let may_end =
                !sharing.is(Relation::Related) || self.is_responsible || sharing.organization_id == self.own_id;
            html! {
                tr {
                    th scope="row" { (sharing.organization) }
                    @if self.writes {
                        td {
                            @if may_end {
                                form.inline method="post" action=(self.path("sharing/removal")) {
                                    input type="hidden" name="sharing_id" value=(sharing.sharing_id);
                                    button.button.small aria-label=(format!("{}：{verb}", sharing.organization)) { (verb) }
                                }
                            }
                        }
                    }
                    td { (sharing.since.minute_text()) }
                    td { (sharing.set_by.as_deref().unwrap_or_default()) }
                }
            }
        });
        table::dense(caption, &heads, rows)
    }

    /// Everybody who sees the person, and why: nobody is shared with unseen.
    fn reach(&self) -> Markup {
        // Rows of one organisation stand together.
        let rows = self.reaching.chunk_by(|one, next| one.organization_id == next.organization_id).map(|reaches| {
            let reasons: Vec<&str> =
                reaches.iter().filter_map(|reach| Relation::from_code(&reach.relation)).map(reason).collect();
            html! {
                tr {
                    @if let Some(reach) = reaches.first() {
                        th scope="row" { (reach.organization) }
                        td { (OrganizationKind::from_code(&reach.kind).map_or("", OrganizationKind::label)) }
                    }
                    td.wrap { (reasons.join("、")) }
                }
            }
        });
        html! {
            section.sharing-section aria-labelledby="reach" {
                h2 #reach { "この方を見られる機関" }
                (table::dense("この方を見られる機関の一覧", &["機関", "種別", "理由"].map(Column::new), rows))
            }
        }
    }
}

/// 広域調整: a centre of any prefecture by its name (SHR-02). Its button stands first in the form, so that Enter
/// in the field looks for centres, and sends the form, so that nothing typed is lost.
fn search(name: &str, what: &str, sought: &str, found: usize) -> Markup {
    html! {
        div.center-search {
            div.field {
                label.label for=(name) { (what) "を全国から名前で探す" }
                div.control {
                    input id=(name) name=(name) type="text" value=(sought) autocomplete="off" spellcheck="false"
                        autofocus[!sought.is_empty()];
                    button.button name="step" value="find" { "探す" }
                }
            }
            @if !sought.trim().is_empty() {
                p.fine role="status" {
                    @if found == 0 {
                        "「" (sought) "」に当てはまる保健所はありません。名前の一部か、都道府県名で探してください。"
                    } @else {
                        "「" (sought) "」に当てはまる" (found) "か所から選べます。"
                    }
                    "空欄で【探す】を押すと、県内の保健所に戻ります。"
                }
            }
        }
    }
}

/// Whether a centre is among those sought; without a word, those of the own prefecture.
fn fits(center: &Choice, sought: &str, own_prefecture: &str) -> bool {
    if sought.is_empty() {
        return center.prefecture_code == own_prefecture;
    }
    name_key(&center.name).contains(sought) || prefecture(center).contains(sought)
}

/// Why an organisation sees a person, in its words.
fn reason(relation: Relation) -> &'static str {
    match relation {
        Relation::Responsible => "担当保健所",
        Relation::Receiving => "届出先保健所（閲覧）",
        Relation::Related => "関係保健所",
        Relation::Offered => "引継ぎの依頼先（閲覧）",
        Relation::Governing => "保健所を管轄する本庁・調整本部",
        Relation::Entered => "登録した機関",
        Relation::Admitted => "入院先の医療機関",
        Relation::Linked => "健康フォローアップの紐づけ",
        Relation::Guest => "宿泊療養の紐づけ",
    }
}

fn prefecture(choice: &Choice) -> &'static str {
    prefectures::name(&choice.prefecture_code).unwrap_or_default()
}

fn choices(centers: &[Choice]) -> Vec<(String, String)> {
    let label = |center: &Choice| match prefecture(center) {
        "" => center.name.clone(),
        prefecture => format!("{}（{prefecture}）", center.name),
    };
    centers.iter().map(|center| (center.organization_id.to_string(), label(center))).collect()
}

fn partners(partners: &[Choice]) -> Vec<(String, String)> {
    let kind = |partner: &Choice| OrganizationKind::from_code(&partner.kind).map_or("", OrganizationKind::label);
    partners
        .iter()
        .map(|partner| (partner.organization_id.to_string(), format!("{}（{}）", partner.name, kind(partner))))
        .collect()
}
