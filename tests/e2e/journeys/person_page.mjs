// A nurse looks after one person: enters what the person says on the telephone, puts a wrong report right, writes a
// finding, goes on to the next in the queue; the clinic writes a note and sees no finding (OBS-06, OBS-08, OBS-10,
// OBS-12, C-05). The whole once more without JavaScript, and on paper.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

const [taro, hanako] = cast.people;
const page = (person) => `${base}/staff/cases/${person.caseId}/observation`;

await journey(async (open) => {
  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.goto(page(taro));
  await nurse.getByText("まだ報告がありません。").waitFor();
  await isFine(nurse, "person-empty");

  // By telephone: digits as in My HER-SYS, すべて無 with one press.
  await nurse.getByRole("link", { name: "報告を代わりに入力" }).click();
  await nurse.getByRole("textbox", { name: /^体温/ }).pressSequentially("387");
  assert.equal(await nurse.getByRole("textbox", { name: /^体温/ }).inputValue(), "38.7");
  await nurse.getByRole("textbox", { name: /^酸素飽和度/ }).fill("92");
  await nurse.getByRole("checkbox", { name: "すべて無" }).check();
  await nurse.getByRole("radiogroup", { name: /^咳/ }).getByLabel("有").check();
  assert.equal(await nurse.getByRole("checkbox", { name: "すべて無" }).isChecked(), false);
  await isFine(nurse, "person-report");
  await nurse.setViewportSize(phone);
  await isFine(nurse, "person-report");
  await nurse.setViewportSize(desk);
  await nurse.getByRole("button", { name: "登録する" }).click();
  await nurse.getByText("報告を登録しました。").waitFor();
  await nurse.getByText("SpO2 92％（93％以下）").waitFor();

  // It was somebody else's: struck through, another in its place.
  await nurse.getByRole("link", { name: /^訂正/ }).first().click();
  await nurse.getByLabel("訂正の理由").fill("別の家族の体温だった");
  await nurse.getByLabel("正しい内容の報告に差し替える").check();
  await nurse.getByRole("textbox", { name: /^体温/ }).fill("");
  await nurse.getByRole("textbox", { name: /^体温/ }).pressSequentially("372");
  await isFine(nurse, "person-correction");
  await nurse.getByRole("button", { name: "訂正する" }).click();
  await nurse.getByText("報告を訂正しました。").waitFor();
  await nurse.getByText(/訂正済み：別の家族の体温だった/).waitFor();

  // A finding beside the day.
  await nurse.locator(".day-form summary").first().click();
  await nurse.getByRole("textbox", { name: /^医師所見を書く/ }).first().fill("会話は途切れない。明朝もう一度電話");
  await nurse.locator(".remark-form").filter({ hasText: "医師所見を書く" }).first().getByRole("button", { name: "記録する" }).click();
  await nurse.getByText("記録しました。").waitFor();
  await nurse.getByText("会話は途切れない。明朝もう一度電話").first().waitFor();
  await isFine(nurse, "person");
  await nurse.setViewportSize(phone);
  await isFine(nurse, "person");
  await nurse.setViewportSize(desk);

  // On paper: one page.
  await nurse.goto(`${page(taro)}/print`);
  await nurse.getByText("① ").first().waitFor();
  await nurse.emulateMedia({ media: "print" });
  const pdf = await nurse.pdf({ format: "A4", path: process.env.STAGE_PICTURES && `${process.env.STAGE_PICTURES}/person.pdf` });
  assert.equal((pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length, 1, "one A4 page");
  await nurse.emulateMedia({ media: null });

  // To the next of the queue.
  await nurse.goto(`${base}/staff/board`);
  await nurse.getByRole("link", { name: taro.name }).click();
  await nurse.getByRole("button", { name: "確認済みにして次の方へ" }).click();
  await nurse.waitForURL(/observation$/);
  assert.ok(!nurse.url().includes(taro.caseId), "somebody else's page");
  await nurse.getByRole("link", { name: "一覧に戻る" }).click();
  await nurse.getByRole("heading", { name: "健康観察一覧" }).waitFor();

  // Without JavaScript the same.
  const plain = await open(phone, { javaScriptEnabled: false });
  await signInAsStaff(plain, cast.center);
  await plain.goto(`${page(hanako)}/reports/new`);
  await plain.getByRole("textbox", { name: /^体温/ }).fill("365");
  await plain.getByRole("checkbox", { name: "すべて無" }).check();
  await plain.getByRole("button", { name: "登録する" }).click();
  await plain.getByText("報告を登録しました。").waitFor();
  await plain.locator(".day-form summary").first().click();
  await plain.getByRole("textbox", { name: /^自由記述欄を書く/ }).first().fill("家族と同室");
  await plain.locator(".remark-form").filter({ hasText: "自由記述欄を書く" }).first().getByRole("button", { name: "記録する" }).click();
  await plain.getByText("記録しました。").waitFor();
  assert.ok((await plain.locator("body").innerText()).includes("36.5"));
});
