// Keeps the shell of the app, so that it opens without a network. Never anything about a person:
// answers of the API and the pages of the staff are not even looked at here.
const CACHE = "shell-{{version}}";
const SHELL = {{precache}};
const NOT_OURS = /^\/(api|staff|demo|info|certificate|unsubscribe|webhooks)(\/|$)/;

// How long a navigation waits for the network before the kept shell is shown.
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
  // Taking over at once is safe: an open page has loaded all its parts and is never reloaded from
  // here, so nobody loses a form. The new version shows itself with the next navigation.
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const isOurs =
    request.method === "GET" &&
    address.origin === self.location.origin &&
    !NOT_OURS.test(address.pathname);
  if (!isOurs) return;
  if (request.mode === "navigate") {
    event.respondWith(navigation(request));
  } else if (SHELL.includes(address.pathname)) {
    event.respondWith(kept(address.pathname).then((response) => response ?? fetch(request)));
  }
});

function kept(path) {
  return caches.open(CACHE).then((cache) => cache.match(path));
}

// Every page of the app is the same document; the kept one stands in when the network does not
// answer in time or answers with a fault.
async function navigation(request) {
  const shell = await kept("/");
  if (!shell) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, shell));
  const network = fetch(request).then(
    (response) => (response.status >= 500 ? shell : response),
    () => shell,
  );
  return Promise.race([network, late]);
}

// A notification names nobody and no illness, and nothing of it is kept. Browsers demand that one is shown
// for every message, so one that cannot be read gets the words that are never wrong.
self.addEventListener("push", (event) => {
  let notice = {};
  try {
    notice = event.data.json();
  } catch {}
  const { title = "My HER-SYS", body = "お知らせがあります。", url = "/" } = notice;
  const options = { body, icon: "/icon192.png", lang: "ja", tag: "notice", renotify: true, data: url };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data ?? "/", self.location.origin);
  // A page of ours and no other.
  event.waitUntil(opened(address.origin === self.location.origin ? address.href : "/"));
});

// The app where it is open already, so that nothing that is being typed is lost; else a new one.
async function opened(address) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const app = open.find((client) => !NOT_OURS.test(new URL(client.url).pathname));
  return app ? app.focus() : self.clients.openWindow(address);
}
