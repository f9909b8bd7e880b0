// Checks the log of a page in this browser, with WebAssembly of its own that is asked for when somebody wants to know. What was seen is
// remembered in a cookie, since signing out takes away everything else: it names nobody, and only the page of the log is sent it.
const here = document.querySelector('.proof');
const [actions, beside] = here.querySelectorAll('[hidden]');
const found = here.querySelector('[role=status]');
const words = here.querySelector('template').content;
const { memory } = here.dataset;
// A root comes every hour.
const LATE = 3 * 60 * 60 * 1_000;
const EVER = 400 * 24 * 60 * 60;

const remembered = () => document.cookie.split('; ').find((cookie) => memory && cookie.startsWith(`${memory}=`))?.slice(memory.length + 1);

function remember(seen) {
  if (!memory || seen === '-') return;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${memory}=${seen}; path=/activity; max-age=${EVER}; samesite=strict${secure}`;
}

const forget = () => { if (memory) document.cookie = `${memory}=; path=/activity; max-age=0`; };

function say(name, values = {}) {
  const said = words.querySelector(`[data-say="${name}"]`).cloneNode(true);
  const text = said.querySelector('span');
  if (text) text.textContent = text.textContent.replace(/\{(\w+)\}/g, (_, value) => values[value]);
  return said;
}

/** A moment of a seal as the page writes moments. */
function moment(at) {
  const { lang } = document.documentElement;
  return at === '-' ? at : new Date(at).toLocaleString(lang, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
}

async function check() {
  const seen = remembered();
  const { default: init, Checking } = await import(GLUE_ADDRESS);
  await init({ module_or_path: WASM_ADDRESS });
  const checking = new Checking(seen);
  const answer = await fetch('/activity/chain', { method: 'POST', body: new URLSearchParams({ seen: seen?.split('.')[0] ?? '' }) });
  // Signed out meanwhile: to where the server leads.
  if (answer.redirected) { location.assign(answer.url); return undefined; }
  if (!answer.ok) throw new Error(answer.statusText);
  const pieces = answer.body.getReader();
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) checking.feed(piece.value);
  const report = Object.fromEntries(checking.finish().split(' ').map((word) => word.split('=')));
  // By the clock of the server, since that of a telephone may say anything.
  return { ...report, isLate: Date.parse(answer.headers.get('date')) - Date.parse(report.at) > LATE };
}

function show(report) {
  const values = { ...report, key: report.key.slice(0, 16), at: moment(report.at), restored: moment(report.restored) };
  const whole = say(report.fault === '-' ? 'good' : 'bad');
  const names = report.say.split(',');
  if (report.isLate) names.unshift('late');
  whole.querySelector('ul').append(...names.map((name) => say(name, values)));
  found.replaceChildren(whole);
}

actions.hidden = beside.hidden = false;
here.addEventListener('submit', ({ target }) => target.elements.anew && forget());
let isChecking = false;
actions.firstElementChild.addEventListener('click', async () => {
  if (isChecking) return;
  isChecking = true;
  found.replaceChildren(say('checking'));
  try {
    const report = await check();
    if (report) {
      show(report);
      remember(report.remember);
    }
  } catch {
    found.replaceChildren(say('unfinished'));
  }
  isChecking = false;
});
