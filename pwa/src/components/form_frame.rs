use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FormFrameProps {
    pub onsubmit: Callback<()>,
    #[prop_or_default]
    pub class: Classes,
    pub children: Html,
}

/// A form that is judged by our own rules and never sent by the Enter that ends an IME's conversion.
#[component]
pub fn FormFrame(props: &FormFrameProps) -> Html {
    let onsubmit = {
        let onsubmit = props.onsubmit.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            onsubmit.emit(());
        })
    };
    html! {
        <form novalidate=true autocomplete="on" class={props.class.clone()} {onsubmit} onkeydown={keep_composing}>
            { props.children.clone() }
        </form>
    }
}

/// Safari reports the Enter that ends a conversion after the composition, as key code 229.
fn keep_composing(event: KeyboardEvent) {
    let composing = event.is_composing() || event.key_code() == 229;
    if event.key() == "Enter" && composing {
        event.prevent_default();
    }
}
