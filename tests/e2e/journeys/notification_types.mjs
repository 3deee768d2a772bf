// A clinic files each of the five types of diagnosis in a row, the second of the same household
// (FORM-06…FORM-24, TOP-02, TOP-10, C-12). What is typed is normalised; the centre gets a mail that names nobody.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, nextMail, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.clinic);
  await clinic.goto(`${base}/staff/`);
  await clinic.getByRole("button", { name: "新たに発生届を提出" }).click();
  await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
  await isFine(clinic, "notification-new");

  // Nothing but what the account knows: four items block, each with its sentence.
  await clinic.getByRole("button", { name: "全項目（2020年様式）" }).click();
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  await clinic.getByRole("alert").getByText("診断年月日を入力してください（必須）。").waitFor();
  await clinic.getByRole("alert").getByText("当該者氏名を入力してください（必須）。").waitFor();
  await isFine(clinic, "notification-problems");
  assert.equal(await clinic.getByLabel("従事する病院・診療所の名称").inputValue(), cast.clinic.name);

  const choose = (group, name) => clinic.getByRole("radiogroup", { name: group }).getByLabel(name, { exact: true }).check();
  const fill = (label, value) => clinic.getByLabel(label, { exact: true }).fill(value);
  await fill("医師の氏名", "医師　一郎");
  await clinic.getByLabel("医師マスタに登録する").check();
  await choose(/診断分類/, "患者（確定例）");
  await clinic.getByLabel(/^当該者氏名/).fill("青木　はる");
  await fill("当該者フリガナ", "ｱｵｷ はる");
  await choose("性別", "女性");
  await fill("生年月日", "S45.6.7");
  await fill("当該者職業", "会社員");
  await fill("当該者所在地の郵便番号", "１００－０００１");
  await clinic.getByText("住所を途中まで入力しました").first().waitFor();
  await fill("当該者所在地", "東京都千代田区千代田1-1");
  await clinic.getByLabel("当該者所在地と同様").check();
  assert.equal(await clinic.getByLabel("当該者住所", { exact: true }).inputValue(), "東京都千代田区千代田1-1");
  await fill("電話番号", "０９０-１１１１-２２２２");
  await clinic.getByLabel("発熱").check();
  await clinic.getByLabel("検査1 検査方法", { exact: true }).selectOption({ label: "抗原定性検査" });
  await clinic.getByLabel("検査1 検体", { exact: true }).selectOption({ label: "鼻腔拭い液" });
  await fill("検査1 検体採取日", "2022/8/2");
  await choose("検査1 結果", "陽性");
  await fill("初診年月日", "令和4年8月2日");
  await clinic.getByLabel(/^診断年月日/).fill("20220802");
  await fill("発病年月日", "2022-08-03");
  await isFine(clinic, "notification-filled");

  // Empty legal items and contradicting days: asked once more, over the page.
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  const dialog = clinic.getByRole("dialog");
  await dialog.getByText("発病年月日（2022年08月03日）が診断年月日（2022年08月02日）より後になっています。").waitFor();
  await isFine(clinic, "notification-dialog");
  await dialog.getByRole("button", { name: "戻る" }).click();
  await fill("発病年月日", "2022-08-01");
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  await clinic.getByRole("dialog").getByRole("button", { name: "続ける", exact: true }).click();
  await clinic.getByRole("heading", { name: "入力内容の確認", level: 1 }).waitFor();
  await clinic.getByText("アオキ ハル").waitFor();
  await isFine(clinic, "notification-confirm");
  assert.ok(await clinic.getByLabel("届出先の保健所にメールを送信する").isChecked());
  await clinic.getByRole("link", { name: "再編集" }).first().click();
  assert.equal(await clinic.getByLabel("生年月日", { exact: true }).inputValue(), "S45.6.7");
  await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
  await clinic.getByRole("dialog").getByRole("button", { name: "続ける", exact: true }).click();
  await clinic.getByRole("button", { name: "報告", exact: true }).first().click();
  await clinic.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  await isFine(clinic, "notification-done");

  const others = [
    { type: "無症状病原体保有者", name: "青木 夏子", household: true },
    { type: "疑似症患者", name: "井上 秋" },
    { type: "感染症死亡者の死体", name: "上田 冬", died: true },
    { type: "感染症死亡疑い者の死体", name: "江口 歳", died: true },
  ];
  for (const { type, name, household, died } of others) {
    await clinic.getByRole("button", { name: household ? "同じ世帯の方を続けて登録" : "続けて新規登録" }).click();
    await clinic.getByRole("heading", { name: "発生届の新規登録", level: 1 }).waitFor();
    if (household) {
      assert.equal(await clinic.getByLabel("当該者住所", { exact: true }).inputValue(), "東京都千代田区千代田1-1");
      assert.equal(await clinic.getByLabel(/^当該者氏名/).inputValue(), "");
    } else {
      await clinic.getByRole("button", { name: "全項目（2020年様式）" }).click();
    }
    // The only doctor of 医師マスタ is there already.
    assert.equal(await clinic.getByLabel("医師の氏名", { exact: true }).inputValue(), "医師 一郎");
    await choose(/診断分類/, type);
    await clinic.getByLabel(/^当該者氏名/).fill(name);
    await clinic.getByLabel(/^診断年月日/).fill("2022-08-02");
    if (died) await fill("死亡年月日", "2022-08-01");
    await clinic.getByRole("button", { name: "確認", exact: true }).first().click();
    await clinic.getByRole("dialog").getByRole("button", { name: "続ける", exact: true }).click();
    // Who shares the telephone of a household may be the same person.
    await clinic.getByRole("button", { name: household ? "別の方として報告" : "報告", exact: true }).first().click();
    await clinic.getByRole("heading", { name: "完了しました", level: 1 }).waitFor();
  }
  await clinic.getByRole("link", { name: "完了" }).click();
  await clinic.getByText("感染症死亡疑い者の死体").first().waitFor();

  // The list shows them; on a phone as well.
  const mobile = await open(phone);
  await signInAsStaff(mobile, cast.clinic);
  await mobile.goto(`${base}/staff/notifications/new`);
  await isFine(mobile, "notification-start");
  await mobile.getByRole("button", { name: "新たに発生届を提出" }).click();
  await isFine(mobile, "notification-new");
  await mobile.getByRole("button", { name: "全項目（2020年様式）" }).click();
  await isFine(mobile, "notification-full");
});
