// Starts the islands of a page: the one script of pages that have any (`app.js` in the site).
//
// The build puts the glue of wasm-bindgen in for `glue` and the hashed address of the WebAssembly in for `WASM_ADDRESS`. It is asked
// for when the page has been painted: what somebody reads and its style sheet do not share a slow line with it.
import init, * as glue from 'glue';

/**
 * Wakes the islands below a node, outer ones first. Rendered children of an island carry the reactive owner of that island:
 * an island among them begins by entering it (`$$on_hydrate`, set by leptos on `<leptos-children>`).
 */
async function wake(node, enterOwner) {
  for (const child of node.children) {
    if (child.localName === 'leptos-island') {
      enterOwner?.();
      await glue[child.dataset.component]?.(child);
      await wake(child, enterOwner);
    } else if (child.localName === 'leptos-children') {
      await wake(child, child.$$on_hydrate);
    } else {
      await wake(child, enterOwner);
    }
  }
}

/** Resolves when something of the page is to be seen; a frame that was only handed on may not be yet. */
function painted() {
  return new Promise((resolve) => {
    if (!PerformanceObserver.supportedEntryTypes.includes('paint')) {
      requestAnimationFrame(() => setTimeout(resolve));
      return;
    }
    const watch = new PerformanceObserver(() => {
      watch.disconnect();
      resolve();
    });
    watch.observe({ type: 'paint', buffered: true });
  });
}

await painted();
await init({ module_or_path: WASM_ADDRESS });
glue.hydrate();
await wake(document.body);
// What somebody has typed meanwhile is news to an island.
for (const field of document.querySelectorAll('leptos-island input')) {
  if (field.value !== field.defaultValue) field.dispatchEvent(new Event('input', { bubbles: true }));
}
document.documentElement.dataset.islands = 'awake';
