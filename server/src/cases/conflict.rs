//! Two people saved the same ID管理: both versions side by side, nothing lost (PERM-08).

use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::identity::Identity;
use maud::html;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::form::{CaseEntry, CaseForm, FormContext};
use crate::cases::identity::{context, index_case_text, page, stored_sections};
use crate::cases::items::{self, Beside, Section};
use crate::cases::store::{self, IdentityVersion};
use crate::cases::{Tab, form_page};
use crate::error::Result;
use crate::ui::table::Column;
use crate::ui::{Tone, notice, operations, table};

/// The page that stands in place of saving. `version` is the one that was edited.
pub async fn response(
    grant: &Grant<group::Identity, Write>,
    app: &App,
    client: &Client,
    form: &CaseForm,
    entry: &CaseEntry,
    version: i64,
) -> Result<Response> {
    Entry::by_staff(grant.staff(), client, app.clock.now(), "case.conflict")
        .about(grant.case_id())
        .with(serde_json::json!({ "tab": "identity", "version": version }))
        .write(grant.db())
        .await?;
    let today = app.clock.today();
    let (context, stored) = context(grant).await?;
    let saved = stored_sections(grant, &context, &stored, today)?;
    let typed = items::sections(&entry.identity, &beside(grant, &context, form, entry), today);
    let base = store::identity_at(grant.db(), grant.case_id(), version).await?;
    let merged = merged(form, entry, base.as_ref(), &stored, &context);
    let by = store::account_name(grant.db(), stored.updated_by).await?;
    let rows = items::changed(&saved, &typed).into_iter().map(|field| {
        html! {
            tr {
                th scope="row" { (label(&saved, &typed, field)) }
                td.wrap { (value(&saved, field)) }
                td.wrap { (value(&typed, field)) }
            }
        }
    });
    let columns = ["項目", "保存されている内容", "あなたの入力"].map(Column::new);
    let main = html! {
        h1 { "ほかの人が先に保存しました" }
        (notice(Tone::Wait, html! {
            p {
                "編集している間に、" (by.unwrap_or_default()) "が " (stored.updated_at.minute_text())
                " に保存しました。あなたの入力はまだ保存されていません。ちがいを確かめて、保存し直してください。"
            }
        }))
        (table::dense("ちがう項目", &columns, rows))
        form method="post" action=(format!("/staff/cases/{}/identity/edit-again", grant.case_id())) {
            (form_page::hidden(&merged))
            p { "再編集では、あなたが変えた項目はあなたの入力に、ほかの項目は保存されている内容になります。" }
            (operations(html! {
                a.button href=(Tab::Identity.path(grant.case_id())) { "あなたの入力を保存しない" }
                button.button.primary { "再編集" }
            }))
        }
    };
    page(grant, app, main, StatusCode::CONFLICT).await
}

fn beside<'a>(
    grant: &Grant<group::Identity, Write>,
    context: &'a FormContext,
    form: &CaseForm,
    entry: &CaseEntry,
) -> Beside<'a> {
    Beside {
        kind: entry.kind,
        center_name: context.center_name(entry.responsible_center_id),
        index_case: index_case_text(context, entry.index_case_id.is_some(), &form.index_hersys_id),
        period: grant.may_read(ItemGroup::ObservationPeriod).then_some((entry.observed_from, entry.observed_until)),
    }
}

/// What is stored now, with every item over it that the writer changed since `base`; what stands beside
/// the document is compared with what the form was opened with.
fn merged(
    form: &CaseForm,
    entry: &CaseEntry,
    base: Option<&IdentityVersion>,
    stored: &IdentityVersion,
    context: &FormContext,
) -> CaseForm {
    let original = base.map_or_else(Identity::default, |base| base.identity.clone());
    let before = CaseForm::of(&original, 0, context);
    let mine = CaseForm::of(&entry.identity, 0, context);
    let mut merged = CaseForm::of(&stored.identity, stored.version, context);
    macro_rules! keep_mine {
        ($($field:ident)*) => {$(
            if mine.identity.$field != before.identity.$field {
                merged.identity.$field = form.identity.$field.clone();
            }
        )*};
    }
    keep_mine! {
        kana name birth_on sex nationality postal_code address emergency_name emergency_relation emergency_phone_1
        emergency_phone_2 phone mail received_on occupation workplace note local_id notices
    }
    CaseForm { case_id: form.case_id.clone(), send_sms: form.send_sms.clone(), ..form.beside_over(merged) }
}

fn label(saved: &[Section], typed: &[Section], field: &str) -> &'static str {
    let mut items = saved.iter().chain(typed).flat_map(|section| &section.items);
    items.find(|item| item.field == field).map_or("", |item| item.label)
}

fn value(sections: &[Section], field: &str) -> String {
    let mut items = sections.iter().flat_map(|section| &section.items);
    let value = items.find(|item| item.field == field).map(|item| item.value.clone()).unwrap_or_default();
    if value.is_empty() { "未入力".to_owned() } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use hersys_shared::symptoms::CaseKind;
    use uuid::Uuid;

    fn version(version: i64, name: &str, address: &str) -> IdentityVersion {
        IdentityVersion {
            version,
            identity: Identity { name: name.into(), address: address.into(), ..Identity::default() },
            updated_at: Timestamp(0),
            updated_by: Uuid::nil(),
        }
    }

    #[test]
    fn perm_08_both_writers_changes_are_kept() {
        let base = version(1, "山田", "旧住所");
        let stored = version(2, "山田", "新住所");
        let mine = version(1, "山本", "旧住所").identity;
        let context = FormContext {
            organization_id: Uuid::nil(),
            writer: crate::access::OrganizationKind::HealthCenter,
            centers: Vec::new(),
            case: None,
            may_write_period: true,
            may_hand_over: false,
            index_hersys_id: None,
        };
        let form = CaseForm::of(&mine, 1, &context);
        let entry = CaseEntry {
            identity: mine,
            kind: CaseKind::Patient,
            responsible_center_id: Uuid::nil(),
            index_case_id: None,
            observed_from: None,
            observed_until: None,
            send_sms: false,
        };
        let merged = merged(&form, &entry, Some(&base), &stored, &context);
        assert_eq!((merged.identity.name.as_str(), merged.identity.address.as_str()), ("山本", "新住所"));
        assert_eq!(merged.version, "2");
    }
}
