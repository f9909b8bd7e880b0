// Asks this browser for a passkey when its form is sent: it makes one where somebody adds it, and gives one where they sign in. The form
// is shown only where there are any.
const form = document.querySelector('form[data-asks]');
const unable = document.getElementById('unable');

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** What is asked, with bytes where the server writes base64url. */
function asked(options) {
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    excludeCredentials: named(options.excludeCredentials),
    allowCredentials: named(options.allowCredentials),
  };
}

/** What came back, as JSON. */
function written({ id, rawId, type, response }) {
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].filter((part) => response[part] instanceof ArrayBuffer);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(parts.map((part) => [part, text(response[part])])) });
}

async function ask({ credential }) {
  const answer = await fetch(form.dataset.asks, { method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams() });
  // Where the server does not ask, its answer to the form says why.
  if (!answer.ok) return;
  const publicKey = asked(JSON.parse(await answer.json()));
  credential.value = written(await navigator.credentials[publicKey.user ? 'create' : 'get']({ publicKey }));
}

if (form && window.PublicKeyCredential) {
  const said = form.querySelector('[role=status]');
  let isAsking = false;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    said.textContent = '';
    try {
      await ask(form.elements);
      // Whose device it is, the other form of the page asks.
      const box = document.querySelector('[type=checkbox][name=shared]');
      if (box) form.querySelector('[name=shared]')?.remove();
      if (box?.checked) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'shared', value: '1' }));
      form.submit();
    } catch {
      said.textContent = said.dataset.failed;
    }
    isAsking = false;
  });
  addEventListener('pageshow', () => { form.elements.credential.value = ''; });
} else if (unable) {
  unable.hidden = false;
}
