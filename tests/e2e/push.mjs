// A push service for journeys: no browser under test reaches a real one. The page gets a subscription with keys
// of ours; what the installation then sends is decrypted here as a browser would (RFC 8291), and delivered to
// the real service worker through DevTools.

import assert from "node:assert/strict";
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { base } from "./stage.mjs";

const control = process.env.STAGE_CONTROL_URL;

/** Stands in for the push service of this page's browser: subscribing leads to the stage. */
export async function standInForPushService(page) {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const auth = randomBytes(16);
  const subscription = {
    endpoint: `${control}/push/phone`,
    keys: { p256dh: keys.getPublicKey("base64url"), auth: auth.toString("base64url") },
  };
  await page.addInitScript((subscription) => {
    const kept = "stand-in subscription";
    const made = () => ({
      endpoint: subscription.endpoint,
      toJSON: () => ({ ...subscription, expirationTime: null }),
      unsubscribe: async () => (sessionStorage.removeItem(kept), true),
    });
    PushManager.prototype.getSubscription = async () => (sessionStorage.getItem(kept) ? made() : null);
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
      if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("not as browsers demand it");
      sessionStorage.setItem(kept, "yes");
      return made();
    };
  }, subscription);
  return { keys, auth };
}

/** What the installation sent to the push service, as soon as it has. */
export async function nextPush({ keys, auth }) {
  const until = Date.now() + 10_000;
  for (;;) {
    const [body] = await (await fetch(`${control}/pushed`)).json();
    if (body) return decrypt(Buffer.from(body, "base64"), keys, auth);
    assert.ok(Date.now() < until, "a push arrives");
    await new Promise((asked) => setTimeout(asked, 50));
  }
}

function decrypt(body, keys, auth) {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body[20]);
  const sealed = body.subarray(21 + body[20]);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
  const input = hkdfSync("sha256", keys.computeSecret(sender), auth, info, 32);
  const derived = (purpose, length) => Buffer.from(hkdfSync("sha256", input, salt, `Content-Encoding: ${purpose}\0`, length));
  const cipher = createDecipheriv("aes-128-gcm", derived("aes128gcm", 16), derived("nonce", 12));
  cipher.setAuthTag(sealed.subarray(-16));
  const record = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return record.subarray(0, record.lastIndexOf(2)).toString();
}

/** Hands a message to the page's service worker, as a browser that has got it does. */
export async function deliver(page, data) {
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise((known) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const ours = registrations.find((registration) => registration.scopeURL.startsWith(base) && !registration.isDeleted);
      if (ours) known(ours.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: base, registrationId: await registered, data });
}

/** The notifications on the screen, as soon as there is one. */
export function notifications(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    for (let tries = 0; tries < 100; tries += 1) {
      const shown = await registration.getNotifications();
      if (shown.length) return shown.map(({ title, body, data }) => ({ title, body, data }));
      await new Promise((asked) => setTimeout(asked, 50));
    }
    return [];
  });
}

/**
 * Taps the notification in the page's service worker: { opened } a new page at an address, or { focused } the page
 * that is brought forward; how many notifications are { left }. Browsers let a worker do either after a real tap only,
 * which DevTools cannot make, so both are stood in for.
 */
export async function tap(page) {
  const worker = page.context().serviceWorkers().at(-1);
  return worker.evaluate(async () => {
    const led = {};
    self.clients.openWindow = async (address) => void (led.opened = address);
    WindowClient.prototype.focus = async function () {
      led.focused = this.url;
    };
    const [notification] = await self.registration.getNotifications();
    const event = new NotificationEvent("notificationclick", { notification });
    let handled;
    event.waitUntil = (work) => (handled = work);
    self.dispatchEvent(event);
    await handled;
    led.left = (await self.registration.getNotifications()).length;
    return led;
  });
}

export async function remind() {
  return (await (await fetch(`${control}/remind`, { method: "POST" })).json()).devices;
}
