// A nurse writes a rule, tries it on the last days' reports, sees whom it would move, and switches it on: the board that
// is open in another window moves by itself (OBS-05, OBS-07).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, linkPerson, phone, register, signInAsStaff } from "../stage.mjs";

const [taro] = cast.people;

async function both(page, name) {
  await isFine(page, name);
  await page.setViewportSize(phone);
  await isFine(page, name);
  await page.setViewportSize(desk);
}

await journey(async (open) => {
  const mobile = await open(phone);
  await mobile.goto(base);
  await register(mobile, "yamada@example.jp");
  await linkPerson(mobile, { ...taro, born: "昭和５５年１月２日" });
  await mobile.getByRole("button", { name: /報告する/ }).or(mobile.getByRole("link", { name: /報告する/ })).first().click();
  await mobile.getByRole("textbox", { name: /^体温/ }).pressSequentially("372");
  await mobile.getByRole("textbox", { name: /^酸素飽和度/ }).fill("98");
  await mobile.getByRole("button", { name: "すべて無" }).click();
  await mobile.getByRole("button", { name: "確認へ進む" }).click();
  await mobile.getByRole("heading", { name: "送信する内容の確認" }).waitFor();
  await mobile.getByRole("button", { name: "送信する" }).click();
  await mobile.getByRole("heading", { name: "報告を受け取りました" }).waitFor();

  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.getByRole("link", { name: "健康観察一覧", exact: true }).click();
  const row = nurse.getByRole("row", { name: new RegExp(taro.name) });
  await row.getByText("37.2℃").waitFor();
  assert.equal(await row.getByText("緊急").count(), 0);

  // A second window of the same browser.
  const chief = await nurse.context().newPage();
  await chief.goto(`${base}/staff/board`);
  await chief.getByRole("navigation", { name: "関連する画面" }).getByRole("link", { name: "判定基準" }).click();
  await chief.getByText("標準の基準", { exact: true }).waitFor();
  await both(chief, "rules");
  await chief.getByRole("link", { name: "この基準をもとに変える" }).click();
  await chief.getByLabel("基準を加える").selectOption({ label: "体温が一定の値以上" });
  await chief.getByRole("button", { name: "加える", exact: true }).click();
  const added = chief.getByRole("group", { name: /^14\. 体温が一定の値以上/ });
  await added.getByLabel("段階").selectOption({ label: "緊急" });
  await added.getByRole("textbox", { name: "体温" }).fill("99");
  await chief.getByLabel("変更の理由").fill("早めに気づくため");
  await chief.getByRole("button", { name: "試す", exact: true }).click();
  await chief.getByRole("alert").getByText("34.0から43.0まで").waitFor();
  await both(chief, "rules-wrong");
  await added.getByRole("textbox", { name: "体温" }).fill("３７．０");
  await chief.getByRole("button", { name: "試す", exact: true }).click();

  await chief.getByRole("heading", { name: "判定基準を試した結果" }).waitFor();
  await chief.getByText("体温 37.2℃（37.0℃以上）").waitFor();
  await chief.getByRole("link", { name: taro.name }).waitFor();
  await both(chief, "rules-tried");
  // Nothing has moved.
  assert.equal(await row.getByText("緊急").count(), 0);
  await chief.getByRole("button", { name: "戻って直す" }).click();
  assert.equal(await added.getByRole("textbox", { name: "体温" }).inputValue(), "３７．０");
  await chief.getByRole("button", { name: "試す", exact: true }).click();
  await chief.getByRole("button", { name: /この基準を保存する/ }).click();
  await chief.getByText("新しい基準を使い始めました").waitFor();

  const began = Date.now();
  await row.getByText("体温 37.2℃（37.0℃以上）").waitFor();
  await row.getByText("判定基準 第1版による").waitFor();
  console.log(`the open board moved ${Date.now() - began} ms after the rules were saved`);
  await chief.getByRole("cell", { name: "早めに気づくため" }).waitFor();
  await both(chief, "rules-own");
  await chief.getByRole("link", { name: "第1版" }).click();
  await both(chief, "rules-version");
});
