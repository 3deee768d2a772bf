// AUTH-08, AUTH-11, AUTH-12: a landline is registered by a call; the page goes on by itself after `#`.

import assert from "node:assert/strict";
import { advance, answerCall, base, cast, desk, isFine, journey, phone } from "../stage.mjs";

const CHOSEN = "Kx7;q-Vm2tz=W";
const LANDLINE = "0311112222";

async function givePassword(page, id, password) {
  await page.goto(`${base}/staff/sign-in/id`);
  await page.getByLabel("サインインID").fill(id);
  await page.getByRole("button", { name: "次へ" }).click();
  await page.getByLabel("パスワード").fill(password);
  await page.getByRole("button", { name: "サインイン", exact: true }).click();
}

await journey(async (open) => {
  const page = await open(desk);
  const newcomer = cast.newcomers[0];
  await givePassword(page, newcomer.signInId, newcomer.password);
  await page.getByRole("link", { name: "次へ" }).click();
  await page.getByLabel("電話番号").fill("03-1111-2222");
  await page.getByLabel("電話する", { exact: true }).check();
  await page.getByRole("button", { name: "次へ" }).click();

  await page.getByText("お客様の電話にかけています。続行するには、応答してください。").waitFor();
  await isFine(page, "calling");
  await advance(121);
  await page.getByText("電話に出られなかったか").waitFor();
  await isFine(page, "call-not-answered");
  await page.getByRole("button", { name: "もう一度電話する" }).click();
  await page.getByText("お客様の電話にかけています。続行するには、応答してください。").waitFor();
  const outbox = await open(desk);
  await answerCall(outbox, LANDLINE);
  // No click here: the page looks again by itself.
  await page.getByText("電話番号を登録しました。").waitFor();
  await page.getByRole("button", { name: "完了" }).click();
  await page.getByLabel("現在のパスワード").fill(newcomer.password);
  await page.getByLabel("新しいパスワード").fill(CHOSEN);
  await page.getByLabel("パスワードの確認入力").fill(CHOSEN);
  await page.getByRole("button", { name: "サインイン", exact: true }).click();
  await page.getByRole("heading", { name: "トップページ" }).waitFor();

  await advance(120);
  const plain = await open(phone, { javaScriptEnabled: false });
  await givePassword(plain, newcomer.signInId, CHOSEN);
  await plain.getByText("お客様の電話にかけています。").waitFor();
  await plain.getByRole("button", { name: "状況を確認" }).click();
  await plain.getByText("お客様の電話にかけています。").waitFor();
  await answerCall(outbox, LANDLINE);
  await plain.getByRole("button", { name: "状況を確認" }).click();
  await plain.getByRole("heading", { name: "トップページ" }).waitFor();
  assert.ok(plain.url().endsWith("/staff/"));
});
