// One folder up lies another lock file: this one is the root.
export default { outputFileTracingRoot: import.meta.dirname, turbopack: { root: import.meta.dirname } };
