// Sends the file of a form and says how much is sent; a file may be dropped onto it, too. Without this the form is sent as any other.
const form = document.querySelector('form.upload');
const { file, submitter = form.querySelector('[type=submit]') } = form.elements;
const { most, large, lost } = form.dataset;
const sending = form.querySelector('.sending');
const bar = form.querySelector('progress');
const wrong = form.querySelector('[role=status]');
let sent;

form.querySelector('.drop').hidden = false;

function say(words) {
  sending.hidden = true;
  submitter.disabled = false;
  sent = undefined;
  wrong.textContent = words;
}

for (const kind of ['dragover', 'dragleave', 'drop']) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.toggle('over', kind === 'dragover');
    if (kind === 'drop' && event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const [chosen] = file.files;
  if (sent || !chosen) return;
  if (chosen.size > Number(most)) { say(large); return; }
  say('');
  sent = new XMLHttpRequest();
  sent.upload.onprogress = ({ loaded, total }) => { bar.value = (100 * loaded) / total; };
  sent.onload = ({ target }) => {
    if (target.status < 400) { sent = undefined; location.assign(target.responseURL); } else say(lost);
  };
  sent.onerror = sent.onabort = () => say(lost);
  sent.open('POST', form.action);
  sent.send(new FormData(form));
  sending.hidden = false;
  submitter.disabled = true;
});

addEventListener('beforeunload', (event) => sent && event.preventDefault());
