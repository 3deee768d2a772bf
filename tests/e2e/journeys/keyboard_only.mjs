// Everything can be done without a mouse: a report by keys alone, and a staff sign-in by Enter.

import assert from "node:assert/strict";
import { base, cast, desk, journey, linkPerson, newestSms, observations, register, sixDigits } from "../stage.mjs";

/** Presses Tab until the wanted element has the focus. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 120; presses++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.labels?.[0]?.innerText ?? element?.getAttribute("aria-label") ?? "";
      return `${element?.innerText || ""} ${label} ${element?.id ?? ""}`;
    });
    if (focused.includes(wanted)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard never reaches ${wanted}`);
}

await journey(async (open) => {
  const page = await open(desk);
  await register(page, "yamada@example.jp");
  await linkPerson(page, cast.people[0]);
  await tabTo(page, "報告する");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: /^体温/ }).waitFor();
  await tabTo(page, " temperature");
  await page.keyboard.type("367");
  await tabTo(page, "すべて無");
  await page.keyboard.press("Enter");
  await tabTo(page, "確認へ進む  ");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "送信する内容の確認" }).waitFor();
  await page.locator("button:enabled", { hasText: "送信する" }).waitFor();
  await tabTo(page, "送信する  ");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "報告を受け取りました" }).waitFor();
  assert.equal(await observations(), 1);

  const staff = await open(desk);
  await staff.goto(`${base}/staff/sign-in/id`);
  await tabTo(staff, "サインインID");
  await staff.keyboard.type(cast.center.signInId);
  await staff.keyboard.press("Enter");
  await staff.getByLabel("パスワード", { exact: false }).waitFor();
  await tabTo(staff, "パスワード");
  await staff.keyboard.type(cast.center.password);
  await staff.keyboard.press("Enter");
  await staff.getByLabel("コードの入力").waitFor();
  await tabTo(staff, "コードの入力");
  await staff.keyboard.type(sixDigits(await newestSms(cast.center.phone)));
  await staff.keyboard.press("Enter");
  await staff.getByText("入力済の情報を閲覧・編集する場合").waitFor();
});
