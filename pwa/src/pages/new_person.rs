use hersys_shared::hersys_id::HersysIdError;
use hersys_shared::{HersysId, Problems, days, digits};
use time::Date;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::components::{Button, Field, FormFrame, InputKind, Look, Page, Shape, back_link, icon, progress};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::store;
use crate::texts::account as texts;

const MAX_NAME: usize = 80;

/// 属性入力: 氏名, 生年月日 and HER-SYS ID (MY-09, MY-10).
#[component]
pub fn NewPersonPage() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let today = today(&store);
    {
        // After a reload the link's token is still known, the ID behind it no longer.
        let store = store.clone();
        use_effect_with((), move |()| {
            let token = store::invitation().filter(|_| store.entry.hersys_id.is_empty());
            if let Some(token) = token {
                spawn_local(async move {
                    if let Ok(invitation) = api::invitation(token).await {
                        store.update(|memory| memory.entry.hersys_id = invitation.hersys_id);
                    }
                });
            }
        });
    }
    let entry = store.entry.clone();
    let submit = {
        let (form, entry) = (form.clone(), entry.clone());
        Callback::from(move |()| {
            let mut problems = Problems::default();
            problems.check("name", check_name(&entry.name));
            problems.check("birth_date", read_birth_date(&entry.birth_date, today));
            problems.check("hersys_id", HersysId::parse(&entry.hersys_id));
            if problems.is_empty() {
                nav.go(Route::NewPersonCheck);
            } else {
                form.reject(problems);
            }
        })
    };
    let typed = |set: fn(&mut hersys_shared::api::NewPerson, String)| {
        let store = store.clone();
        Callback::from(move |typed| store.update(move |memory| set(&mut memory.entry, typed)))
    };
    let group = {
        let store = store.clone();
        Callback::from(move |()| {
            store.update(|memory| {
                if let Ok(id) = HersysId::parse(&memory.entry.hersys_id) {
                    memory.entry.hersys_id = id.spaced();
                }
            });
        })
    };
    // After a refusal the sentences follow what is typed, until nothing is wrong any more.
    let still = |field, problem: Option<AttrValue>| form.problem(field).and(problem);
    let id_problem = HersysId::parse(&entry.hersys_id).err();
    let id_problem = still("hersys_id", id_problem.map(|error| error.sentence().into()));
    let is_first = store.household.as_ref().is_some_and(|home| home.people.is_empty());
    let id_hint = if store::invitation().is_some() { texts::HERSYS_ID_FROM_LINK } else { texts::HERSYS_ID_HINT };
    html! {
           <Page
               title={texts::ATTRIBUTES}
               above={html! {
                   <>
                       { back_link(Route::Home, crate::texts::HOME) }
                       if is_first { { progress(3) } }
                   </>
               }}
           >
               <p class="lead">{ texts::ATTRIBUTES_LEAD }</p>
               <FormFrame onsubmit={submit} class="sheet">
                   { form.summary() }
                   <Field
                       id="name"
                       label={texts::NAME}
                       kind={InputKind::Name}
                       hint={texts::NAME_HINT}
                       value={entry.name.clone()}
                       oninput={typed(|entry, name| entry.name = name)}
                       problem={still("name", check_name(&entry.name).err().map(AttrValue::from))}
                   />
                   <Field
                       id="birth_date"
                       label={texts::BIRTH_DATE}
                       kind={InputKind::Text}
                       hint={texts::BIRTH_DATE_HINT}
                       value={entry.birth_date.clone()}
                       oninput={typed(|entry, date| entry.birth_date = date)}
                       problem={still("birth_date", read_birth_date(&entry.birth_date, today).err().map(AttrValue::from))}
                   >
                       <p class="reading" aria-live="polite">{ show_birth_date(&entry.birth_date, today) }</p>
                   </Field>
                   <Field
                       id="hersys_id"
                       label={texts::HERSYS_ID}
                       kind={InputKind::Digits}
                       hint={id_hint}
                       value={entry.hersys_id.clone()}
                       oninput={typed(|entry, id| entry.hersys_id = id)}
                       onleave={group}
                       problem={id_problem.clone()}
                   >
                       <p class="reading" aria-live="polite">
    if id_problem.is_none() { { show_id(&entry.hersys_id) } }
    </p>
                   </Field>
                   <div class="actions">
                       <Button look={Look::Primary} submit=true>{ texts::TO_CHECK }</Button>
                   </div>
               </FormFrame>
           </Page>
       }
}

/// The server's day, so that a phone with a wrong clock judges no birth date.
fn today(store: &store::Store) -> Option<Date> {
    let household = store.household.as_ref()?;
    days::parse(&household.today).ok()
}

/// A name as it is sent: whatever stands between its parts becomes one half-width space.
pub fn one_spaced(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check_name(name: &str) -> Result<(), &'static str> {
    match one_spaced(name).chars().count() {
        0 => Err(texts::NAME_MISSING),
        1..=MAX_NAME => Ok(()),
        _ => Err(texts::NAME_LONG),
    }
}

pub fn read_birth_date(typed: &str, today: Option<Date>) -> Result<Date, &'static str> {
    match today {
        Some(today) => days::parse_birth_date(typed, today),
        None => days::parse(typed),
    }
}

fn show_birth_date(typed: &str, today: Option<Date>) -> Html {
    match read_birth_date(typed, today) {
        Ok(date) => good(&birth_date_text(date)),
        Err(_) => Html::default(),
    }
}

/// `昭和55年1月2日（1980年）`
pub fn birth_date_text(date: Date) -> String {
    texts::date_read(&days::in_era(date), date.year())
}

/// Says how the ID was read; a typing error as soon as ten digits are there.
fn show_id(typed: &str) -> Html {
    match HersysId::parse(typed) {
        Ok(id) => good(&texts::id_read(&id.spaced())),
        Err(HersysIdError::WrongCheckDigit) => html! {
            <span class="reading-wrong">
                { icon(Shape::Alert) }{ HersysIdError::WrongCheckDigit.sentence() }
            </span>
        },
        Err(HersysIdError::WrongLength(_)) => match missing_digits(typed) {
            Some(missing) => html! { { texts::digits_left(missing) } },
            None => Html::default(),
        },
        Err(_) => Html::default(),
    }
}

fn missing_digits(typed: &str) -> Option<usize> {
    let digits = digits::only_digits(typed)?.len();
    HersysId::LENGTH.checked_sub(digits)
}

fn good(text: &str) -> Html {
    html! { <span class="reading-good">{ icon(Shape::Check) }{ text }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn my_09_a_birth_date_shows_how_it_was_read() {
        let read = read_birth_date("S55.1.2", Some(date!(2022 - 08 - 01)));
        assert_eq!(read.map(birth_date_text).as_deref(), Ok("昭和55年1月2日（1980年）"));
        assert!(read_birth_date("2022-08-02", Some(date!(2022 - 08 - 01))).is_err());
    }

    #[test]
    fn my_09_a_name_is_asked_for() {
        assert!(check_name("　").is_err());
        assert_eq!(check_name("山田 太郎"), Ok(()));
        assert!(check_name(&"あ".repeat(81)).is_err());
    }

    #[test]
    fn my_09_the_parts_of_a_name_stand_one_space_apart() {
        for typed in ["山田 太郎", "山田　太郎", " 山田 　 太郎　"] {
            assert_eq!(one_spaced(typed), "山田 太郎", "{typed}");
        }
    }

    #[test]
    fn my_10_missing_digits_are_counted() {
        assert_eq!(missing_digits("123 4567"), Some(3));
        assert_eq!(missing_digits("12345678901"), None);
    }
}
