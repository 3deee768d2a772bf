// AUTH-22, AUTH-24: keys are added under a name, prove a sign-in, and are removed; an app's page is fine too.

import assert from "node:assert/strict";
import { advance, base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

// Browsers bind keys to a name; an IP address has none.
const local = base.replace("127.0.0.1", "localhost");

const BUILT_IN = { transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
const ON_A_STICK = { transport: "usb", hasResidentKey: false, hasUserVerification: false };

async function withKey(cdp, kind) {
  const options = { protocol: "ctap2", automaticPresenceSimulation: true, ...kind };
  return (await cdp.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
}

async function addKey(page, name) {
  await page.getByRole("link", { name: "セキュリティキー・パスキーを追加" }).click();
  await page.getByLabel("名前").fill(name);
  await page.getByRole("button", { name: "追加する" }).click();
  await page.getByText("追加しました。").waitFor();
  await page.getByText(name, { exact: true }).waitFor();
}

async function signInByKey(page, staff, first) {
  await page.goto(`${local}/staff/sign-in/id`);
  await page.getByLabel("サインインID").fill(staff.signInId);
  await page.getByRole("button", { name: "次へ" }).click();
  await page.getByLabel("パスワード").fill(staff.password);
  await page.getByRole("button", { name: "サインイン", exact: true }).click();
  if (first) {
    await page.getByRole("link", { name: "問題がありますか？別の方法でサインインする" }).click();
    await isFine(page, "methods");
    await page.getByLabel("セキュリティキー・パスキーを使う").check();
    await page.getByRole("button", { name: "次へ" }).click();
  }
  await page.getByRole("heading", { name: "セキュリティキーで確認" }).waitFor();
  await isFine(page, "passkey");
  await page.getByRole("button", { name: "キーで確認する" }).click();
  await page.getByRole("heading", { name: "トップページ" }).waitFor();
}

await journey(async (open) => {
  const page = await open(desk);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const builtIn = await withKey(cdp, BUILT_IN);

  await signInAsStaff(page, cast.center, local);
  await page.getByRole("link", { name: "セキュリティ情報" }).click();
  await isFine(page, "security");
  await page.getByRole("link", { name: "セキュリティキー・パスキーを追加" }).click();
  await isFine(page, "add-passkey");
  await page.goBack();
  await addKey(page, "窓口のパソコン");
  await isFine(page, "security-with-key");
  await page.getByRole("button", { name: "サインアウト", exact: true }).click();
  await advance(120);
  await signInByKey(page, cast.center, true);
  await page.getByRole("button", { name: "サインアウト", exact: true }).click();
  await advance(120);
  await signInByKey(page, cast.center, false);

  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: builtIn });
  await withKey(cdp, ON_A_STICK);
  await page.goto(`${local}/staff/security`);
  await addKey(page, "黒いUSBキー");
  await page.getByRole("button", { name: "サインアウト", exact: true }).click();
  await advance(120);
  await signInByKey(page, cast.center, false);

  await page.goto(`${local}/staff/security`);
  const key = page.getByRole("listitem").filter({ hasText: "黒いUSBキー" });
  await key.getByLabel("の新しい名前").fill("引き出しのキー");
  await key.getByRole("button", { name: "名前を変更" }).click();
  await page.getByText("変更しました。").waitFor();
  const removed = page.getByRole("listitem").filter({ hasText: "引き出しのキー" });
  await removed.locator("summary").click();
  await removed.getByRole("button", { name: "削除する" }).click();
  await page.getByText("セキュリティキー・パスキーを削除しました。").waitFor();
  assert.equal(await page.getByText("引き出しのキー").count(), 0);

  await page.getByRole("link", { name: "認証アプリを追加" }).click();
  await isFine(page, "add-app");
  await page.goto(`${local}/staff/security/password`);
  await isFine(page, "change-password");
  await page.setViewportSize(phone);
  for (const [path, name] of [["", "security-with-key"], ["/apps/new", "add-app"], ["/phones/new", "add-phone"], ["/passkeys/new", "add-passkey"]]) {
    await page.goto(`${local}/staff/security${path}`);
    await isFine(page, name);
  }
  await advance(601);
  await page.goto(`${local}/staff/security/apps/new`);
  await page.getByRole("heading", { name: "パスワードの確認" }).waitFor();
  await isFine(page, "confirmation");
});
