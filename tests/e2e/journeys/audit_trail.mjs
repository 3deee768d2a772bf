// SEC-12: somebody looks at a person and changes something; the centre sees who did, and the issuer
// finds it. On the way the pages around the system: duties, manual, terms, legal basis.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

async function onBoth(page, name) {
  for (const size of [phone, desk]) {
    await page.setViewportSize(size);
    await isFine(page, name);
  }
}

await journey(async (open) => {
  const person = cast.people[3];
  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.clinic);
  await clinic.goto(`${base}/staff/cases/${person.caseId}/identity/edit`);
  await clinic.getByLabel("連絡先電話番号").fill("090-1234-5678");
  await clinic.getByRole("button", { name: "保存" }).first().click();
  await clinic.getByText("保存しました。").waitFor();
  assert.equal(await clinic.getByRole("link", { name: "閲覧・変更履歴" }).count(), 0, "an institution has no such tab");
  // Out of its reach: another clinic's person.
  const refused = await clinic.goto(`${base}/staff/cases/${cast.people[0].caseId}/identity`);
  assert.equal(refused.status(), 404);

  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  await center.goto(`${base}/staff/cases/${person.caseId}`);
  await center.getByRole("link", { name: "閲覧・変更履歴" }).click();
  await center.getByRole("heading", { name: "閲覧・変更履歴" }).waitFor();
  const change = center.getByRole("row").filter({ hasText: "内容を変更した" });
  await change.getByText("さくら診療所").waitFor();
  assert.match(await change.innerText(), /連絡先電話番号[\s\S]*090/);
  await onBoth(center, "audit-person");
  await center.reload();
  await center.getByRole("cell", { name: "操作の記録を見た" }).first().waitFor();
  await center.getByRole("link", { name: "登録・変更" }).click();
  await center.getByRole("row").filter({ hasText: "内容を変更した" }).waitFor();
  assert.equal(await center.getByRole("cell", { name: "登録情報を見た" }).count(), 0);

  await center.getByText("メニュー", { exact: true }).first().click();
  await center.getByRole("navigation", { name: "メニュー" }).getByRole("link", { name: "操作の記録" }).click();
  await onBoth(center, "audit-search");
  await center.getByLabel("操作の種類").selectOption({ label: "拒否" });
  await center.getByRole("button", { name: "検索" }).click();
  await center.getByRole("row").filter({ hasText: "見る権限がなく断られた" }).filter({ hasText: "さくら診療所" }).waitFor();
  assert.ok(!center.url().includes("%"), "nothing typed stands in the address");
  await onBoth(center, "audit-found");
  await center.getByLabel("期間のはじめ").fill("きのう");
  await center.getByRole("button", { name: "検索" }).click();
  await center.getByRole("link", { name: "条件を消す" }).waitFor();
  await onBoth(center, "audit-search-mistake");

  for (const page of ["", "/manual", "/security", "/faq", "/glossary", "/contacts"]) {
    await center.goto(`${base}/staff/info${page}`);
    await onBoth(center, `info${page.replace("/", "-")}`);
  }
  const anybody = await open(phone);
  await anybody.goto(`${base}/staff/sign-in`);
  await onBoth(anybody, "sign-in-foot");
  await anybody.getByRole("link", { name: "利用規約" }).click();
  await anybody.getByRole("heading", { level: 1, name: "利用規約" }).waitFor();
  for (const page of ["terms", "privacy", "legal", "faq", "contacts"]) {
    await anybody.goto(`${base}/info/${page}`);
    await onBoth(anybody, `public-${page}`);
  }
});
