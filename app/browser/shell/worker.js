// Keeps the shell alone: what says that there is no network, and how that looks. Nothing of a record is ever kept, and no
// other page that a server answered: what is asked for comes from the network or not at all.
//
// The server puts `const SHELL = { name, page, files };` before this: another name is another shell.
addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(forget()));
addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (SHELL.files.includes(new URL(request.url).pathname)) event.respondWith(file(request));
});

async function keep() {
  const kept = await caches.open(SHELL.name);
  // Without cookies: the page of nobody in particular.
  await Promise.all([SHELL.page, ...SHELL.files].map((path) => kept.add(new Request(path, { credentials: 'omit', cache: 'reload' }))));
  await skipWaiting();
}

async function forget() {
  for (const name of await caches.keys()) if (name !== SHELL.name) await caches.delete(name);
  await registration.navigationPreload?.enable();
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(SHELL.page)) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
