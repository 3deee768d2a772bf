// A practised clerk files the form of seven items without a mouse; the keystrokes are counted (FORM-06, TOP-02).

import assert from "node:assert/strict";
import { base, cast, desk, journey, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.clinic);
  await clinic.goto(`${base}/staff/notifications/new`);
  await clinic.getByRole("button", { name: "新たに発生届を提出" }).focus();
  let count = 0;
  const press = async (key) => { count += 1; await clinic.keyboard.press(key); };
  const type = async (text) => { count += text.length; await clinic.keyboard.type(text); };
  await press("Enter");
  await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();

  const focused = () => clinic.evaluate(() => document.activeElement.name || document.activeElement.textContent);
  const tabTo = async (name, by = "Tab") => {
    for (let tries = 0; tries < 80; tries += 1) {
      if ((await focused()) === name) return;
      await press(by);
    }
    assert.fail(`${name} is not reached by the keyboard`);
  };
  const editions = () => clinic.evaluate(() => document.activeElement.value === "edition:2022-07");
  for (let tries = 0; tries < 60 && !(await editions()); tries += 1) await press("Tab");
  assert.ok(await editions());
  await press("Enter");
  await clinic.locator('button[value="edition:2022-07"][aria-pressed=true]').waitFor();

  await tabTo("doctor_name");
  await type("医師 一郎");
  await tabTo("diagnosis_type");
  await press("1");
  await tabTo("kana");
  await type("すずき あおい");
  await tabTo("name");
  await type("鈴木 葵");
  await tabTo("sex");
  await press("2");
  await tabTo("birth_on");
  await type("H2.3.4");
  await tabTo("registered_postal_code");
  await type("1000001");
  await tabTo("registered_address");
  await clinic.waitForFunction(() => document.querySelector("[name=registered_address]").value !== "");
  await tabTo("phone");
  await type("09012340000");
  await press("Enter");
  const dialog = clinic.getByRole("dialog");
  const confirm = clinic.getByRole("heading", { name: "入力内容の確認", level: 1 });
  await dialog.or(confirm).first().waitFor();
  if (await dialog.count()) {
    const list = await dialog.getByRole("listitem").allInnerTexts();
    assert.fail(`the seven items leave something open: ${list.join(" ")}`);
  }
  await tabTo("報告");
  await press("Enter");
  await clinic.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  console.log(`seven items: ${count} keystrokes`);
  assert.ok(count < 220, `${count} keystrokes are too many`);
});
