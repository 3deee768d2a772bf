// Somebody reports nothing: a reminder in the morning, a second one, 未報告 on the board, a call that is noted; then the
// centre asks by another hour, and stops (NTF-04, NTF-10, OBS-13, OBS-14).

import assert from "node:assert/strict";
import {
  advance, base, cast, desk, isFine, journey, linkPerson, messagesAbout, nextMail, phone, register, signInAsStaff,
} from "../stage.mjs";

const [taro] = cast.people;

/** Until so many requests about the person are noted as sent. */
async function untilNoted(count) {
  const until = Date.now() + 20_000;
  // A demo keeps what has left.
  const sent = (message) => message.purpose === "reminder" && ["sent", "kept"].includes(message.status);
  while ((await messagesAbout(taro)).filter(sent).length < count) {
    assert.ok(Date.now() < until, `${count} requests were not noted`);
    await new Promise((looked) => setTimeout(looked, 100));
  }
}

await journey(async (open) => {
  const mobile = await open(phone);
  await mobile.goto(base);
  await register(mobile, "yamada@example.jp");
  await linkPerson(mobile, { ...taro, born: "昭和５５年１月２日" });

  // From nine in the morning to a minute past eight on the next day.
  await advance(23 * 3600 + 60);
  const first = await nextMail();
  assert.match(first.subject, /本日の健康状態の入力のお願い/);
  assert.doesNotMatch(first.text, /山田|コロナ/);
  // It is noted a moment after it has arrived; by then the clock must not have moved.
  await untilNoted(1);
  await advance(3 * 3600);
  const second = await nextMail();
  assert.equal(second.to, "yamada@example.jp");
  await untilNoted(2);
  await advance(3600);

  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.getByRole("link", { name: "健康観察一覧", exact: true }).click();
  const row = nurse.getByRole("row", { name: new RegExp(taro.name) });
  await row.getByText("未報告").first().waitFor();
  await row.getByText("My HER-SYSに登録済みで、本日の報告がありません").waitFor();
  await row.getByRole("link", { name: "連絡の記録" }).click();
  await nurse.getByLabel("電話に出ない").check();
  await nurse.getByRole("button", { name: "記録する" }).click();
  await nurse.getByRole("cell", { name: "電話に出ない" }).waitFor();

  await nurse.getByRole("link", { name: "入力のお願い" }).click();
  await nurse.getByRole("cell", { name: "1回目" }).first().waitFor();
  await isFine(nurse, "reminders");
  await nurse.setViewportSize(phone);
  await isFine(nurse, "reminders");
  await nurse.setViewportSize(desk);
  await nurse.getByLabel("時刻").selectOption({ label: "10時" });
  await nurse.getByLabel("言語").selectOption({ label: "やさしい日本語" });
  await nurse.getByRole("button", { name: "保存する" }).click();
  await nurse.getByRole("button", { name: "止める" }).click();
  await nurse.getByRole("alert").getByText("理由を入力してください").waitFor();
  await nurse.getByLabel("理由").fill("ご家族と電話で毎日話す");
  await nurse.getByRole("button", { name: "止める" }).click();
  await nurse.getByText("入力のお願いは止まっています").waitFor();
  await isFine(nurse, "reminders-stopped");

  // The link in the mail: looking changes nothing.
  const link = second.text.match(/\/unsubscribe\/\S+/)[0];
  await mobile.goto(base + link);
  await mobile.getByRole("heading", { name: /入力のお願いのメール/ }).waitFor();
  await isFine(mobile, "unsubscribe");
});
