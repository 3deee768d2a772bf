// What journeys share: a browser, the side door of the stage, and checks that hold on every page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const base = process.env.STAGE_BASE_URL;
const control = process.env.STAGE_CONTROL_URL;
export const cast = JSON.parse(process.env.STAGE_CAST);

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const phone = { width: 360, height: 640 };
export const desk = { width: 1280, height: 800 };

/** The next mail that arrived by SMTP: { to, subject, text }. */
export async function nextMail() {
  return (await fetch(`${control}/mail/next`)).json();
}

/** Moves the installation's clock on. */
export async function advance(seconds) {
  await fetch(`${control}/advance?seconds=${seconds}`, { method: "POST" });
}

/** Gives an organisation the follow-up right. */
export async function grantFollowUp(name) {
  await fetch(`${control}/follow-up?name=${encodeURIComponent(name)}`, { method: "POST" });
}

/** Files a notification of a person, by the clinic: the usual one, or `longest`. Returns the address of its page. */
export async function fileNotification(person, { edition = "2020", longest = false } = {}) {
  const query = new URLSearchParams({ case_id: person.caseId, edition, longest });
  const filed = await (await fetch(`${control}/notification?${query}`, { method: "POST" })).json();
  return `${base}/staff/cases/${person.caseId}/notifications/${filed.notificationId}`;
}

/** Queues a request to report about a person, due in an hour. */
export async function queueReminder(person) {
  await fetch(`${control}/reminder?case_id=${person.caseId}`, { method: "POST" });
}

/** How the messages about a person stand: [{ purpose, status }]. */
export async function messagesAbout(person) {
  return (await fetch(`${control}/messages?case_id=${person.caseId}`)).json();
}

export async function observations() {
  return (await (await fetch(`${control}/observations`)).json()).count;
}

/** The newest SMS to a number, from the demo outbox, as soon as there is one. */
export async function newestSms(number) {
  const until = Date.now() + 10_000;
  for (;;) {
    const outbox = await (await fetch(`${base}/demo/outbox.json`)).json();
    const found = outbox.find((message) => message.channel === "sms" && message.recipient === number);
    if (found) return found.body;
    assert.ok(Date.now() < until, `no SMS to ${number}`);
    await new Promise((asked) => setTimeout(asked, 50));
  }
}

/** Answers the newest call to a number at the demo outbox: presses `#`. */
export async function answerCall(page, number) {
  await page.goto(`${base}/demo/outbox`);
  const call = page.getByRole("article").filter({ hasText: number }).filter({ hasText: "電話" }).first();
  await call.getByRole("button", { name: "# を押す" }).click();
  await page.waitForLoadState();
}

export function sixDigits(text) {
  const found = text.match(/(?<!\d)\d{6}(?!\d)/);
  assert.ok(found, "six digits in the message");
  return found[0];
}

/** Another code than the right one. */
export function wrong(code) {
  return String((Number(code[0]) + 1) % 10) + code.slice(1);
}

/** Runs a journey with a browser of its own; any error of a page fails it. */
export async function journey(tell) {
  const browser = await chromium.launch({
    executablePath: process.env.HERSYS_TEST_CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const failures = [];
  const open = async (viewport, options = {}) => {
    const context = await browser.newContext({ viewport, locale: "ja-JP", ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => failures.push(`page error: ${error}`));
    page.on("console", (message) => {
      // A refused request is part of many stories; a broken page or policy is not.
      const expected = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !expected) failures.push(`console: ${message.text()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) failures.push(`${response.status()} from ${new URL(response.url()).pathname}`);
    });
    return page;
  };
  try {
    await tell(open);
    assert.deepEqual(failures, []);
  } finally {
    await browser.close();
  }
}

/** No axe violation, no sideways scrolling, and a picture when asked for (STAGE_PICTURES=folder). */
export async function isFine(page, name) {
  // Evaluated, not loaded by a tag, so that the strict policy on scripts stays in force.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(found, [], `axe on ${name}`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(sideways <= 1, `${name} scrolls sideways by ${sideways}px`);
  if (process.env.STAGE_PICTURES) {
    await pictures(page, `${process.env.STAGE_PICTURES}/${name}-${page.viewportSize().width}`);
  }
}

/** Light, dark, and with letters twice as large. */
async function pictures(page, path) {
  await page.screenshot({ path: `${path}.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${path}-dark.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  const resize = (factor) => page.evaluate((factor) => {
    const { style } = document.documentElement;
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
    style.fontSize = factor ? `${size * factor}px` : "";
  }, factor);
  await resize(2);
  await page.screenshot({ path: `${path}-large.png`, fullPage: true });
  await resize(0);
}

/** Opens registration and asks for a 確認コード; returns the code from the mail. */
export async function askForCode(page, mail) {
  await page.getByLabel("電子メール アドレス").fill(mail);
  await page.getByRole("button", { name: "確認コードを送信" }).click();
  await page.getByLabel("確認コード", { exact: true }).waitFor();
  return sixDigits((await nextMail()).text);
}

/** From the first page to the signed-in account. */
export async function register(page, mail) {
  await page.goto(base);
  await page.getByRole("link", { name: "新規登録" }).or(page.getByRole("button", { name: "新規登録" })).first().click();
  const code = await askForCode(page, mail);
  await page.getByLabel("確認コード", { exact: true }).fill(code);
  await page.getByRole("button", { name: "コードの確認" }).click();
  await page.getByText("コードを確認しました").waitFor();
  await page.getByLabel("新しいパスワード", { exact: true }).fill("Patient-1");
  await page.getByLabel("パスワードの確認入力", { exact: true }).fill("Patient-1");
  await page.getByRole("button", { name: "作成" }).click();
  await page.getByRole("heading", { name: "属性入力" }).waitFor();
}

/** The attributes of one person, up to 「属性を保存する」. */
export async function fillPerson(page, { name, born, hersysId }) {
  await page.getByLabel("氏名", { exact: false }).fill(name);
  await page.getByLabel("生年月日").fill(born);
  await page.getByLabel("HER-SYS ID").fill(hersysId);
  await page.getByRole("button", { name: "確認へ進む" }).click();
}

export async function linkPerson(page, person) {
  await fillPerson(page, person);
  await page.getByRole("button", { name: "属性を保存する" }).click();
  await page.getByText("登録しました").waitFor();
}

/** Staff sign-in: ID, password, SMS code. */
export async function signInAsStaff(page, staff, address = base) {
  await page.goto(`${address}/staff/`);
  await page.getByRole("link", { name: "Sign in" }).or(page.getByRole("button", { name: "Sign in" })).first().click();
  await page.getByLabel("サインインID").fill(staff.signInId);
  await page.getByRole("button", { name: "次へ" }).click();
  await page.getByLabel("パスワード", { exact: false }).fill(staff.password);
  await page.getByRole("button", { name: "サインイン", exact: true }).click();
  // The SMS is there once the page is.
  await page.getByLabel("コードの入力").waitFor();
  await page.getByLabel("コードの入力").fill(sixDigits(await newestSms(staff.phone)));
  await page.getByRole("button", { name: "検証" }).click();
  await page.getByText("入力済の情報を閲覧・編集する場合").waitFor();
}
