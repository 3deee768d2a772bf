// A report that staff type while they listen. Comfort only: the server reads the same without this file.
"use strict";

(() => {
  // 365 becomes 36.5 while it is typed, as in My HER-SYS.
  const temperature = document.querySelector("[data-report-values] input[name=temperature]");
  if (temperature) {
    temperature.addEventListener("input", (event) => {
      if (event.isComposing || event.inputType?.startsWith("delete")) return;
      const typed = temperature.value.normalize("NFKC").replace(/[,、。・度]/g, ".").replace(/[^\d.]/g, "");
      const [whole, part] = [typed.split(".")[0], typed.split(".")[1]];
      if (part !== undefined) temperature.value = `${whole}.${part.slice(0, 1)}`;
      else temperature.value = whole.length === 3 ? `${whole.slice(0, 2)}.${whole.slice(2)}` : whole;
    });
  }

  // すべて無 answers every symptom; another answer takes it away again.
  const symptoms = document.querySelector("[data-report-symptoms]");
  const all = symptoms?.querySelector("input[name=all_no]");
  if (all) {
    all.addEventListener("change", () => {
      if (!all.checked) return;
      for (const no of symptoms.querySelectorAll("input[type=radio][value=no]")) no.checked = true;
    });
    symptoms.addEventListener("change", (event) => {
      if (event.target.type === "radio" && event.target.value !== "no") all.checked = false;
    });
  }

  // The fields of a replacement show when one is wanted.
  const replacement = document.querySelector(".report-replacement");
  for (const how of document.querySelectorAll("input[name=how]")) {
    how.addEventListener("change", () => { if (how.checked && replacement) replacement.open = how.value === "replace"; });
  }
})();
