// 担当保健所 goes from centre to centre: shared first, proposed, looked at, returned with a reason,
// proposed again and accepted; the former centre keeps its view as 関係保健所 (SHR-01, SHR-05, C-02).

import assert from "node:assert/strict";
import { base, cast, desk, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const person = cast.people[0];
  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  const other = await open(desk);
  await signInAsStaff(other, cast.otherCenter);

  // The edit form leads to the place of hand-over.
  await center.goto(`${base}/staff/cases/${person.caseId}/identity/edit`);
  await center.getByRole("link", { name: "ほかの保健所に引き継ぐ" }).click();
  await center.getByRole("heading", { name: "共有・引継ぎ", level: 1 }).waitFor();
  await isFine(center, "sharing-alone");

  const offer = async (note) => {
    await center.getByText("ほかの保健所に引き継ぐ").click();
    await center.getByLabel("引継ぎ先の保健所").selectOption({ label: `${cast.otherCenter.name}（埼玉県）` });
    await center.getByLabel("連絡事項").fill(note);
    assert.ok(await center.getByLabel("引継ぎ後も、関係保健所としてこの方を見る").isChecked());
    await center.getByRole("button", { name: "引継ぎを依頼する" }).click();
    await center.getByText("引継ぎを依頼しました").waitFor();
  };
  await offer("転居先の管轄です。");
  await isFine(center, "sharing-offered");

  await other.goto(`${base}/staff/`);
  await other.getByText("引継ぎの依頼が届きました").waitFor();
  await isFine(other, "top-with-transfer");
  await other.getByRole("link", { name: "引継ぎ", exact: true }).click();
  await other.getByRole("heading", { name: "受信箱" }).waitFor();
  await isFine(other, "transfers");
  await other.getByRole("link", { name: person.name }).click();
  // It reads the record, and changes nothing yet.
  await other.getByRole("link", { name: "ID管理" }).click();
  await other.getByRole("heading", { name: "ID管理", level: 1 }).waitFor();
  assert.equal(await other.getByRole("link", { name: "編集" }).count(), 0);
  await other.getByRole("link", { name: "共有・引継ぎ" }).click();
  await isFine(other, "sharing-asked");
  await other.getByRole("button", { name: "差し戻す" }).click();
  await other.getByRole("alert").getByText("差し戻す理由を入力してください").waitFor();
  await isFine(other, "sharing-no-reason");
  await other.getByLabel("差し戻す理由").fill("転居は来週です。それまでお願いします。");
  await other.getByRole("button", { name: "差し戻す" }).click();
  await other.getByText("差し戻しました").waitFor();
  await other.goto(`${base}/staff/cases/${person.caseId}`);
  await other.getByText("お探しのものは見つかりませんでした").waitFor();

  await center.goto(`${base}/staff/`);
  await center.getByText("依頼した引継ぎが差し戻されました").waitFor();
  await center.getByRole("link", { name: "差し戻しの理由を見る" }).click();
  await center.getByText("転居は来週です。それまでお願いします。").waitFor();
  await offer("転居しました。");

  await other.goto(`${base}/staff/transfers`);
  await other.getByRole("link", { name: person.name }).click();
  await other.getByRole("button", { name: "引継ぎを受け入れる" }).click();
  await other.getByText("担当保健所になりました").waitFor();
  await isFine(other, "sharing-taken-over");
  await other.setViewportSize(phone);
  await isFine(other, "sharing-taken-over");
  await other.goto(`${base}/staff/transfers`);
  await other.getByText("終わった引継ぎ").first().click();
  await isFine(other, "transfers");

  await center.goto(`${base}/staff/cases`);
  const row = center.getByRole("row", { name: new RegExp(person.name) });
  await row.getByText("共有", { exact: true }).waitFor();
  await isFine(center, "list-shared");
  await center.getByLabel("共有", { exact: true }).selectOption({ label: "共有" });
  await center.getByRole("button", { name: "検索" }).click();
  await center.getByText("1件").waitFor();

  // The new responsible centre takes the former one off: its view is gone with the next request.
  await other.goto(`${base}/staff/cases/${person.caseId}/sharing`);
  await other.getByRole("button", { name: `${cast.center.name}：共有をやめる` }).click();
  await other.getByText("共有をやめました").waitFor();
  await center.goto(`${base}/staff/cases/${person.caseId}`);
  await center.getByText("お探しのものは見つかりませんでした").waitFor();
});
