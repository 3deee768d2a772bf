// Help while typing: addresses from postal codes, readings from the input method, dates said back.
// Comfort only: the server does the same where no script runs, and judges everything again.
"use strict";

(() => {
  // The address is filled while it is empty or still what was filled before (FORM-12).
  for (const code of document.querySelectorAll("input[data-postal-for]")) {
    const address = document.getElementById(code.dataset.postalFor);
    const found = document.getElementById(`found-${code.name}`);
    if (!address || !found) continue;
    let filled = "";
    let asked = "";

    const put = (text) => {
      address.value = filled = text;
      address.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const say = (sentence, addresses = []) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      found.replaceChildren(line);
      if (addresses.length === 0) return;
      const list = document.createElement("ul");
      list.className = "postal-choices";
      for (const text of addresses) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button";
        button.textContent = text;
        button.addEventListener("click", () => {
          put(text);
          say("住所を途中まで入力しました。続きを入力してください。");
          address.focus();
        });
        const item = document.createElement("li");
        item.append(button);
        list.append(item);
      }
      found.append(list);
    };
    const lookUp = async () => {
      const digits = code.value.normalize("NFKC").replace(/[〒\s\-‐-―−ー]/g, "");
      if (!/^\d{7}$/.test(digits)) {
        asked = "";
        found.replaceChildren();
        return;
      }
      if (digits === asked) return;
      asked = digits;
      let answer;
      try {
        const response = await fetch(`/staff/postal/${digits}`);
        if (response.redirected || !response.ok) throw new Error(response.statusText);
        answer = await response.json();
      } catch {
        // The address can be typed; the next look-up may succeed.
        if (asked === digits) asked = "";
        return;
      }
      if (asked !== digits) return;
      const addresses = answer.places.map((place) => place.prefecture + place.city + place.town);
      const typed = address.value.trim();
      const ours = typed === "" || typed === filled || typed === answer.common;
      if (ours && typed !== answer.common) put(answer.common);
      if (addresses.length === 0) {
        say("この郵便番号の住所は見つかりません。番号を確かめるか、住所を入力してください。");
      } else if (addresses.length > 1) {
        say(`この郵便番号の住所は${addresses.length}件あります。選んでください。`, addresses);
      } else if (address.value.trim().startsWith(answer.common)) {
        say("住所を途中まで入力しました。続きを入力してください。");
      } else {
        say("住所は入力済みです。置き換えるときは選んでください。", addresses);
      }
    };

    code.addEventListener("input", (event) => {
      if (!event.isComposing) lookUp();
    });
    code.addEventListener("compositionend", lookUp);
    const search = code.parentElement.querySelector("button[name=postal_lookup]");
    if (search) {
      search.type = "button";
      search.addEventListener("click", () => {
        asked = "";
        lookUp();
      });
    }
  }

  // What an input method was given before it made kanji of it is the reading.
  const KANA = /^[ぁ-ゖァ-ヺー゛゜・\s]+$/;
  const katakana = (text) => text.replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
  for (const name of document.querySelectorAll("input[data-kana-for]")) {
    const kana = document.getElementById(name.dataset.kanaFor);
    if (!kana) continue;
    let filled = "";
    let reading = "";

    const fill = (text) => {
      if (kana.value !== "" && kana.value !== filled) return;
      kana.value = filled = text;
      kana.dispatchEvent(new Event("input", { bubbles: true }));
    };
    name.addEventListener("compositionstart", () => { reading = ""; });
    name.addEventListener("compositionupdate", (event) => {
      // Letters at the end are syllables half typed.
      const typed = event.data.normalize("NFKC").replace(/[a-z]+$/i, "");
      if (KANA.test(typed)) reading = typed;
    });
    name.addEventListener("compositionend", (event) => {
      if (event.data !== "" && reading !== "") fill(filled + katakana(reading));
      reading = "";
    });
    name.addEventListener("input", (event) => {
      if (name.value === "") fill("");
      else if (!event.isComposing && /^\s$/.test(event.data || "") && filled !== "") fill(`${filled} `);
    });
  }

  // How a date was understood. It goes in the body: addresses are kept in histories.
  for (const date of document.querySelectorAll("input[data-date]")) {
    const said = document.createElement("span");
    said.className = "understood";
    said.setAttribute("role", "status");
    date.after(said);
    date.addEventListener("input", () => { said.textContent = ""; });
    date.addEventListener("change", async () => {
      const typed = date.value;
      if (typed.trim() === "") return;
      try {
        const body = new URLSearchParams({ typed, without_year: date.dataset.date });
        const response = await fetch("/staff/input/date", { method: "POST", body });
        if (response.redirected || !response.ok) return;
        const { shown, problem } = await response.json();
        if (date.value === typed) said.textContent = shown || problem;
      } catch {
        // The server reads it again when the form is sent.
      }
    });
  }
})();
