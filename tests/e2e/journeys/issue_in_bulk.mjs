// Issuing in bulk, end to end (IDM-03, IDM-04, IDM-11, C-01, C-21, AUTH-05…AUTH-14): a health centre sends
// one file, corrects it, makes its clinics and their IDs, prints the hand-out, and a clinic signs in with it.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, newestSms, phone, signInAsStaff, sixDigits } from "../stage.mjs";

const heads = "種別,コード,名称,電話番号,外来,利用者名";
const rows = [
  "医療機関,1101,さくら医院,048-000-0001,1,",
  "医療機関,1102,\"もも, 内科\",048-000-0002,1,外来",
  "宿泊療養施設,st-1,ホテルみどり,048-000-0003,,",
];
const file = (lines) => ({ name: "clinics.csv", mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${[heads, ...lines].join("\r\n")}\r\n`) });

await journey(async (open) => {
  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  await center.getByText("メニュー", { exact: true }).click();
  await center.getByRole("link", { name: "管理（機関とID）" }).click();
  await center.getByRole("heading", { name: "機関とID" }).waitFor();
  await isFine(center, "admin-list");

  // A file with mistakes: each with its line, and nothing stored.
  await center.getByRole("link", { name: "CSVで機関を一括登録" }).click();
  await isFine(center, "admin-import");
  await center.getByLabel("CSVファイル").setInputFiles(file([...rows, "薬局,9,みどり薬局,,,", "医療機関,1101,また同じ,,,"]));
  await center.getByRole("button", { name: "内容を確認" }).click();
  await center.getByText("ファイルに直すところが2件あります").waitFor();
  await center.getByText("5行目", { exact: true }).waitFor();
  await center.getByText("6行目", { exact: true }).waitFor();
  await isFine(center, "admin-import-problems");

  await center.getByLabel("CSVファイル").setInputFiles(file(rows));
  await center.getByRole("button", { name: "内容を確認" }).click();
  await center.getByText("新しく登録 3件").waitFor();
  await isFine(center, "admin-import-preview");
  await center.getByRole("button", { name: "3件を登録" }).click();
  await center.getByText("機関を3件登録しました。").waitFor();
  await isFine(center, "admin-import-done");

  // On to the IDs with the same file.
  await center.getByRole("button", { name: "この一覧の機関にIDを発行" }).click();
  await center.getByText("発行 3件").waitFor();
  await isFine(center, "admin-issue-preview");
  await center.getByRole("button", { name: "3件を発行" }).click();
  await center.getByRole("heading", { name: "ID 3件を発行しました" }).waitFor();
  await isFine(center, "admin-handout");
  const handout = center.getByRole("region", { name: "もも, 内科 外来" });
  const shown = async (term) => handout.locator("dt", { hasText: term }).locator("xpath=following-sibling::dd").innerText();
  const issued = { signInId: await shown("サインインID"), password: await shown("初期パスワード") };
  assert.equal(issued.signInId, "mi-1102-01@hersys.example");
  assert.equal(await shown("アドレス（URL）"), `${base}/staff/`);

  // On paper: one page a person, or the list without passwords.
  await center.emulateMedia({ media: "print" });
  const pdf = await center.pdf({ format: "A4", path: process.env.STAGE_PICTURES && `${process.env.STAGE_PICTURES}/admin-handout.pdf` });
  assert.equal((pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length, 3, "one page a person");
  await center.emulateMedia({ media: null });
  await center.getByLabel(/一覧表/).check();
  const list = center.getByRole("region", { name: "発行した一覧" });
  assert.ok(!(await list.innerText()).includes(issued.password));
  await isFine(center, "admin-handout-list");
  await center.setViewportSize(phone);
  await isFine(center, "admin-handout-list");
  await center.getByLabel(/1人1枚/).check();
  await isFine(center, "admin-handout");
  await center.setViewportSize(desk);

  // Never again: reading the page anew asks to send the form again, which issues and shows nothing.
  await center.getByRole("link", { name: "印刷が済んだので閉じる" }).click();
  await center.getByRole("link", { name: "もも, 内科" }).click();
  await center.getByText("初期パスワードのまま").waitFor();
  assert.ok(!(await center.content()).includes(issued.password));
  await isFine(center, "admin-organization");
  await center.getByRole("link", { name: issued.signInId }).click();
  await center.getByRole("button", { name: "パスワードを再発行" }).waitFor();
  await isFine(center, "admin-account");

  // The clinic signs in with what the paper says.
  const clinic = await open(desk);
  await clinic.goto(`${base}/staff/`);
  await clinic.getByRole("link", { name: "Sign in" }).click();
  await clinic.getByLabel("サインインID").fill(issued.signInId);
  await clinic.getByRole("button", { name: "次へ" }).click();
  await clinic.getByLabel("パスワード", { exact: false }).fill(issued.password);
  await clinic.getByRole("button", { name: "サインイン", exact: true }).click();
  await clinic.getByRole("heading", { name: "詳細情報が必要" }).waitFor();
  await clinic.getByRole("link", { name: "次へ" }).click();
  await clinic.getByLabel(/電話番号/).fill("090-1111-2222");
  await clinic.getByLabel("コードをSMS送信する").check();
  await clinic.getByRole("button", { name: "次へ" }).click();
  await clinic.getByLabel("コードの入力").waitFor();
  await clinic.getByLabel("コードの入力").fill(sixDigits(await newestSms("09011112222")));
  await clinic.getByRole("button", { name: /次へ|検証/ }).click();
  await clinic.getByRole("button", { name: "完了" }).click();
  await clinic.getByLabel(/現在のパスワード/).fill(issued.password);
  await clinic.getByLabel(/新しいパスワード/).fill("Kaede-no-4-hasira");
  await clinic.getByLabel(/パスワードの確認入力/).fill("Kaede-no-4-hasira");
  await clinic.getByRole("button", { name: "サインイン" }).click();
  await clinic.getByText("入力済の情報を閲覧・編集する場合").waitFor();
  await clinic.locator(".who").getByText("もも, 内科").waitFor();
  await clinic.getByText("メニュー", { exact: true }).click();
  assert.equal(await clinic.getByRole("link", { name: "管理（機関とID）" }).count(), 0, "a clinic issues nothing");

  // The centre stops it: out at once.
  await center.getByRole("button", { name: "IDを停止" }).click();
  await center.getByText("IDを停止しました。").waitFor();
  await isFine(center, "admin-account-suspended");
  await clinic.goto(`${base}/staff/cases`);
  await clinic.getByRole("link", { name: "Sign in" }).waitFor();

  // The remaining forms, wide and narrow.
  for (const [path, name] of [
    ["/staff/admin/organizations/new", "admin-new"],
    ["/staff/admin/organizations/new?kind=medical_institution", "admin-new-clinic"],
    ["/staff/admin/organizations", "admin-list"],
    ["/staff/admin/accounts/import", "admin-issue"],
  ]) {
    await center.goto(`${base}${path}`);
    for (const size of [desk, phone]) {
      await center.setViewportSize(size);
      await isFine(center, name);
    }
    await center.setViewportSize(desk);
  }
});
