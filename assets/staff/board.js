// 健康観察一覧: shows changes by itself. Without this file a reload does.
"use strict";

(() => {
  const live = document.querySelector("[data-board-live]");
  let board = document.querySelector("[data-board]");
  if (!board || !window.EventSource) return;

  // No more often than this, however fast reports come.
  const PAUSE = 500;
  let underWay = false;
  let waiting = false;
  // The last change that was told of: what is shown next is not older.
  let heard = "";

  const ticked = () => [...board.querySelectorAll("input[name=item]:checked")].map((box) => box.value.split(":")[0]);
  // While a filter is chosen nothing may move under the hand.
  const isBusy = () => board.contains(document.activeElement) && document.activeElement.closest(".board-filters form");

  const renew = async () => {
    if (underWay || isBusy()) {
      waiting = true;
      return;
    }
    underWay = true;
    waiting = false;
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html", "x-hersys-live": heard || board.dataset.changes } });
      if (response.redirected || !response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.querySelector("[data-board]");
      if (!next) throw new Error("no board");
      const chosen = new Set(ticked());
      const focused = document.activeElement && document.activeElement.closest("[data-case]");
      const focusedCase = focused && focused.dataset.case;
      const opened = board.querySelector(".board-filters")?.open;
      for (const box of next.querySelectorAll("input[name=item]")) box.checked = chosen.has(box.value.split(":")[0]);
      if (opened) next.querySelector(".board-filters")?.setAttribute("open", "");
      board.replaceWith(next);
      board = next;
      if (focusedCase) board.querySelector(`[data-case="${focusedCase}"] input`)?.focus({ preventScroll: true });
      const now = new Date();
      live.textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")} に更新`;
      live.classList.remove("board-stale");
    } catch {
      live.textContent = "更新できません。通信を確かめて、ページを読み込み直してください。";
      live.classList.add("board-stale");
    }
    setTimeout(() => {
      underWay = false;
      if (waiting) renew();
    }, PAUSE);
  };

  const events = new EventSource("/staff/board/events");
  events.addEventListener("changes", (event) => {
    heard = event.data;
    if (event.data !== board.dataset.changes) renew();
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      live.textContent = "自動の更新が止まりました。ページを読み込み直してください。";
      live.classList.add("board-stale");
    }
  });
  // The hour moves people, too.
  setInterval(renew, 60000);
  window.addEventListener("pagehide", () => events.close());
})();
