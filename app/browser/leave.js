// On a shared device: leads away from the page when its session has ended, and asks before. Whoever types is there.
const dialog = document.getElementById('leaving');
const LASTS = Number(dialog.dataset.lasts) * 1_000;
const ASKED = 60_000;
let end;
let typed = false;
// Until the server has answered nobody is asked once more.
let staying = false;

const begin = () => { end = Date.now() + LASTS; };
const leave = () => location.replace(dialog.dataset.to);

async function stay() {
  typed = false;
  staying = true;
  try {
    const { ok, redirected } = await fetch(dialog.dataset.keeps, { method: 'HEAD' });
    if (ok && !redirected) begin(); else leave();
  } catch { /* Without a network nothing is kept: it ends when it ends. */ }
  staying = false;
}

function look() {
  const left = end - Date.now();
  if (left <= 0) leave();
  else if (left > ASKED || staying) return;
  else if (typed) stay();
  else if (!dialog.open) dialog.showModal();
}

begin();
setInterval(look, 1_000);
addEventListener('pageshow', ({ persisted }) => persisted && look());
document.addEventListener('input', () => { typed = true; });
dialog.addEventListener('close', stay);
