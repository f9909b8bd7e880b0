// Covers a page that shows somebody else's record, or several, when what it rests on has ended, or when that cannot be known.
//
// The server says `stands` or `closed` for this page's marks, and `beat` in between. The page is covered at its end, on `closed`,
// after ten silent seconds, when it comes back from the back-forward cache or from the background, and when somebody signs out in
// another tab. Only a fresh `stands` uncovers it; after `closed` there is nothing left to uncover.
const page = document.body;
const { open, closesAt } = page.dataset;
const cover = document.getElementById('cover');
const title = document.title;
const channel = new BroadcastChannel('chartkey');
const SILENT = 10_000;
let stream;
let heard;
let over = false;

function covered(yes) {
  for (const part of page.children) part.hidden = part.inert = (part === cover) !== yes;
  document.title = yes ? cover.dataset.title : title;
  if (yes) cover.focus();
}

function end() {
  over = true;
  stream?.close();
  covered(true);
  page.replaceChildren(cover);
}

function listen() {
  stream?.close();
  heard = Date.now();
  if (over || document.hidden) return;
  stream = new EventSource(`/events?${open}`);
  stream.addEventListener('beat', () => { heard = Date.now(); });
  stream.addEventListener('stands', () => { heard = Date.now(); covered(false); });
  stream.addEventListener('closed', end);
}

function afresh() {
  if (over) return;
  covered(true);
  listen();
}

setInterval(() => {
  if (over || document.hidden) return;
  if (Date.now() >= Date.parse(closesAt)) end();
  else if (Date.now() - heard > SILENT) afresh();
}, 500);
addEventListener('pageshow', ({ persisted }) => persisted && afresh());
addEventListener('pagehide', () => stream?.close());
document.addEventListener('visibilitychange', afresh);
document.addEventListener('submit', ({ target }) => target.action.endsWith('/api/sign-out') && channel.postMessage(''));
channel.onmessage = afresh;
listen();
