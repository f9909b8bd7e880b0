// Opens a pack where it lies: derives the key, shows the overview, saves the record. Nothing is asked of any network.
const pack = JSON.parse(document.getElementById('locked').textContent);
const part = (id) => document.getElementById(id);
const [form, passphrase, wrong, button, opened] = ['unlock', 'passphrase', 'wrong', 'open', 'opened'].map(part);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
let key;

async function derive(typed) {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(typed), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(pack.salt), iterations: pack.iterations };
  return crypto.subtle.deriveKey(how, secret, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
}

// The name of a part is authenticated with it, so that none can stand in the place of another.
function unlocked(name) {
  const { nonce, bytes: sealed } = pack[name];
  const how = { name: 'AES-GCM', iv: bytes(nonce), additionalData: new TextEncoder().encode(name) };
  return crypto.subtle.decrypt(how, key, bytes(sealed));
}

function lock() {
  key = undefined;
  part('overview').replaceChildren();
  opened.hidden = true;
  form.hidden = false;
  passphrase.focus();
}

async function unlock(event) {
  event.preventDefault();
  const words = button.textContent;
  wrong.hidden = true;
  button.disabled = true;
  button.textContent = button.dataset.opening;
  try {
    key = await derive(passphrase.value);
    const overview = new TextDecoder().decode(await unlocked('overview'));
    part('overview').innerHTML = overview;
    passphrase.value = '';
    form.hidden = true;
    opened.hidden = false;
    part('overview').focus();
  } catch {
    key = undefined;
    wrong.hidden = false;
    passphrase.select();
  }
  button.disabled = false;
  button.textContent = words;
}

async function save() {
  const compressed = new Blob([await unlocked('record')]).stream();
  const record = await new Response(compressed.pipeThrough(new DecompressionStream('gzip'))).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([record], { type: 'application/fhir+json' }));
  link.download = pack.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

if (globalThis.crypto?.subtle && globalThis.DecompressionStream) {
  part('cannot').hidden = true;
  form.hidden = false;
  form.addEventListener('submit', unlock);
  part('save').addEventListener('click', save);
  part('print').addEventListener('click', () => print());
  part('lock').addEventListener('click', lock);
}
