// Help while ID管理 is typed (FORM-12, IDR-01): the address from the postal code with a choice, the reading from
// the input method, dates said back, Back from the review, and 住所検索 without a script.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  for (const viewport of [desk, phone]) {
    const staff = await open(viewport);
    await signInAsStaff(staff, viewport === desk ? cast.center : cast.otherCenter);
    await staff.goto(`${base}/staff/cases/new`);
    const field = (name) => staff.locator(`#field-${name}`);

    // As it is typed; nothing of the person stands in an address.
    const asked = [];
    staff.on("request", (request) => asked.push(request.url()));
    await field("postal_code").fill("〒１００－０００１");
    await staff.waitForFunction(() => document.querySelector("#field-address").value === "東京都千代田区千代田");
    await field("postal_code").fill("4520961");
    const found = staff.locator("#found-postal_code");
    await found.getByText("4件あります").waitFor();
    assert.equal(await field("address").inputValue(), "愛知県清須市", "as far as it is certain");
    await isFine(staff, "postal-choices");
    const choice = found.getByRole("button", { name: "愛知県清須市春日今村" });
    await choice.focus();
    await staff.keyboard.press("Enter");
    assert.equal(await field("address").inputValue(), "愛知県清須市春日今村");
    assert.equal(await staff.evaluate(() => document.activeElement.id), "field-address");
    // What somebody wrote is not replaced.
    await field("address").fill("愛知県清須市春日今村1-2");
    await field("postal_code").fill("1000001");
    await found.getByText("住所は入力済みです").waitFor();
    assert.equal(await field("address").inputValue(), "愛知県清須市春日今村1-2");
    await field("postal_code").fill("9999999");
    await found.getByText("見つかりません").waitFor();

    await field("birth_on").fill("s55.1.2");
    await field("birth_on").blur();
    await staff.getByText("1980年01月02日（水）").waitFor();
    await field("received_on").fill("きょう");
    await field("received_on").blur();
    await staff.getByText("日付を読み取れません").waitFor();
    await field("received_on").fill("");
    assert.ok(asked.every((url) => !decodeURIComponent(url).includes("s55")), "a date in an address");

    // An input method: letters, hiragana, a conversion, the confirming Enter, a space, the given name.
    const ime = await staff.context().newCDPSession(staff);
    const compose = async (steps, end) => {
      for (const text of steps) {
        await ime.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      }
      await ime.send("Input.insertText", { text: end });
    };
    await field("name").focus();
    await compose(["ｙ", "や", "やｍ", "やま", "やまｄ", "やまだ", "山田"], "山田");
    await staff.keyboard.type(" ");
    await compose(["た", "たろ", "たろう", "太郎"], "太郎");
    assert.equal(await field("name").inputValue(), "山田 太郎");
    assert.equal(await field("kana").inputValue(), "ヤマダ タロウ");
    // What was typed into フリガナ is not replaced.
    await field("kana").fill("ﾔﾏﾀ");
    await field("name").focus();
    await compose(["じ", "じろう", "次郎"], "次郎");
    assert.equal(await field("kana").inputValue(), "ﾔﾏﾀ");

    await isFine(staff, "typing-helps");
    await staff.getByRole("button", { name: "確認" }).click();
    await staff.getByRole("heading", { name: "入力内容の確認" }).waitFor();
    await isFine(staff, "typing-review");
    await staff.goBack();
    assert.match(await field("name").inputValue(), /^山田 太郎/, "Back loses nothing");
    assert.equal(await field("address").inputValue(), "愛知県清須市春日今村1-2");
  }

  const plain = await open(desk, { javaScriptEnabled: false });
  await signInAsStaff(plain, cast.clinic);
  await plain.goto(`${base}/staff/cases/new`);
  await plain.locator("#field-name").fill("鈴木 次郎");
  await plain.locator("#field-postal_code").fill("498-0000");
  await plain.getByRole("button", { name: "住所検索" }).click();
  await plain.getByText("2件あります").waitFor();
  await plain.getByRole("button", { name: "三重県桑名郡木曽岬町" }).click();
  assert.equal(await plain.locator("#field-address").inputValue(), "三重県桑名郡木曽岬町");
  assert.equal(await plain.locator("#field-name").inputValue(), "鈴木 次郎");
  // Enter is 確認, not 住所検索.
  await plain.locator("#field-name").press("Enter");
  await plain.getByRole("heading", { name: "入力内容の確認" }).waitFor();
});
