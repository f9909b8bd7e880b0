// Prints a line when files below the given directories were saved: node scripts/watch.mjs PATH…
// An editor saves one file as several events, and a branch changes many: what happens within a moment is one line.
import { watch } from 'node:fs';

const MOMENT = 150;
const changed = new Set();
let timer;

for (const path of process.argv.slice(2)) {
  watch(path, { recursive: true }, (_, file) => {
    // Names that editors use for their own.
    if (file && /(^|\/)(\.|4913$)|~$|\.sw.$/.test(file)) return;
    changed.add(file ?? path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      console.log([...changed].slice(0, 5).join(' '));
      changed.clear();
    }, MOMENT);
  });
}
