// A centre links several people at once, sees which organisation leaves whom unanswered, and gets people back with a
// reason (FUP-02, FUP-03, OBS-07, OBS-11).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

async function both(page, name) {
  await isFine(page, name);
  await page.setViewportSize(phone);
  await isFine(page, name);
  await page.setViewportSize(desk);
}

await journey(async (open) => {
  const [taro, hanako] = cast.people;
  const nurse = await open(desk);
  await signInAsStaff(nurse, cast.center);
  await nurse.goto(`${base}/staff/board`);
  for (const person of [taro, hanako]) {
    await nurse.getByRole("row", { name: new RegExp(person.name) }).getByRole("checkbox").check();
  }
  await nurse.getByRole("button", { name: "紐づけを変える", exact: true }).click();
  await nurse.getByText("まだどこにも紐づいていない方").waitFor();
  await both(nurse, "links-preview");
  await nurse.getByRole("button", { name: "2人の紐づけを変える" }).click();
  await nurse.getByRole("alert").getByText("紐づける機関を選んでください").waitFor();
  await nurse.getByLabel(`${cast.followUp.name}を選ぶ`).check();
  await nurse.getByRole("button", { name: "2人の紐づけを変える" }).click();
  await nurse.getByText("2人の紐づけを変えました").waitFor();

  await nurse.getByRole("link", { name: "健康フォローアップ機関の状況" }).click();
  await nurse.getByRole("rowheader", { name: new RegExp(cast.followUp.name) }).waitFor();
  await both(nurse, "follow-up");
  const [status] = [await nurse.getByRole("row", { name: new RegExp(cast.followUp.name) }).innerText()];
  assert.match(status, /2人/);

  const follower = await open(desk);
  await signInAsStaff(follower, cast.followUp);
  await follower.goto(`${base}/staff/board`);
  await follower.getByRole("row", { name: new RegExp(taro.name) }).getByRole("checkbox").check();
  await both(follower, "board-follower");
  await follower.getByRole("button", { name: "保健所に返却する" }).click();
  await follower.getByRole("button", { name: "1人を返却する" }).click();
  await follower.getByRole("alert").getByText("返却の理由を入力してください").waitFor();
  await follower.getByLabel("返却の理由").fill("電話に出ないため、訪問が必要");
  await both(follower, "return");
  await follower.getByRole("button", { name: "1人を返却する" }).click();
  await follower.getByText("1人を保健所に返却しました").waitFor();
  assert.equal(await follower.getByText(taro.name).count(), 0);

  await nurse.goto(`${base}/staff/`);
  await nurse.getByText("返却されました").waitFor();
  await nurse.goto(`${base}/staff/board?linked=returned`);
  await nurse.getByText("電話に出ないため、訪問が必要").waitFor();
  await both(nurse, "board-returned");
});
