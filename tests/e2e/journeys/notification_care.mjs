// みなし陽性 in one press, the likely duplicate offered, the draft found again after the browser was closed; 【戻る】,
// Back and reloading lose nothing
// (FORM-20, FORM-31, FORM-33, C-26, SEC-10).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const first = await open(desk);
  await signInAsStaff(first, cast.center);
  await first.goto(`${base}/staff/`);
  await first.getByRole("button", { name: "新たに発生届を提出" }).click();
  await first.getByRole("button", { name: "全項目（2020年様式）" }).click();
  await first.getByRole("radiogroup", { name: "届いた方法" }).getByLabel("FAX").check();
  // An institution under the centre brings its address and telephone (FORM-03).
  await first.getByLabel("従事する病院・診療所の名称").fill(cast.clinic.name);
  await first.getByLabel("従事する病院・診療所の名称").blur();
  assert.notEqual(await first.getByLabel("上記病院・診療所の所在地").inputValue(), "");
  await first.getByLabel("従事する病院・診療所の名称").fill("やまびこ医院");
  const kept = first.waitForResponse((response) => response.url().includes("/drafts/") && response.request().method() === "POST");
  await first.getByLabel(/^当該者氏名/).fill("山田 太郎");
  await kept;
  await first.getByText("下書きを保存しました").waitFor();
  await first.context().close();

  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  await center.goto(`${base}/staff/notifications/new`);
  await isFine(center, "notification-drafts");
  await center.getByRole("link", { name: "山田 太郎" }).click();
  assert.equal(await center.getByLabel("従事する病院・診療所の名称").inputValue(), "やまびこ医院");

  await center.getByLabel("当該者フリガナ").fill("やまだ たろう");
  // A child's guardian is asked for as soon as the birth date says so.
  assert.equal(await center.getByLabel("保護者氏名").isVisible(), false);
  await center.getByLabel("生年月日", { exact: true }).fill("平成25年1月2日");
  await center.getByLabel("生年月日", { exact: true }).blur();
  await center.getByLabel("保護者氏名").waitFor();
  await center.getByLabel("生年月日", { exact: true }).fill("昭和55年1月2日");
  await center.getByLabel(/^診断年月日/).fill("2022-08-01");
  await center.getByRole("button", { name: "みなし陽性として入力" }).click();
  // What is being kept goes first.
  await center.waitForFunction(() => document.querySelector("[name=remarks]").value === "臨床診断");
  assert.equal(await center.getByLabel("検査1 検体採取日", { exact: true }).inputValue(), "2022-08-01");
  await center.getByRole("button", { name: "確認", exact: true }).first().click();
  // 【戻る】 sends nothing: what is typed afterwards is kept by itself as before, and reloading shows it.
  await center.getByRole("dialog").getByRole("button", { name: "戻る" }).click();
  const again = center.waitForResponse((response) => response.url().includes("/drafts/") && response.request().method() === "POST");
  await center.getByLabel("発病年月日", { exact: true }).fill("7/30");
  assert.equal((await again).status(), 200);
  await center.reload();
  assert.equal(await center.getByLabel("発病年月日", { exact: true }).inputValue(), "2022-07-30");
  await center.getByRole("button", { name: "確認", exact: true }).first().click();
  await center.getByRole("dialog").getByRole("button", { name: "続ける", exact: true }).click();

  // The person is in the list already.
  await center.getByText("すでに登録されている可能性があります。").waitFor();
  // The browser's Back leads to the form and all that was typed, Forward to the confirmation.
  await center.goBack();
  await center.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
  assert.equal(await center.getByLabel("当該者フリガナ").inputValue(), "やまだ たろう");
  await center.goForward();
  await center.getByText("すでに登録されている可能性があります。").waitFor();
  await isFine(center, "notification-duplicate");
  // Taking the offer is no leaving, and nobody is asked whether to leave.
  const asked = [];
  center.on("dialog", (dialog) => { asked.push(dialog.type()); return dialog.accept(); });
  await center.getByRole("button", { name: "山田 太郎さんを、この方に追加登録する" }).click();
  await center.getByRole("heading", { name: "入力内容の確認", level: 1 }).waitFor();
  assert.equal(await center.getByText("すでに登録されている可能性があります。").count(), 0);
  assert.deepEqual(asked, []);
  await center.getByRole("button", { name: "報告", exact: true }).first().click();
  await center.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  assert.ok(center.url().includes(cast.people[0].caseId));

  // What was reported is no draft any more.
  await center.goto(`${base}/staff/notifications/new`);
  await center.getByText("書きかけの発生届はありません。").waitFor();
});
