// A report that is sent twice counts once: a bad line swallows the answer, the person taps again.

import assert from "node:assert/strict";
import { cast, journey, linkPerson, observations, phone, register } from "../stage.mjs";

await journey(async (open) => {
  const page = await open(phone);
  await register(page, "yamada@example.jp");
  await linkPerson(page, cast.people[0]);
  await page.getByRole("button", { name: "報告する", exact: false }).or(page.getByRole("link", { name: "報告する" })).first().click();
  await page.getByRole("textbox", { name: /^体温/ }).fill("36.8");
  await page.getByRole("button", { name: "すべて無" }).click();
  // The second tap of a double tap hits whatever stands there on the next page: nothing yet.
  await page.getByRole("button", { name: "確認へ進む" }).dblclick();
  await page.getByRole("heading", { name: "送信する内容の確認" }).waitFor();

  await page.locator("button:enabled", { hasText: "送信する" }).waitFor();
  await page.getByRole("heading", { name: "送信する内容の確認" }).waitFor();
  assert.equal(await observations(), 0);

  // The request arrives, its answer does not.
  const bodies = [];
  await page.route("**/api/patient/reports", async (route) => {
    bodies.push(route.request().postDataJSON());
    await route.fetch();
    await route.abort("connectionreset");
  }, { times: 1 });
  await page.getByRole("button", { name: "送信する" }).click();
  const again = page.getByRole("button", { name: "もう一度送信する" });
  await again.waitFor();
  assert.equal(await observations(), 1);
  const resent = page.waitForRequest("**/api/patient/reports");
  await again.click();
  bodies.push((await resent).postDataJSON());
  await page.getByRole("heading", { name: "報告を受け取りました" }).waitFor();
  assert.equal(bodies[0].reports[0].report_id, bodies[1].reports[0].report_id);
  assert.equal(await observations(), 1);
});
