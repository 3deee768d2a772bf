use hersys_shared::{Problems, password};
use yew::prelude::*;

use super::{Field, InputKind, Shape, icon};
use crate::form::Form;
use crate::texts::account as texts;

/// A new password, typed twice.
#[derive(Clone, Default, PartialEq)]
pub struct Passwords {
    pub password: String,
    pub repeated: String,
}

impl Passwords {
    pub fn check(&self, problems: &mut Problems) {
        problems.check("password", password::check(&self.password));
        problems.check("password_repeated", password::check_repeated(&self.password, &self.repeated));
    }
}

#[derive(Properties, PartialEq)]
pub struct NewPasswordFieldsProps {
    pub value: Passwords,
    pub onchange: Callback<Passwords>,
    pub form: Form,
}

/// 新しいパスワード and パスワードの確認入力, with the rule shown while it is being met (MY-07).
#[component]
pub fn NewPasswordFields(props: &NewPasswordFieldsProps) -> Html {
    let shown = use_state_eq(|| false);
    let kind = InputKind::NewPassword { shown: *shown };
    let change = |set: fn(&mut Passwords, String)| {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |typed| {
            let mut value = value.clone();
            set(&mut value, typed);
            onchange.emit(value);
        })
    };
    let toggle = {
        let shown = shown.clone();
        move |_: Event| shown.set(!*shown)
    };
    html! {
        <>
            <Field
                id="password"
                label={texts::NEW_PASSWORD}
                {kind}
                value={props.value.password.clone()}
                oninput={change(|passwords, typed| passwords.password = typed)}
                problem={props.form.problem("password")}
            >
                <ul class="rules">
                    { rule(texts::RULE_LENGTH, is_long_enough(&props.value.password)) }
                    { rule(texts::RULE_KINDS, has_enough_kinds(&props.value.password)) }
                </ul>
            </Field>
            <Field
                id="password_repeated"
                label={texts::PASSWORD_REPEATED}
                {kind}
                value={props.value.repeated.clone()}
                oninput={change(|passwords, typed| passwords.repeated = typed)}
                problem={props.form.problem("password_repeated")}
            />
            <label class="check">
                <input type="checkbox" checked={*shown} onchange={toggle} />
                <span>{ texts::SHOW_PASSWORD }</span>
            </label>
        </>
    }
}

fn rule(text: &'static str, met: bool) -> Html {
    let (class, state) = if met { ("rule rule-met", texts::RULE_MET) } else { ("rule", texts::RULE_OPEN) };
    html! {
        <li {class}>
            <span class="rule-mark">if met { { icon(Shape::Check) } }</span>
            { text }
            <span class="unseen">{ format!("：{state}") }</span>
        </li>
    }
}

fn is_long_enough(password: &str) -> bool {
    password.chars().count() >= 8
}

/// Asked of the shared rule with the password repeated: that adds length but no kind of character.
fn has_enough_kinds(password: &str) -> bool {
    let long: String = password.chars().cycle().take(8.max(password.len())).collect();
    password::check(&long).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn my_07_the_rule_is_shown_part_by_part() {
        assert!(!has_enough_kinds("") && !is_long_enough(""));
        assert!(has_enough_kinds("aB1") && !is_long_enough("aB1"));
        assert!(!has_enough_kinds("abcdefgh") && is_long_enough("abcdefgh"));
        assert!(has_enough_kinds("Abcdefg1") && is_long_enough("Abcdefg1"));
    }
}
