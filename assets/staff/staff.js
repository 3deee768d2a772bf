// Comfort only: every page works without this file.
"use strict";

(() => {
  // Something was wrong with the form: the reader begins at the summary.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // Enter that confirms a conversion of the input method is not an answer to the form.
  // Safari ends the composition before it tells of the key; 229 is how it says so.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  }, true);

  // Leaving with unsaved input asks first. A form shown again beside its problems is unsaved: the one that has them,
  // where they tell which it is.
  const unsaved = new Set();
  const isWrong = (form) => form.querySelector('[aria-invalid="true"]') !== null;
  const forms = [...document.querySelectorAll("form[data-warn-leave]")];
  const isTold = forms.some(isWrong);
  for (const form of forms) {
    if ((summary && (!isTold || isWrong(form))) || "unsaved" in form.dataset) unsaved.add(form);
    form.addEventListener("input", () => unsaved.add(form));
  }
  for (const link of document.querySelectorAll("a[data-keeps]")) {
    link.addEventListener("click", () => unsaved.clear());
  }
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });

  // One press, one sending. A download answers without leaving the page, so the lock is not for ever.
  const LOCK = 8000;
  const SLOW = 300;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.target) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    // A form beside the unsaved one that goes on with what was typed leaves nothing behind.
    if ("keeps" in form.dataset) unsaved.clear();
    else unsaved.delete(form);
    const button = event.submitter;
    const slow = setTimeout(() => {
      if (button) button.classList.add("sending");
      form.setAttribute("aria-busy", "true");
    }, SLOW);
    setTimeout(() => release(form, slow), LOCK);
  });

  function release(form, timer) {
    clearTimeout(timer);
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll(".sending")) button.classList.remove("sending");
  }

  // Back from the browser's memory of pages: nothing is under way any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) release(form);
  });

  // Only a script can print, so the button shows only with one.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A table that goes on beside its frame says so.
  const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) target.toggleAttribute("data-wide", target.scrollWidth > target.clientWidth + 1);
  });
  for (const frame of document.querySelectorAll(".table-frame")) widths.observe(frame);

  // The tab that is shown stands where it is seen.
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) {
    const bar = tab.closest(".tabs");
    const [within, own] = [bar.getBoundingClientRect(), tab.getBoundingClientRect()];
    bar.scrollLeft += own.left + own.width / 2 - (within.left + within.width / 2);
  }

  const menu = document.querySelector("[data-menu]");

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;

    if (event.key === "Escape" && menu && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }

    // Within a group of radio buttons a digit chooses.
    const group = target.type === "radio" ? target.closest("[data-digits]") : null;
    if (group && /^[1-9]$/.test(event.key)) {
      const choice = group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (choice) {
        choice.focus();
        choice.click();
        event.preventDefault();
      }
      return;
    }

    const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (event.key === "/" && !typing) {
      const search = document.querySelector("[data-search]");
      if (search) {
        search.focus();
        if (search.select) search.select();
        event.preventDefault();
      }
    }
  });

  // A press beside the open menu closes it.
  document.addEventListener("click", (event) => {
    if (menu && menu.open && !menu.contains(event.target)) menu.open = false;
  });
})();
