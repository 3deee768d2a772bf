// AUTH-05…AUTH-16: an issued ID signs in for the first time with a code by SMS, and chooses its password.

import assert from "node:assert/strict";
import { advance, base, cast, desk, isFine, journey, newestSms, phone, sixDigits, wrong } from "../stage.mjs";

const CHOSEN = "Kx7;q-Vm2tz=W";

await journey(async (open) => {
  for (const [viewport, newcomer, number] of [
    [desk, cast.newcomers[0], "09011112222"],
    [phone, cast.newcomers[1], "09011113333"],
  ]) {
    const page = await open(viewport);
    await page.goto(`${base}/staff/`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("サインインID").fill(newcomer.signInId);
    await page.getByRole("button", { name: "次へ" }).click();
    await page.getByLabel("パスワード").fill(newcomer.password);
    await page.getByRole("button", { name: "サインイン", exact: true }).click();

    await page.getByRole("heading", { name: "詳細情報が必要" }).waitFor();
    await isFine(page, "more-information");
    await page.getByRole("link", { name: "次へ" }).click();
    await page.getByRole("heading", { name: "電話番号の登録" }).waitFor();
    await isFine(page, "register-phone");
    await page.getByLabel("電話番号").fill("03-1111-2222");
    await page.getByLabel("コードをSMS送信する").check();
    await page.getByRole("button", { name: "次へ" }).click();
    await page.getByText("固定電話ではSMSを受け取れません。").first().waitFor();
    await isFine(page, "register-phone-problem");
    await page.getByLabel("電話番号").fill(number);
    await page.getByRole("button", { name: "次へ" }).click();

    await page.getByRole("heading", { name: "コードの入力" }).waitFor();
    await isFine(page, "register-code");
    const code = sixDigits(await newestSms(number));
    await page.getByLabel("コードの入力").fill(wrong(code));
    await page.getByRole("button", { name: "次へ" }).click();
    await page.getByText("コードが正しくありません").first().waitFor();
    await page.getByLabel("コードの入力").fill(code);
    await page.getByRole("button", { name: "次へ" }).click();
    await page.getByText("電話番号を登録しました。").waitFor();
    await isFine(page, "register-done");
    await page.getByRole("button", { name: "完了" }).click();

    await page.getByText("初期パスワードでのサインインのため、パスワードを更新する必要があります。").waitFor();
    await isFine(page, "new-password");
    const change = async (chosen) => {
      await page.getByLabel("現在のパスワード").fill(newcomer.password);
      await page.getByLabel("新しいパスワード").fill(chosen);
      await page.getByLabel("パスワードの確認入力").fill(chosen);
      await page.getByRole("button", { name: "サインイン", exact: true }).click();
    };
    await change("Password1");
    await page.getByText("よく使われているパスワードです。").first().waitFor();
    await isFine(page, "new-password-problem");
    await change(CHOSEN);
    await page.getByRole("heading", { name: "トップページ" }).waitFor();
    assert.ok(await page.evaluate(() => localStorage.length + sessionStorage.length) === 0, "nothing stays on the terminal");
    await advance(120);
  }
});
