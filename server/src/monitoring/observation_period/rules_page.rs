//! The rule sets in words: which count, from when, and where they were published.

use axum::extract::State;
use axum::response::Response;
use hersys_shared::days::{iso, japanese};
use hersys_shared::recovery::{RecoverySet, Rule};
use maud::{Markup, html};
use time::Date;

use crate::App;
use crate::access::{ItemGroup, Level, Staff, policy};
use crate::error::{Error, Result};
use crate::ui::Page;

pub async fn show(staff: Staff, State(app): State<App>) -> Result<Response> {
    if policy::may(staff.kind, ItemGroup::ObservationPeriod) < Level::Read {
        return Err(Error::Forbidden);
    }
    let today = app.clock.today();
    let sets = &app.texts.recovery.0;
    let main = html! {
        p.back { a href="/staff/board" { "健康観察一覧" } }
        h1 { "健康観察期間の基準" }
        p {
            "0日目は、発症日・検体採取日・最終接触日です。「10日間」は0日目から10日目までで、11日目に解除されます。"
            "時間は日単位で数え、始まった日も1日とします。計算には、その日に適用されている、いちばん新しい基準を使います。"
        }
        p.fine { "基準は、この施設の管理者が設定ファイル（recovery.json）で置き換えられます。" }
        @for set in sets.iter().rev() { (one(set, today)) }
    };
    Ok(Page::new("健康観察期間の基準").staff(&staff).response(main))
}

fn one(set: &RecoverySet, today: Date) -> Markup {
    let patients = &set.patients;
    let rules: Vec<(&str, Option<Rule>)> = vec![
        ("有症状（発症日から）", patients.symptomatic.map(|rules| rules.general)),
        ("有症状・入院中または施設入所中", patients.symptomatic.and_then(|rules| rules.in_facility)),
        ("無症状（検体採取日から）", patients.asymptomatic.map(|rules| rules.general)),
        ("無症状・入院中または施設入所中", patients.asymptomatic.and_then(|rules| rules.in_facility)),
        ("濃厚接触者（最終接触日から）", set.contacts.map(|rules| rules.general)),
        ("濃厚接触者・同居", set.contacts.and_then(|rules| rules.household)),
    ];
    let id = format!("from-{}", iso(set.from));
    html! {
        section.items aria-labelledby=(id) {
            h2 id=(id) {
                (japanese(set.from)) "から"
                @if set.from > today { " " span.mark.waits { "これから" } }
            }
            dl {
                @for (whom, rule) in rules {
                    @if let Some(rule) = rule {
                        div { dt { (whom) } dd { @for line in rule.words() { p.period-rule { (line) } } } }
                    }
                }
                div { dt { "出典" } dd { (set.source) } }
            }
            p.fine { "ここにない区分は、前の基準のままです。" }
        }
    }
}
