// A notification from the clinic's own system to the prefecture: a token made by the health centre, filed by
// JSON, asked about, answered, confirmed after a preview, reported on (FORM-01, FORM-05, FORM-19, NTF-01, C-25).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  await center.goto(`${base}/staff/inbox`);
  await center.getByText("該当する発生届はありません").waitFor();
  await isFine(center, "inbox-empty");

  // The issuer of the health centre makes the token on the clinic's page.
  await center.goto(`${base}/staff/admin/organizations`);
  await center.getByRole("link", { name: cast.clinic.name }).first().click();
  await center.getByLabel("名前").fill("電子カルテ");
  await center.getByLabel("180日").check();
  await center.getByRole("button", { name: "トークンを作る" }).click();
  await center.getByText("この画面でだけ表示されます").waitFor();
  await isFine(center, "token-made");
  const token = await center.locator(".token-shown").innerText();
  await center.getByRole("link", { name: "控えたので閉じる" }).click();
  await center.getByText("有効", { exact: true }).waitFor();
  await isFine(center, "token-list");

  const file = async (values) => {
    const request = {
      notification_id: crypto.randomUUID(),
      confirmed_warnings: true,
      values: { diagnosis_type: "confirmed", diagnosed_on: "2022-08-01", sex: "male", ...values },
    };
    const answer = await fetch(`${base}/api/institution/notifications`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    assert.equal(answer.status, 201);
    return request.notification_id;
  };
  await file({ name: "鈴木 一朗", kana: "スズキ イチロウ", birth_on: "1950-03-04", severity: "moderate_2", admitted: "yes" });
  await file({ name: "鈴木 一郎", kana: "スズキ イチロウ", birth_on: "1950-03-04", phone: "090-1111-2222" });
  const asked = await file({ name: "高橋 花", kana: "タカハシ ハナ", birth_on: "2001-09-10", sex: "female" });

  // It arrives: on the top page, in the menu, in the inbox.
  await center.goto(`${base}/staff/`);
  await center.getByText("発生届が提出されました").first().waitFor();
  await center.getByText("メニュー", { exact: true }).click();
  await center.getByRole("navigation", { name: "メニュー" }).getByRole("link", { name: /届出受付/ }).click();
  await center.getByRole("heading", { name: "届出受付" }).waitFor();
  assert.equal(await center.getByRole("row").count(), 4);
  await center.getByText("重複の疑い").first().waitFor();
  await isFine(center, "inbox");
  await center.setViewportSize(phone);
  await isFine(center, "inbox");
  await center.setViewportSize(desk);

  // One is asked about.
  const row = center.getByRole("row", { name: /高橋 花/ });
  await row.getByRole("link", { name: "新着" }).click();
  await center.getByRole("button", { name: "照会する" }).click();
  await center.getByRole("alert").getByText("照会の内容を入力してください").waitFor();
  await center.getByLabel("照会の内容").fill("発病年月日が空欄です。確かめてください。");
  await center.getByRole("button", { name: "照会する" }).click();
  await center.getByText("照会しました").waitFor();
  await isFine(center, "inbox-asked");

  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.clinic);
  await clinic.getByText("保健所から照会がありました").waitFor();
  await clinic.getByText("メニュー", { exact: true }).click();
  await clinic.getByRole("link", { name: /報告した発生届/ }).click();
  await clinic.getByText("回答を待っています").waitFor();
  await isFine(clinic, "filed");
  await clinic.setViewportSize(phone);
  await isFine(clinic, "filed");
  await clinic.setViewportSize(desk);
  await clinic.getByRole("link", { name: "回答する" }).click();
  await clinic.getByText("発病年月日が空欄です").waitFor();
  await isFine(clinic, "filed-question");
  await clinic.getByLabel("回答", { exact: false }).fill("7月30日です。");
  await clinic.getByRole("button", { name: "回答する" }).click();
  await clinic.getByText("照会に回答しました").waitFor();
  const state = await fetch(`${base}/api/institution/notifications/${asked}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await state.json()).state, "answered");

  // Confirmed together, after a preview; then reported on.
  await center.goto(`${base}/staff/inbox`);
  for (const box of await center.getByRole("checkbox").all()) await box.check();
  await center.getByRole("button", { name: "担当を決める" }).click();
  await center.getByRole("heading", { name: "選んだ発生届の担当を決める" }).waitFor();
  await center.getByLabel("担当", { exact: true }).selectOption({ index: 1 });
  await isFine(center, "inbox-preview");
  await center.getByRole("button", { name: "3件" }).click();
  await center.getByText("発生届3件の担当を決めました").waitFor();
  for (const box of await center.getByRole("checkbox").all()) await box.check();
  await center.getByRole("button", { name: "確認", exact: true }).click();
  await center.getByRole("button", { name: "3件" }).click();
  await center.getByText("発生届3件を確認済にしました").waitFor();
  await center.getByRole("row", { name: /高橋 花/ }).getByRole("link", { name: "確認済" }).click();
  await center.getByText("7月30日です。").waitFor();
  await center.getByRole("button", { name: "県へ報告済にする" }).click();
  await center.getByText("県へ報告済にしました").waitFor();
  await isFine(center, "inbox-reported");
  await center.setViewportSize(phone);
  await isFine(center, "inbox-reported");

  const office = await open(desk);
  await signInAsStaff(office, cast.headOffice);
  await office.goto(`${base}/staff/inbox`);
  const line = office.getByRole("row", { name: new RegExp(cast.center.name) });
  assert.deepEqual((await line.getByRole("cell").allInnerTexts()).slice(1, 4), ["3", "1", "2"]);
  await isFine(office, "inbox-office");
  await office.setViewportSize(phone);
  await isFine(office, "inbox-office");
  await line.getByRole("link", { name: cast.center.name }).click();
  await office.getByText("高橋 花").waitFor();
  assert.equal(await office.getByRole("checkbox").count(), 0);
});
