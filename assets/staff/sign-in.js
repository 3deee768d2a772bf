// Comfort only: the page of a call looks again by itself; its button does the same.
"use strict";

(() => {
  const form = document.querySelector("[data-call-state]");
  if (!form) return;
  const EVERY = 2000;

  async function look() {
    try {
      const answer = await fetch(form.dataset.callState, { cache: "no-store" });
      const { state } = await answer.json();
      // Whatever has become of the call, the server's page says it.
      if (state !== "calling") return form.requestSubmit();
    } catch {
      // Offline for a moment: the next look may succeed.
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
