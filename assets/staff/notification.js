// The entry of a notification: kept on the server while it is being written, items on the page when they
// apply, the question whether to go on over the page. Comfort only: every press of a button does the same.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");

  // 【続ける】 or 【戻る】 over the page; without this it stands on top of it.
  const dialog = document.querySelector("dialog[data-modal]");
  if (dialog && dialog.showModal) {
    dialog.close();
    dialog.showModal();
    for (const link of dialog.querySelectorAll("a[data-close]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
        const field = document.getElementById(link.hash.slice(1));
        if (field) {
          field.scrollIntoView({ block: "center" });
          field.focus();
        }
      });
    }
  }
  if (!form) return;

  // What answered a press of a button is the draft's page: Back and reloading ask for it anew and send nothing twice.
  history.replaceState(history.state, "", location.href);

  // Items that apply only while another has certain values. What was typed into one keeps it in sight.
  const conditional = [...form.querySelectorAll("[data-when]")].map((element) => {
    const [name, values] = element.dataset.when.split("=");
    return { element, name, values: values.split(",") };
  });
  const value = (name) => {
    const controls = [...form.querySelectorAll(`[name="${name}"]`)];
    const chosen = controls.find((control) => control.checked && control.value !== "");
    if (chosen) return chosen.value;
    const single = controls.find((control) => !["radio", "checkbox", "hidden"].includes(control.type));
    return single ? single.value : "";
  };
  const holds = (element) => [...element.querySelectorAll("input, select, textarea")].some((control) =>
    ["radio", "checkbox"].includes(control.type) ? control.checked && control.value !== ""
      : control.type !== "hidden" && control.value.trim() !== "");
  const arrange = () => {
    for (const { element, name, values } of conditional) {
      element.hidden = !values.includes(value(name)) && !holds(element) && !element.contains(document.activeElement);
    }
    // A legal item that has been filled in is framed no more.
    for (const frame of form.querySelectorAll(".legal-frame")) {
      const mark = frame.querySelector(".legal-mark");
      if (mark && mark.textContent === "未入力" && holds(frame)) {
        frame.classList.remove("legal-frame");
        frame.querySelector(".legal-note").remove();
      }
    }
    for (const choice of form.querySelectorAll("[data-unless-listed]")) {
      const typed = choice.parentElement.querySelector("input[list]");
      const list = document.getElementById(choice.dataset.unlessListed);
      const known = list && [...list.options].some((option) => option.value === typed.value.trim());
      choice.hidden = known || typed.value.trim() === "";
    }
    const same = form.querySelector('input[type=checkbox][name="registered_is_current"]');
    for (const name of ["registered_postal_code", "registered_address"]) {
      const field = form.querySelector(`[name="${name}"]`);
      if (!same || !field) continue;
      const source = form.querySelector(`[name="${name.replace("registered", "current")}"]`);
      if (same.checked && source && source.value !== "") field.value = source.value;
      field.readOnly = same.checked && source !== null && source.value !== "";
    }
  };

  // FORM-03: an institution that is chosen by its name brings its address.
  const institution = form.querySelector("input[name=institution_name][list]");
  if (institution) {
    institution.addEventListener("change", () => {
      const same = [...institution.list.options].filter((option) => option.value === institution.value.trim());
      if (same.length !== 1) return;
      for (const [name, text] of [
        ["institution_address", same[0].dataset.institutionAddress],
        ["institution_phone", same[0].dataset.institutionPhone],
      ]) {
        const field = form.querySelector(`input[name="${name}"]`);
        if (field && field.value.trim() === "") field.value = text;
      }
    });
  }
  form.addEventListener("input", arrange);
  form.addEventListener("change", arrange);
  arrange();

  // FORM-20: what is typed is kept some seconds later, never on this terminal.
  const PAUSE = 3000;
  const PATIENCE = 5000;
  const mark = document.querySelector("[data-draft-mark]");
  let timer = 0;
  let sending = false;
  let underWay = null;
  const keep = () => {
    if (sending) return;
    // One after another: the later holds more.
    const mine = (underWay || Promise.resolve()).then(send).finally(() => {
      if (underWay === mine) underWay = null;
    });
    underWay = mine;
  };
  const send = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("action", "save");
    try {
      // Buttons named `action` stand in the way of form.action.
      const signal = AbortSignal.timeout(PATIENCE);
      const keepalive = document.visibilityState === "hidden";
      const response = await fetch(form.getAttribute("action"), { method: "POST", body, signal, keepalive });
      if (response.status === 409) {
        if (mark) mark.textContent = "この下書きは別の画面でも入力されています。この画面の入力は、まだ保存していません。";
        return;
      }
      if (response.redirected || !response.ok) throw new Error(response.statusText);
      const { saved, edition_hint: why, minor } = await response.json();
      if (mark) mark.textContent = `下書きを保存しました（${saved}）`;
      const hint = form.querySelector("[data-edition-hint]");
      if (hint) hint.textContent = why;
      // 9, 10: the server knows how old somebody was, however the dates were typed.
      const guardian = form.querySelector("details.guardian");
      if (guardian && minor) guardian.open = true;
    } catch {
      if (mark) mark.textContent = "下書きを保存できません。通信を確かめてください。入力はこの画面に残っています。";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      keep();
    }, PAUSE);
  });
  // What else is asked for depends on these: no waiting.
  form.addEventListener("change", (event) => {
    if (!["birth_on", "diagnosed_on", "risk"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = 0;
    keep();
  });
  document.addEventListener("submit", (event) => {
    // 【戻る】 of the dialog sends nothing: the writer goes on in this page.
    if (event.target.getAttribute("method") === "dialog") return;
    clearTimeout(timer);
    // What is being kept holds less than what is sent now, and must not arrive after it.
    if (underWay && event.target === form) {
      event.preventDefault();
      const { submitter } = event;
      underWay.then(() => form.requestSubmit(submitter));
      return;
    }
    sending = true;
  }, true);
  // Back from the browser's memory of pages: nothing is under way any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sending = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) {
      clearTimeout(timer);
      keep();
    }
  });
})();
