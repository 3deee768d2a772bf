// Follow-up in two steps (FUP-02, OBS-11): the right, then the link; unlinking takes the view away
// with the next request. An institution without the right is not there to be chosen.

import assert from "node:assert/strict";
import { base, cast, desk, grantFollowUp, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

await journey(async (open) => {
  const person = cast.people[0];
  const sharing = `${base}/staff/cases/${person.caseId}/sharing`;
  const observation = `${base}/staff/cases/${person.caseId}/observation`;
  const center = await open(desk);
  await signInAsStaff(center, cast.center);
  const hospital = await open(desk);
  await signInAsStaff(hospital, cast.otherClinic);
  const label = `${cast.otherClinic.name}（医療機関）`;

  await center.goto(sharing);
  await center.getByText("機関を紐づける").click();
  assert.equal(await center.getByRole("option", { name: label }).count(), 0);
  await grantFollowUp(cast.otherClinic.name);
  await center.reload();
  await center.getByText("機関を紐づける").click();
  await center.getByLabel("紐づける機関").selectOption({ label });
  await isFine(center, "linking");
  await center.getByRole("button", { name: "紐づける", exact: true }).click();
  await center.getByText("紐づけました").waitFor();
  await isFine(center, "linked");
  await center.setViewportSize(phone);
  await isFine(center, "linked");

  await hospital.goto(`${base}/staff/`);
  await hospital.getByText("健康観察を行う方が紐づけられました").waitFor();
  await hospital.goto(`${base}/staff/cases`);
  await hospital.getByText("紐づけ", { exact: true }).waitFor();
  await isFine(hospital, "list-linked");
  await hospital.getByRole("link", { name: person.name }).click();
  await hospital.getByRole("heading", { name: "健康観察", level: 1 }).waitFor();
  // C-19: the strip shows no 居所, and no other tab is there.
  assert.equal(await hospital.getByText("居所").count(), 0);
  assert.equal(await hospital.getByRole("link", { name: "ID管理" }).count(), 0);
  await isFine(hospital, "observation-linked");

  await center.getByRole("button", { name: `${cast.otherClinic.name}：紐づけを解除` }).click();
  await center.getByText("紐づけを解除しました").waitFor();
  await hospital.goto(observation);
  await hospital.getByText("お探しのものは見つかりませんでした").waitFor();
  await hospital.goto(`${base}/staff/cases`);
  assert.equal(await hospital.getByText(person.name).count(), 0);
});
