// A nurse ends the observation of somebody: the open board loses them by itself, what waits to be sent is taken back,
// and My HER-SYS asks for nothing any more (OBS-09, OBS-13, NTF-11).

import assert from "node:assert/strict";
import {
  advance, base, cast, desk, fileNotification, isFine, journey, linkPerson, messagesAbout, phone, queueReminder, register,
  signInAsStaff,
} from "../stage.mjs";

const [taro, hanako] = cast.people;

const reminders = async (status) =>
  (await messagesAbout(taro)).filter((message) => message.purpose === "reminder" && message.status === status).length;

await journey(async (open) => {
  const mobile = await open(phone);
  await mobile.goto(base);
  await register(mobile, "yamada@example.jp");
  await linkPerson(mobile, { ...taro, born: "昭和５５年１月２日" });
  await fileNotification(taro);
  await queueReminder(taro);

  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.getByRole("link", { name: "健康観察一覧", exact: true }).click();
  const row = nurse.getByRole("row", { name: new RegExp(taro.name) });
  await row.getByText("観察は8/9まで").waitFor();

  const other = await nurse.context().newPage();
  await other.goto(`${base}/staff/cases/${taro.caseId}/observation`);
  await other.getByRole("link", { name: "健康観察期間", exact: true }).click();
  await other.getByText("発症日 2022-07-30 を0日目として10日間").waitFor();
  await isFine(other, "period");
  await other.setViewportSize(phone);
  await isFine(other, "period");
  await other.setViewportSize(desk);

  // By the keyboard: a day in any writing, a reason.
  await other.getByLabel("最終日").fill("令和4年8月12日");
  await other.getByLabel("変更の理由").fill("主治医の指示");
  await other.keyboard.press("Enter");
  await other.getByText("健康観察期間を変更しました").waitFor();
  await other.getByText("計算では8/9まで").waitFor();
  await row.getByText("計算では8/9まで").waitFor();
  await isFine(nurse, "board-review");

  await other.getByRole("button", { name: "療養解除に進む" }).click();
  await other.getByRole("alert").getByText("理由を入力してください").waitFor();
  await other.getByLabel("療養解除の理由").fill("療養期間の満了");
  await other.getByRole("button", { name: "療養解除に進む" }).click();
  await other.getByText("このあと、連絡・電話は届きません").waitFor();
  await isFine(other, "period-end");
  assert.equal(await reminders("waiting"), 1);
  const began = Date.now();
  await other.getByRole("button", { name: "健康観察を終える" }).click();
  await other.getByText("健康観察を終えました").waitFor();
  await row.waitFor({ state: "detached" });
  console.log(`the open board had lost the person ${Date.now() - began} ms after the button`);
  await nurse.getByRole("row", { name: new RegExp(hanako.name) }).waitFor();
  assert.equal(await reminders("waiting"), 0);
  assert.ok(await reminders("cancelled") >= 1);
  await isFine(other, "period-over");

  await mobile.reload();
  await mobile.getByText("健康観察は終わりました").waitFor();
  assert.equal(await mobile.getByRole("button", { name: /報告する/ }).count(), 0);

  await advance(2 * 3600);
  await new Promise((asked) => setTimeout(asked, 4000));
  assert.equal(await reminders("waiting"), 0);
});
