// Keeps the shell of the app, so that it opens without a network. Never anything about a person:
// answers of the API and the pages of the staff are not even looked at here.
const CACHE = "shell-{{version}}";
const SHELL = {{precache}};
const NOT_OURS = ["/api/", "/staff/", "/staff", "/demo/", "/demo", "/info/"];

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
    !NOT_OURS.some((path) => (path.endsWith("/") ? address.pathname.startsWith(path) : address.pathname === path));
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
