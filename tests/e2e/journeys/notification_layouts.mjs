// 法令様式 on and off while a notification is written (FORM-09), its edit and the other writer's at the same
// time (FORM-25, PERM-08), and its deletion (FORM-26, C-07): nothing is lost on the way.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const person = cast.people[0];
  const tab = `${base}/staff/cases/${person.caseId}/notifications`;
  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
  const field = (page, key) => page.locator(`#field-${key}`);
  const choice = (page, key, value) => page.locator(`input[name="${key}"][value="${value}"]`);

  // FORM-07: what is known of the person is there already.
  await center.goto(tab);
  await press(center, "新規入力");
  await field(center, "name").waitFor();
  assert.equal(await field(center, "name").inputValue(), person.name);
  await press(center, "全項目（2020年様式）");
  await field(center, "occupation").fill("会社員");
  await press(center, "法令様式 (off)");
  await center.getByText("別記様式6-1").waitFor();
  assert.equal(await field(center, "occupation").inputValue(), "会社員");
  await isFine(center, "statutory-entry");
  await center.setViewportSize(phone);
  await isFine(center, "statutory-entry");
  await center.setViewportSize(desk);

  // Typed into the paper form, in any writing.
  await choice(center, "diagnosis_type", "confirmed").check();
  await field(center, "diagnosed_on").fill("令和4年8月1日");
  await field(center, "doctor_name").fill("医師 花子");
  await center.getByLabel("発熱").check();
  await center.getByLabel("糖尿病").check();
  await field(center, "test1_method").selectOption("pcr");
  await field(center, "test1_result").selectOption("positive");
  await field(center, "remarks").fill("一行目\n二行目");
  await choice(center, "vaccinated", "yes").check();
  await choice(center, "vaccinated", "").check();
  await press(center, "法令様式 (on)");
  await center.getByText("別記様式6-1").waitFor({ state: "detached" });
  assert.equal(await field(center, "occupation").inputValue(), "会社員");
  assert.equal(await field(center, "remarks").inputValue(), "一行目\n二行目");
  await press(center, "法令様式 (off)");
  await center.getByText("別記様式6-1").waitFor();
  assert.ok(await center.getByLabel("発熱").isChecked());
  assert.ok(await center.getByLabel("糖尿病").isChecked());
  assert.ok(await choice(center, "vaccinated", "").isChecked());
  await center.getByLabel("糖尿病").uncheck();
  await press(center, "法令様式 (on)");
  await press(center, "法令様式 (off)");
  await center.getByText("別記様式6-1").waitFor();
  assert.ok(!(await center.getByLabel("糖尿病").isChecked()), "what was taken back stays away");

  await press(center, "確認");
  await center.getByText("このまま続けますか").waitFor();
  await press(center, "続ける");
  await press(center, "報告");
  await center.getByText("完了しました").waitFor();
  await center.getByRole("link", { name: "完了" }).click();
  await center.getByRole("heading", { name: "発生届", level: 1 }).waitFor();
  await center.getByText("一行目").waitFor();
  const own = center.url();

  // Two editors.
  const colleague = await open(desk);
  await signInAsStaff(colleague, cast.center);
  await colleague.goto(own);
  await press(colleague, "編集");
  await field(colleague, "occupation").fill("教員");
  await press(center, "編集");
  await field(center, "doctor_name").fill("医師 次郎");
  const save = async (page) => {
    await press(page, "確認");
    await press(page, "続ける");
    await page.getByRole("heading", { name: "変更する項目" }).waitFor();
  };
  await save(colleague);
  await isFine(colleague, "edit-confirm");
  await press(colleague, "報告");
  await colleague.getByText("発生届の変更を保存しました").waitFor();
  await colleague.getByText("変更あり").first().waitFor();
  await save(center);
  await press(center, "報告");
  await center.getByText("ほかの人が先に保存しました").waitFor();
  await center.getByRole("cell", { name: "医師 次郎" }).waitFor();
  await isFine(center, "edit-conflict");
  await center.setViewportSize(phone);
  await isFine(center, "edit-conflict");
  await center.setViewportSize(desk);
  await press(center, "再編集");
  assert.equal(await field(center, "occupation").inputValue(), "教員");
  assert.equal(await field(center, "doctor_name").inputValue(), "医師 次郎");
  await save(center);
  await press(center, "報告");
  await center.getByText("第3版").first().waitFor();

  await center.getByRole("link", { name: "変更された項目を見る" }).click();
  await center.getByText("第2版と第3版のちがい").waitFor();
  await isFine(center, "notification-history");
  await center.setViewportSize(phone);
  await isFine(center, "notification-history");
  await center.setViewportSize(desk);

  await center.goto(own);
  await center.getByText("操作メニューを開く").click();
  await center.getByRole("link", { name: "削除" }).first().click();
  await center.getByText("一度削除した発生届は復元できません").waitFor();
  await isFine(center, "removal");
  await press(center, "削除");
  await center.getByText("2022/08/01に削除されました").waitFor();
  await isFine(center, "removed");
  await center.goto(`${base}/staff/cases/${person.caseId}/story`);
  await center.getByText("2022/08/01に削除されました").waitFor();
  await isFine(center, "story-told");
});
