// What tired people do wrong (MY-05…MY-13, MY-18): each mistake gets its sentence, keeps what was
// typed, and loses nothing.

import assert from "node:assert/strict";
import { advance, askForCode, base, cast, fillPerson, isFine, journey, linkPerson, nextMail, observations, phone, sixDigits, wrong } from "../stage.mjs";

const [taro] = cast.people;

await journey(async (open) => {
  const page = await open(phone);
  await page.clock.install();
  await page.goto(base);
  await page.getByLabel("電子メール アドレス").fill("nobody@example.jp");
  await page.getByLabel("パスワード", { exact: true }).fill("Wrong-pass-1");
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.getByText("メールアドレスかパスワードが正しくありません").first().waitFor();
  assert.equal(await page.getByLabel("電子メール アドレス").inputValue(), "nobody@example.jp");
  await isFine(page, "mistake-sign-in");

  await page.getByRole("link", { name: "新規登録" }).or(page.getByRole("button", { name: "新規登録" })).first().click();
  await page.getByLabel("電子メール アドレス").fill("yamada");
  await page.getByRole("button", { name: "確認コードを送信" }).click();
  await page.getByText("メールアドレスの形が正しくありません").first().waitFor();
  await isFine(page, "mistake-mail");
  const code = await askForCode(page, "yamada@example.jp");
  const create = page.getByRole("button", { name: "作成" });
  assert.ok(await create.isDisabled(), "作成 waits for コードの確認");
  await page.getByLabel("確認コード", { exact: true }).fill(wrong(code));
  await page.getByRole("button", { name: "コードの確認" }).click();
  await page.getByText("確認コードが正しくありません").first().waitFor();
  assert.ok(await create.isDisabled());
  await isFine(page, "mistake-code");

  await advance(601);
  await page.getByLabel("確認コード", { exact: true }).fill(code);
  await page.getByRole("button", { name: "コードの確認" }).click();
  await page.getByText("使えなくなりました").first().waitFor();
  await page.clock.fastForward(61_000);
  await page.getByRole("button", { name: /確認コードを再発行する/ }).click();
  await page.getByLabel("確認コード", { exact: true }).fill(sixDigits((await nextMail()).text));
  await page.getByRole("button", { name: "コードの確認" }).click();
  await page.getByText("コードを確認しました").waitFor();

  await page.getByLabel("新しいパスワード", { exact: true }).fill("password");
  await page.getByLabel("パスワードの確認入力", { exact: true }).fill("passwort");
  await create.click();
  await page.getByText("3種類以上").first().waitFor();
  await isFine(page, "mistake-password");
  await page.getByLabel("新しいパスワード", { exact: true }).fill("Patient-1");
  await page.getByLabel("パスワードの確認入力", { exact: true }).fill("Patient-1");
  await create.click();
  await page.getByRole("heading", { name: "属性入力" }).waitFor();

  // A typing error is told apart from a wrong pair, and costs nothing.
  await fillPerson(page, { ...taro, hersysId: wrong(taro.hersysId) });
  await page.getByText("打ちまちがい").first().waitFor();
  assert.equal(await page.getByLabel("氏名", { exact: false }).inputValue(), taro.name);
  await isFine(page, "mistake-id");
  for (let time = 1; time <= 5; time++) {
    await fillPerson(page, { ...taro, born: "1981-01-02" });
    await page.getByRole("button", { name: "属性を保存する" }).click();
    await page.getByText(time < 5 ? /一致しません/ : /一時止めています/).first().waitFor();
    await isFine(page, `mistake-pair-${time}`);
    if (await page.getByRole("button", { name: "修正する" }).isVisible()) {
      await page.getByRole("button", { name: "修正する" }).click();
    }
  }
  await advance(3601);
  await linkPerson(page, taro);

  await page.getByRole("button", { name: "報告する", exact: false }).or(page.getByRole("link", { name: "報告する" })).first().click();
  await page.getByRole("button", { name: "確認へ進む" }).click();
  await page.getByText("体温を入力してください").first().waitFor();
  await isFine(page, "mistake-empty");
  await page.getByRole("textbox", { name: /^体温/ }).fill("50");
  await page.getByRole("button", { name: "すべて無" }).click();
  await page.getByRole("button", { name: "確認へ進む" }).click();
  await page.getByText("34.0～43.0").first().waitFor();
  await page.getByRole("textbox", { name: /^体温/ }).fill("3650");
  await page.getByText("例：36.5").first().waitFor();
  await page.getByRole("textbox", { name: /^体温/ }).fill("42.0");
  await page.getByRole("button", { name: "確認へ進む" }).click();
  await page.getByText("体温 42.0℃ でまちがいありませんか").waitFor();
  await isFine(page, "mistake-implausible");
  await page.getByRole("button", { name: "入力し直す" }).click();
  await page.getByRole("textbox", { name: /^体温/ }).fill("36.0");

  // An emergency sign says at once what to do and whom to call.
  await page.getByText("今すぐ助けが必要な症状がありますか").click();
  await page.getByLabel("胸の痛みがある").check();
  await page.getByText("すぐに電話してください").waitFor();
  assert.equal(await page.locator('a[href="tel:119"]').first().isVisible(), true);
  await isFine(page, "emergency");
  assert.equal(await observations(), 0, "nothing was sent so far");
});
