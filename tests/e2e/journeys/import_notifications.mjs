// A clinic files by CSV: a file with mistakes is told line by line, mended, asked about, filed; the same file
// again changes nothing, a changed row becomes a new version (FORM-05, FORM-15, FORM-17, C-25).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

const heads = "院内整理番号,当該者氏名,当該者フリガナ,生年月日,診断分類,診断年月日,発病年月日,電話番号";
const file = (lines) => ({ name: "karte.csv", mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${[heads, ...lines].join("\r\n")}\r\n`) });
const good = ["K-1,高橋 花,タカハシ ハナ,2001/9/10,患者（確定例）,2022/8/1,2022/7/30,090-1111-2222", "K-2,=cmd,タカハシ,H13.9.11,confirmed,R4.8.1,R4.8.2,"];

await journey(async (open) => {
  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.clinic);
  await clinic.goto(`${base}/staff/notifications/filed`);
  await clinic.getByText("報告した発生届はまだありません").waitFor();
  await clinic.getByRole("link", { name: "CSVで報告" }).click();
  await isFine(clinic, "import");
  await clinic.setViewportSize(phone);
  await isFine(clinic, "import");
  await clinic.setViewportSize(desk);
  const template = clinic.waitForEvent("download");
  await clinic.getByRole("link", { name: /ひな形/ }).click();
  assert.equal((await template).suggestedFilename(), "hersys-notification.csv");

  const preview = async (lines) => {
    await clinic.goto(`${base}/staff/notifications/import`);
    await clinic.getByLabel("CSVファイル").setInputFiles(file(lines));
    await clinic.getByRole("button", { name: "内容を確認" }).click();
    await clinic.getByRole("heading", { name: "報告する内容の確認" }).waitFor();
  };
  await preview([good[0], "K-1,佐藤,サトウ,1980/2/31,かぜ,,,1"]);
  await clinic.getByText("1件の行にエラーがあります").waitFor();
  await clinic.getByText("2行目と同じ院内整理番号です").waitFor();
  assert.equal(await clinic.getByRole("button", { name: /件を報告/ }).count(), 0);
  await isFine(clinic, "import-problems");
  const list = clinic.waitForEvent("download");
  await clinic.getByRole("button", { name: "エラー・注意の一覧" }).click();
  assert.equal((await list).suggestedFilename(), "hersys-import-problems.csv");
  await clinic.setViewportSize(phone);
  await isFine(clinic, "import-problems");
  await clinic.setViewportSize(desk);

  // Mended; what is doubtful needs a word.
  await preview(good);
  await clinic.getByText("新規 2件").waitFor();
  await clinic.getByText("診断年月日（2022年08月01日）より後になっています").waitFor();
  await clinic.getByRole("button", { name: "2件を報告" }).click();
  await clinic.getByRole("alert").getByText("【続ける】にチェック").waitFor();
  await isFine(clinic, "import-doubts");
  await clinic.getByLabel(/【続ける】/).check();
  await clinic.getByRole("button", { name: "2件を報告" }).click();
  await clinic.getByText("2件報告").waitFor();
  await isFine(clinic, "import-done");

  await preview(good);
  await clinic.getByText("報告済みで変わらないもの 2件").waitFor();
  await preview([good[0].replace("2022/7/30", "2022/7/29"), good[1]]);
  await clinic.getByText("変更 1件").waitFor();
  await clinic.getByText("発病年月日：").first().waitFor();
  await clinic.getByLabel(/【続ける】/).check();
  await clinic.getByRole("button", { name: "1件を報告" }).click();
  await clinic.getByText("1件変更").waitFor();
  await clinic.getByRole("link", { name: "報告した発生届を見る" }).click();
  await clinic.getByRole("link", { name: "高橋 花" }).waitFor();
  assert.equal(await clinic.getByRole("row").count(), 3);
});
