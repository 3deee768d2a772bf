// A practised clerk files the form of seven items without a mouse, one person after another, and one whole form; the
// keystrokes are counted (FORM-06, FORM-10a, TOP-02, TOP-10).

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
  const focused = () => clinic.evaluate(() => {
    const element = document.activeElement;
    return element.value?.startsWith("edition:") ? element.value : element.name || element.textContent.trim();
  });
  const tabTo = async (name, by = "Tab") => {
    for (let tries = 0; tries < 80; tries += 1) {
      if ((await focused()) === name) return;
      await press(by);
    }
    assert.fail(`${name} is not reached by the keyboard`);
  };
  const fillIn = async ({ kana, name, sex, born, phone }) => {
    await tabTo("diagnosis_type");
    await press("1");
    await tabTo("kana");
    await type(kana);
    await tabTo("name");
    await type(name);
    await tabTo("sex");
    await press(sex);
    await tabTo("birth_on");
    await type(born);
    await tabTo("registered_postal_code");
    await type("1000001");
    await tabTo("registered_address");
    await clinic.waitForFunction(() => document.querySelector("[name=registered_address]").value !== "");
    await tabTo("phone");
    await type(phone);
    await report();
  };
  const report = async () => {
    await press("Enter");
    const dialog = clinic.getByRole("dialog");
    const confirm = clinic.getByRole("heading", { name: "入力内容の確認", level: 1 });
    await dialog.or(confirm).first().waitFor();
    if (await dialog.count()) {
      const list = await dialog.getByRole("listitem").allInnerTexts();
      assert.fail(`the form leaves something open: ${list.join(" ")}`);
    }
    await tabTo("報告");
    await press("Enter");
    await clinic.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  };

  // The form opens where it begins to be filled in.
  await press("Enter");
  await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
  assert.equal(await focused(), "doctor_name");
  await tabTo("edition:2022-07", "Shift+Tab");
  await press("Enter");
  await clinic.locator('button[value="edition:2022-07"][aria-pressed=true]').waitFor();
  assert.equal(await focused(), "doctor_name");
  await type("医師 一郎");
  await fillIn({ kana: "すずき あおい", name: "鈴木 葵", sex: "2", born: "H2.3.4", phone: "09012340000" });
  const first = count;

  // The next of the row: the same form, the same doctor.
  count = 0;
  await tabTo("続けて新規登録");
  await press("Enter");
  await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
  await clinic.locator('button[value="edition:2022-07"][aria-pressed=true]').waitFor();
  assert.equal(await clinic.getByLabel("医師の氏名", { exact: true }).inputValue(), "医師 一郎");
  assert.equal(await focused(), "diagnosis_type");
  await fillIn({ kana: "もり けん", name: "森 健", sex: "1", born: "S60.7.8", phone: "09012350000" });
  const next = count;

  // Every legal item of the whole form.
  count = 0;
  await tabTo("続けて新規登録");
  await press("Enter");
  await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
  assert.equal(await focused(), "diagnosis_type");
  await tabTo("edition:2020", "Shift+Tab");
  await press("Enter");
  await clinic.locator('button[value="edition:2020"][aria-pressed=true]').waitFor();
  const down = async (name, times) => {
    await tabTo(name);
    for (let i = 0; i < times; i += 1) await press("ArrowDown");
  };
  for (const [name, text] of [
    ["diagnosis_type", "1"], ["kana", "おか まり"], ["name", "岡 真理"], ["sex", "2"], ["birth_on", "S50.1.2"],
    ["occupation", "会社員"], ["current_postal_code", "1000001"],
  ]) {
    await tabTo(name);
    await type(text);
  }
  await tabTo("current_address");
  await clinic.waitForFunction(() => document.querySelector("[name=current_address]").value !== "");
  await tabTo("registered_is_current");
  await press("Space");
  await tabTo("phone");
  await type("09012360000");
  await tabTo("symptom_fever");
  await press("Space");
  await down("test1_method", 2);
  await down("test1_specimen", 8);
  for (const [name, text] of [
    ["test1_collected_on", "R4.8.1"], ["test1_result", "1"], ["first_visit_on", "R4.8.1"], ["diagnosed_on", "R4.8.1"],
    ["onset_on", "R4.7.31"], ["route_certainty", "2"], ["route", "1"], ["area_certainty", "2"], ["area", "1"],
    ["area_prefecture", "みどり県"],
  ]) {
    await tabTo(name);
    await type(text);
  }
  await down("area_facility", 1);
  for (const name of ["vaccinated", "risk"]) {
    await tabTo(name);
    await press("2");
  }
  await tabTo("severity");
  await press("1");
  for (const name of ["needs_admission", "admitted"]) {
    await tabTo(name);
    await press("2");
  }
  await report();
  console.log(`seven items: ${first} keystrokes, ${next} for the next of a row; the whole form: ${count}`);
  assert.ok(first < 110 && next < 90 && count < 260, `${first}, ${next} and ${count} keystrokes are too many`);
});
