// Follows a file that is being read: the bar moves, the words beside it change where they stand, and when it is over the page comes anew.
const EVERY = 3_000;
// Whoever listens hears the words, so they change less often than the bar.
const TOLD = 15_000;
const here = document.querySelector('.upload');
const bar = here.querySelector('progress');
const words = here.querySelector('[role=status]');
let told = Date.now();

async function look() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const there = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [now, says] = [there.querySelector('.upload progress'), there.querySelector('.upload [role=status]')];
    if (!now) { location.reload(); return; }
    for (const { name, value } of now.attributes) bar.setAttribute(name, value);
    if (Date.now() - told >= TOLD && says.textContent !== words.textContent) {
      words.textContent = says.textContent;
      told = Date.now();
    }
  } catch { /* Without a network the next look tells. */ }
}

setInterval(() => document.hidden || look(), EVERY);
