// The main job, end to end, in a browser without any app (MY-01…MY-19, MY-21, TOP-01…TOP-05, IDR-01…IDR-05, OBS-02, OBS-03, OBS-05, PERM-05):
// a family registers by mail code and reports its day; the health centre enters one more person
// and sees the reports in table and graph.

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, linkPerson, newestSms, observations, phone, register, signInAsStaff } from "../stage.mjs";

const [taro, hanako, ichiro] = cast.people;

await journey(async (open) => {
  const mobile = await open(phone);
  await mobile.goto(base);
  await mobile.getByRole("button", { name: "サインイン" }).waitFor();
  await isFine(mobile, "patient-sign-in");
  await register(mobile, "yamada@example.jp");
  await isFine(mobile, "patient-attributes");
  await linkPerson(mobile, { ...taro, born: "昭和５５年１月２日", hersysId: ` ${taro.hersysId} ` });
  for (const person of [hanako, ichiro]) {
    await mobile.getByRole("link", { name: "新規登録" }).or(mobile.getByRole("button", { name: "新規登録" })).first().click();
    await linkPerson(mobile, person);
  }
  await isFine(mobile, "patient-household");

  await mobile.getByRole("button", { name: "まとめて報告する" }).or(mobile.getByRole("link", { name: "まとめて報告する" })).click();
  for (const [person, temperature] of [[taro, "365"], [hanako, "378"], [ichiro, "391"]]) {
    await mobile.getByRole("heading", { name: person.name }).waitFor();
    await mobile.getByRole("textbox", { name: /^体温/ }).fill("");
    await mobile.getByRole("textbox", { name: /^体温/ }).pressSequentially(temperature);
    assert.equal(await mobile.getByRole("textbox", { name: /^体温/ }).inputValue(), `${temperature.slice(0, 2)}.${temperature[2]}`);
    if (person === hanako) await mobile.getByRole("textbox", { name: /^酸素飽和度/ }).fill("95");
    await mobile.getByRole("button", { name: "すべて無" }).click();
    if (person === ichiro) {
      await mobile.getByRole("group", { name: "咳" }).getByRole("radio", { name: "有" }).check();
      await mobile.getByRole("group", { name: "息苦しさ" }).getByRole("radio", { name: "不明" }).check();
    }
    await isFine(mobile, "patient-report");
    await mobile.getByRole("button", { name: "確認へ進む" }).click();
    await mobile.getByRole("heading", { name: "送信する内容の確認" }).waitFor();
    await isFine(mobile, "patient-check");
    await mobile.getByRole("button", { name: "送信する" }).click();
    await mobile.getByRole("heading", { name: "報告を受け取りました" }).waitFor();
    await mobile.getByText("9:00 に受け取りました").waitFor();
    await isFine(mobile, "patient-receipt");
    assert.equal(await mobile.getByText("37.8").count(), 0, "no value is read back");
    if (person !== ichiro) await mobile.getByRole("button", { name: "次の人の報告へ" }).click();
  }
  await mobile.getByText("全員の報告が済みました").waitFor();
  assert.equal(await observations(), 3);
  const kept = await mobile.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  assert.ok(!kept.includes("山田") && !kept.includes(taro.hersysId), "nothing readable stays on the phone");

  const staff = await open(desk);
  await signInAsStaff(staff, cast.center);
  await isFine(staff, "staff-top");
  await staff.getByRole("link", { name: "発生届の提出前に使用" }).click();
  await isFine(staff, "staff-new");
  await staff.getByLabel("氏名", { exact: true }).or(staff.getByLabel(/^氏名/)).first().fill("鈴木 次郎");
  await staff.getByLabel(/^フリガナ/).fill("すずき じろう");
  await staff.getByLabel(/^生年月日/).fill("平成2年3月4日");
  await staff.getByLabel(/^連絡先電話番号/).fill("090-1234-5678");
  await staff.getByLabel(/SMSで送る/).check();
  await staff.getByRole("button", { name: "確認" }).first().click();
  await staff.getByText("スズキ ジロウ").first().waitFor();
  await isFine(staff, "staff-review");
  await staff.getByRole("button", { name: "再編集" }).first().click();
  assert.equal(await staff.getByLabel(/^生年月日/).inputValue(), "平成2年3月4日", "what was typed is kept");
  await staff.getByRole("button", { name: "確認" }).first().click();
  await staff.getByRole("button", { name: "登録", exact: true }).first().click();
  await staff.getByText("完了しました").first().waitFor();
  await isFine(staff, "staff-registered");
  const sms = await newestSms("09012345678");
  assert.match(sms, /\/r\//);
  assert.ok(!/コロナ|鈴木/.test(sms), "the SMS names no illness and nobody");

  await staff.goto(`${base}/staff/cases`);
  await staff.getByRole("link", { name: "山田 一郎" }).waitFor();
  await isFine(staff, "staff-list");
  assert.ok(!staff.url().includes("山"), "no personal data in the address");
  await staff.getByRole("link", { name: "山田 一郎" }).click();
  await isFine(staff, "staff-identity");
  await staff.getByRole("link", { name: "健康観察", exact: true }).click();
  await staff.locator("svg").first().waitFor();
  await isFine(staff, "staff-observation");
  const page = await staff.locator("main").innerText();
  for (const shown of ["39.1", "咳", "息苦しさ"]) assert.ok(page.includes(shown), `${shown} is on the page`);
  await staff.setViewportSize(phone);
  await isFine(staff, "staff-observation");
  await staff.setViewportSize(desk);

  // The link of the SMS opens registration with the ID filled in.
  const link = sms.match(/https?:\/\/\S+\/r\/\S+/)[0];
  const second = await open(phone);
  await second.goto(link);
  await second.getByText("SMSのご案内を受け付けました").waitFor();
  await isFine(second, "patient-invited");

  // Another centre does not find the family.
  const other = await open(desk);
  await signInAsStaff(other, cast.otherCenter);
  await other.goto(`${base}/staff/cases`);
  assert.equal(await other.getByText("山田").count(), 0);
  const refused = await other.goto(`${base}/staff/cases/${taro.caseId}/observation`);
  assert.equal(refused.status(), 404);
  await isFine(other, "staff-not-found");
});
