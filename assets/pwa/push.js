// Notifications on this device (Web Push). Loaded only where they are set up, not with the first page.
// Each function ends in one word for the page: none, home, blocked, off, on; "" where nothing is offered.
const ADDRESS = "/api/patient/push";
const PATIENCE_MS = 15000;

const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isInstalled = () => navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
const isAble = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** How things stand, without asking the reader anything. */
export async function state() {
  const offer = await (await call("GET")).json();
  if (!offer.public_key) return "";
  if (!isAble()) return isApple && !isInstalled() ? "home" : "none";
  if (Notification.permission === "denied") return "blocked";
  const kept = await (await registration()).pushManager.getSubscription();
  // Another account may have set this device up: only the server knows for whom it takes notifications.
  const isOurs = kept && Notification.permission === "granted" && offer.devices.includes(await fingerprint(kept.endpoint));
  return isOurs ? "on" : "off";
}

/** Asks for the permission, which needs a tap, and tells the server. */
export async function on() {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "blocked" : "off";
  const offer = await (await call("GET")).json();
  const { pushManager } = await registration();
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(offer.public_key) };
  let kept;
  try {
    kept = await pushManager.subscribe(wanted);
  } catch (error) {
    // Subscribed with another installation's key.
    const old = await pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    kept = await pushManager.subscribe(wanted);
  }
  await call("POST", kept.toJSON());
  return "on";
}

/** No more of them on this device. */
export async function off() {
  if (!isAble()) return "none";
  const kept = await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription();
  if (kept) {
    await call("DELETE", { endpoint: kept.endpoint });
    await kept.unsubscribe();
  }
  return "off";
}

async function call(method, body) {
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  const response = await fetch(ADDRESS, {
    method,
    headers,
    body: body && JSON.stringify(body),
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (response.ok) return response;
  // The server's sentence can be shown as it is.
  const refusal = await response.json().catch(() => ({}));
  throw new Error(refusal.message ?? "");
}

function registration() {
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("")));
  return Promise.race([navigator.serviceWorker.ready, late]);
}

async function fingerprint(endpoint) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
