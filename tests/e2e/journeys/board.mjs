// A nurse has 健康観察一覧 open while a patient reports SpO2 92: it appears on top by itself, in words; she looks at it
// and notes a call (OBS-05, OBS-07, OBS-14).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, linkPerson, phone, register, signInAsStaff } from "../stage.mjs";

const [taro] = cast.people;

await journey(async (open) => {
  const mobile = await open(phone);
  await mobile.goto(base);
  await register(mobile, "yamada@example.jp");
  await linkPerson(mobile, { ...taro, born: "昭和５５年１月２日" });

  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.getByRole("link", { name: "健康観察一覧", exact: true }).click();
  await nurse.getByRole("heading", { name: "健康観察一覧" }).waitFor();
  const row = nurse.getByRole("row", { name: new RegExp(taro.name) });
  await row.getByText("報告待ち").or(row.getByText("未報告")).first().waitFor();
  await isFine(nurse, "board-calm");

  await mobile.getByRole("button", { name: /報告する/ }).or(mobile.getByRole("link", { name: /報告する/ })).first().click();
  await mobile.getByRole("textbox", { name: /^体温/ }).pressSequentially("372");
  await mobile.getByRole("textbox", { name: /^酸素飽和度/ }).fill("92");
  await mobile.getByRole("button", { name: "すべて無" }).click();
  await mobile.getByRole("button", { name: "確認へ進む" }).click();
  await mobile.getByRole("heading", { name: "送信する内容の確認" }).waitFor();
  await mobile.getByRole("button", { name: "送信する" }).click();
  await mobile.getByRole("heading", { name: "報告を受け取りました" }).waitFor();
  const began = Date.now();
  await nurse.getByText("SpO2 92％（93％以下）").waitFor();
  console.log(`the open board showed the report ${Date.now() - began} ms after its receipt`);
  assert.match(await nurse.locator("tbody tr").first().innerText(), new RegExp(taro.name));
  await isFine(nurse, "board");
  await nurse.setViewportSize(phone);
  await isFine(nurse, "board");
  await nurse.setViewportSize(desk);

  await row.getByRole("checkbox").check();
  await nurse.getByRole("button", { name: "確認済みにする" }).click();
  await nurse.getByText("まだ何もしていません").waitFor();
  await isFine(nurse, "board-preview");
  await nurse.getByRole("button", { name: "1人を確認済みにする" }).click();
  await nurse.getByText("1人を確認済みにしました").waitFor();
  assert.equal(await nurse.getByText("SpO2 92％（93％以下）").count(), 0);
  await row.getByText("✓ 確認済み").waitFor();

  await row.getByRole("link", { name: "連絡の記録" }).click();
  await nurse.getByRole("button", { name: "記録する" }).click();
  await nurse.getByRole("alert").getByText("結果を選んでください").waitFor();
  await nurse.getByLabel("話せた").check();
  await nurse.getByLabel("メモ").fill("息苦しさなし。明日も電話");
  await isFine(nurse, "contact");
  await nurse.getByRole("button", { name: "記録する" }).click();
  await nurse.getByRole("cell", { name: "息苦しさなし。明日も電話" }).waitFor();
});
