// The whole without scripts: entry, postal code, the question whether to go on, report, edit (FORM-06…FORM-25).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const clinic = await open(phone, { javaScriptEnabled: false });
  await signInAsStaff(clinic, cast.clinic);
  await clinic.goto(`${base}/staff/`);
  await clinic.getByRole("button", { name: "新たに発生届を提出" }).click();
  await clinic.getByRole("button", { name: "全項目（2020年様式）" }).click();
  await clinic.getByRole("radiogroup", { name: /診断分類/ }).getByLabel("疑似症患者").check();
  await clinic.getByLabel(/^当該者氏名/).fill("小川 光");
  await clinic.getByLabel(/^診断年月日/).fill("2022-08-02");
  await clinic.getByLabel("当該者所在地の郵便番号").fill("100-0001");
  await clinic.getByRole("button", { name: "住所検索" }).first().click();
  assert.match(await clinic.getByLabel("当該者所在地", { exact: true }).inputValue(), /^東京都千代田区/);
  assert.equal(await clinic.getByLabel(/^当該者氏名/).inputValue(), "小川 光");
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  await clinic.getByRole("button", { name: "続ける", exact: true }).click();
  await clinic.getByRole("button", { name: "報告", exact: true }).first().click();
  await clinic.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  await clinic.getByRole("link", { name: "完了" }).click();
  await clinic.getByRole("button", { name: "編集" }).first().click();
  await clinic.getByLabel("自由記述欄").fill("結果待ち");
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  await clinic.getByRole("button", { name: "続ける", exact: true }).click();
  await clinic.getByText("変更する項目（1件）").waitFor();
  await clinic.getByRole("button", { name: "報告", exact: true }).first().click();
  await clinic.getByText("発生届の変更を保存しました。").waitFor();
});
