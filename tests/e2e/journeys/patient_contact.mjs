// Notifications on the phone, what is asked of the centre about messages, what a receipt says, and where help is
// (MY-22, MY-23, MY-24, NTF-04, OBS-12, OBS-13, C-11, PERM-05).

import assert from "node:assert/strict";
import { base, cast, fileNotification, isFine, journey, linkPerson, phone, register } from "../stage.mjs";
import { deliver, nextPush, notifications, remind, standInForPushService, tap } from "../push.mjs";

const [taro, hanako] = cast.people;

await journey(async (open) => {
  const mobile = await open(phone);
  const context = mobile.context();
  const browser = await standInForPushService(mobile);
  await register(mobile, "yamada@example.jp");
  await linkPerson(mobile, taro);
  await mobile.getByRole("link", { name: "新規登録" }).first().click();
  await linkPerson(mobile, hanako);

  // The receipt says what happens next, when the next report is due, and whom to call.
  await mobile.getByRole("button", { name: "まとめて報告する" }).click();
  await mobile.getByRole("textbox", { name: /^体温/ }).pressSequentially("378");
  await mobile.getByRole("button", { name: "すべて無" }).click();
  await mobile.getByRole("button", { name: "確認へ進む" }).click();
  await mobile.getByRole("button", { name: "送信する" }).click();
  await mobile.getByRole("heading", { name: "報告を受け取りました" }).waitFor();
  await mobile.getByText("次の報告は、8月2日(火)の朝です").waitFor();
  await mobile.getByRole("heading", { name: "すぐに助けが必要なとき" }).waitFor();
  await mobile.getByRole("link", { name: /あおば保健所/ }).waitFor();
  await isFine(mobile, "patient-receipt-help");
  await mobile.getByRole("button", { name: "ホームへ戻る" }).click();

  // Blocked in the browser: said so, and nothing is asked.
  await mobile.getByRole("link", { name: "設定" }).click();
  const push = mobile.getByRole("switch", { name: "この端末で通知を受け取る" });
  await context.grantPermissions([], { origin: base });
  await mobile.reload();
  await mobile.getByText("通知がブロックされています").waitFor();
  assert.equal(await push.count(), 0);
  await isFine(mobile, "patient-settings-blocked");
  await context.grantPermissions(["notifications"], { origin: base });
  await mobile.reload();
  await push.waitFor();
  assert.equal(await push.isChecked(), false);
  await isFine(mobile, "patient-settings");
  await push.click();
  await mobile.waitForFunction(() => document.querySelector("[role=switch]")?.checked);
  await mobile.reload();
  await mobile.waitForFunction(() => document.querySelector("[role=switch]")?.checked);

  // From the outbox, encrypted, to the phone's screen: nobody is named, nor an illness.
  assert.equal(await remind(), 1);
  const message = await nextPush(browser);
  await deliver(mobile, message);
  const shown = await notifications(mobile);
  assert.deepEqual(shown, [{ title: "My HER-SYS", body: "今日の健康状態の報告をお願いします。", data: "/" }]);
  // Something unreadable still shows that there is something.
  await deliver(mobile, "not JSON");
  await mobile.waitForFunction(async () => {
    const [one] = await (await navigator.serviceWorker.ready).getNotifications();
    return one?.body === "お知らせがあります。";
  });
  // A tap leads to the app where it is open, and never takes another page of the installation for it.
  assert.deepEqual(await tap(mobile), { focused: `${base}/settings`, left: 0 });
  await mobile.goto(`${base}/info/faq`);
  await deliver(mobile, message);
  await notifications(mobile);
  assert.deepEqual(await tap(mobile), { opened: `${base}/`, left: 0 });
  // Another site's address is never opened.
  await deliver(mobile, JSON.stringify({ url: "https://elsewhere.example/" }));
  await notifications(mobile);
  assert.deepEqual(await tap(mobile), { opened: "/", left: 0 });
  await mobile.goto(`${base}/settings`);
  await mobile.waitForFunction(() => document.querySelector("[role=switch]")?.checked);

  await push.click();
  await mobile.waitForFunction(() => document.querySelector("[role=switch]")?.checked === false);
  assert.equal(await remind(), 0, "switched off is forgotten");

  // Wishes to the centre: asked, open after a reload, taken back, another one.
  const member = (person) => mobile.getByRole("listitem").filter({ hasText: `${person.name} さん` });
  await member(hanako).getByText("お知らせと連絡の方法").click();
  await member(hanako).getByRole("button", { name: "お知らせを止めたい" }).click();
  await mobile.getByRole("alertdialog").getByText("あおば保健所に伝えます").waitFor();
  await isFine(mobile, "patient-wish-asking");
  await mobile.getByRole("button", { name: "やめる" }).click();
  await member(hanako).getByRole("button", { name: "お知らせを止めたい" }).click();
  await mobile.getByRole("button", { name: "保健所に伝える" }).click();
  const told = "「お知らせを止めたい」と保健所に伝えました。確認をお待ちください。";
  await member(hanako).getByText(told).waitFor();
  await isFine(mobile, "patient-wish-asked");
  await mobile.reload();
  await member(hanako).getByText(told).waitFor();
  await member(hanako).getByRole("button", { name: "取り下げる" }).click();
  await member(hanako).getByRole("button", { name: "電話での確認にしたい" }).click();
  await mobile.getByRole("button", { name: "保健所に伝える" }).click();
  await member(hanako).getByText("「電話での確認にしたい」と保健所に伝えました").waitFor();
  assert.equal(await member(taro).getByText("伝えました").count(), 0, "each person's own");

  // Help: what is needed at once here, the rest on pages of the installation.
  await mobile.getByRole("link", { name: "ヘルプ" }).click();
  await mobile.getByRole("heading", { name: "急いで助けが必要なとき" }).waitFor();
  await isFine(mobile, "patient-help");
  for (const [label, words] of [
    ["My HER-SYSの概要", "報告はどのように使われますか"],
    ["My HER-SYSの操作", "端末で通知を受け取る"],
    ["自動架電の概要", "この窓口では、自動架電を行っていません"],
    ["健康コールの概要", "05033334444"],
    ["よくあるご質問", "登録について"],
    ["情報の収集と共有の法的根拠", "第15条"],
  ]) {
    await mobile.goto(`${base}/help`);
    await mobile.getByRole("main").getByRole("link", { name: label }).click();
    await mobile.getByRole("heading", { level: 1, name: label }).waitFor();
    assert.ok((await mobile.content()).includes(words), `${words} on ${label}`);
    await isFine(mobile, `info-${new URL(mobile.url()).pathname.split("/").pop()}`);
  }

  // 療養証明書, for whoever was notified after a test.
  await fileNotification(taro);
  await mobile.goto(base);
  const certificate = mobile.getByRole("link", { name: "療養証明書を表示する" });
  await certificate.waitFor();
  assert.equal(await certificate.count(), 1, "not for hanako");
  await isFine(mobile, "patient-household-certificate");
  await certificate.click();
  await mobile.getByRole("heading", { name: "療養証明書" }).waitFor();
  const page = await mobile.locator("main").innerText();
  for (const item of ["山田 太郎", "新型コロナウイルス感染症", "あおば保健所", "表示日時"]) assert.ok(page.includes(item), item);
  assert.ok(!page.includes("37.8"), "nothing of a report");
  await isFine(mobile, "patient-certificate");
  await mobile.getByRole("link", { name: "ホームへ戻る" }).click();
  await certificate.waitFor();
});
