// Keeps a page about sharing as it is now: on `changed` it is fetched again, and what it says is put in the place of what it said. A
// form that somebody is writing in, or that came back with what they had written, stays as it is.
const main = document.getElementById('main');
const said = document.getElementById('changed');
let stream;
let asked = 0;

const isWriting = () => /[?&]problem=/.test(location.search) || [...main.querySelectorAll('input, textarea')].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);

async function look() {
  const mine = ++asked;
  try {
    const answer = await fetch(location.href, { headers: { 'x-chartkey-live': '1' } });
    if (mine !== asked || !answer.ok || answer.redirected) return;
    const there = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
    if (mine !== asked || !there || there.textContent === main.textContent) return;
    const stays = isWriting();
    if (!stays) {
      const hadFocus = main.contains(document.activeElement);
      main.replaceChildren(...there.childNodes);
      if (hadFocus) { main.tabIndex = -1; main.focus(); }
    }
    said.textContent = stays ? said.dataset.later : said.dataset.words;
  } catch { /* Without a network the next change tells. */ }
}

function listen() {
  stream?.close();
  if (document.hidden) return;
  let isAgain = false;
  stream = new EventSource('/events?mine=1');
  // What was said while nobody listened.
  stream.addEventListener('open', () => { if (isAgain) look(); isAgain = true; });
  stream.addEventListener('changed', look);
  stream.addEventListener('closed', () => { stream.close(); location.reload(); });
}

// Whoever signs out here goes where that leads: to them the end of the session is no news.
document.addEventListener('submit', ({ target }) => target.action.endsWith('/api/sign-out') && stream?.close());
addEventListener('pagehide', () => stream?.close());
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
document.addEventListener('visibilitychange', () => { listen(); if (!document.hidden) look(); });
listen();
