// Starts the islands of a page. Only pages that have one ask for this module.
const { glue, wasm } = document.getElementById('islands').dataset;

/** Hydrates each island from the outside in: an inner one lives in the children that its outer one has revived. */
async function revive(node, app, outer) {
  for (const child of node.children) {
    if (child.localName === 'leptos-island') {
      outer.at(-1)?.();
      await app[child.dataset.component]?.(child);
      await revive(child, app, outer);
    } else if (child.localName === 'leptos-children') {
      await revive(child, app, [...outer, child.$$on_hydrate]);
    } else {
      await revive(child, app, outer);
    }
  }
}

const app = await import(glue);
await app.default({ module_or_path: wasm });
app.hydrate();
await revive(document.body, app, []);
