// A notification after it was reported, as people look at it and take it to the printer (TOP-08, TOP-12,
// FORM-10, FORM-22, FORM-27, FORM-28): pages at both widths, the paper form on one A4 page of each
// edition, with a second page only where texts are too long for their boxes.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { base, cast, desk, fileNotification, isFine, journey, phone, signInAsStaff } from "../stage.mjs";

const pdf = async (page, name) => {
  const paper = await page.pdf({ preferCSSPageSize: true });
  if (process.env.STAGE_PICTURES) writeFileSync(`${process.env.STAGE_PICTURES}/${name}.pdf`, paper);
  return paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
};

// Nothing sticks out of the paper: A4 less its margins, in millimetres.
const measure = (page, selector) =>
  page.evaluate((selector) => {
    const paper = document.querySelector(selector);
    const millimetre = 96 / 25.4;
    const box = paper.getBoundingClientRect();
    const out = [...paper.querySelectorAll("*")].filter((part) => {
      const own = part.getBoundingClientRect();
      return !part.closest(".visually-hidden") && own.width > 0 && own.right > box.right + 1;
    });
    return { width: box.width / millimetre, height: box.height / millimetre, out: out.map((part) => part.textContent) };
  }, selector);

const onPaper = async (page, look) => {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 703, height: 1031 });
  const seen = await look();
  await page.emulateMedia({ media: null });
  await page.setViewportSize(desk);
  return seen;
};

await journey(async (open) => {
  const clinic = await open(desk);
  await signInAsStaff(clinic, cast.center);

  const person = cast.people[0];
  await clinic.goto(`${base}/staff/cases/${person.caseId}/notifications`);
  await clinic.getByText("この方の発生届はまだありません").waitFor();
  await isFine(clinic, "notification-none");

  for (const edition of ["2020", "2022-06", "2022-07"]) {
    const own = await fileNotification(person, { edition });
    await clinic.goto(own);
    await isFine(clinic, `notification-${edition}`);
    await clinic.goto(`${own}?layout=statutory`);
    await isFine(clinic, `notification-${edition}-statutory`);
    await clinic.setViewportSize(phone);
    await isFine(clinic, `notification-${edition}-statutory`);
    await clinic.goto(own);
    await isFine(clinic, `notification-${edition}`);
    await clinic.setViewportSize(desk);
    await clinic.goto(`${own}/print`);
    await isFine(clinic, `print-${edition}`);
    assert.equal(await pdf(clinic, `print-${edition}`), 1, `one page for ${edition}`);
    const { width, height, out } = await onPaper(clinic, () => measure(clinic, ".st-paper"));
    assert.ok(width <= 186.5 && height <= 272, `${edition}: ${width} × ${height} mm`);
    assert.deepEqual(out, []);
  }

  const long = await fileNotification(person, { longest: true });
  await clinic.goto(`${long}/print`);
  assert.ok((await pdf(clinic, "print-longest")) > 1, "what is too long goes on behind");
  const first = await onPaper(clinic, () => measure(clinic, ".st-paper"));
  assert.ok(first.width <= 186.5 && first.height <= 272, `${first.width} × ${first.height} mm`);
  assert.deepEqual(first.out, []);
  await clinic.goto(long);
  await isFine(clinic, "notification-longest");

  for (const edition of ["2020", "2022-06", "2022-07"]) {
    await clinic.goto(`${base}/staff/notifications/blank?edition=${edition}`);
    await isFine(clinic, `blank-${edition}`);
    assert.equal(await pdf(clinic, `blank-${edition}`), 1);
  }

  // TOP-12, FORM-28
  await clinic.goto(long);
  await clinic.getByText("操作メニューを開く").click();
  await clinic.getByText("操作メニュー閉じる▲").waitFor();
  await isFine(clinic, "operation-menu");
  await clinic.setViewportSize(phone);
  await isFine(clinic, "operation-menu");
  await clinic.setViewportSize(desk);
  await clinic.getByRole("button", { name: "スマホ入力ID印字" }).first().click();
  // Whoever is here may call; nobody is called, so nothing promises that.
  await clinic.getByText("健康コール：").first().waitFor();
  assert.equal(await clinic.getByText("自動架電").count(), 0);
  await isFine(clinic, "hand-out");
  assert.equal(await pdf(clinic, "hand-out"), 1);
  await clinic.setViewportSize(phone);
  await isFine(clinic, "hand-out");
  await clinic.setViewportSize(desk);

  await clinic.goto(`${base}/staff/cases/${person.caseId}/story`);
  await isFine(clinic, "story");
  await pdf(clinic, "story");
  await clinic.setViewportSize(phone);
  await isFine(clinic, "story");
  await clinic.goto(`${long}/removal`);
  await isFine(clinic, "removal");
});
