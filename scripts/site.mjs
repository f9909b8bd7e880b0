// Turns the compiled islands, the style sheets and the script modules into the files of target/site (scripts/site calls it).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const require = createRequire(path.resolve('end2end/package.json'));
const esbuild = require('esbuild');

const { values: options } = parseArgs({
  options: { wasm: { type: 'string' }, check: { type: 'string' }, 'wasm-bindgen': { type: 'string' }, quick: { type: 'boolean', default: false } },
});

const SITE = process.env.CHARTKEY_SITE_DIR ?? 'target/site';
const WORK = 'target/site-work';
// What every browser since 2022 runs. Named, because wasm-opt takes only what it is told it may.
const WASM_FEATURES = ['bulk-memory', 'bulk-memory-opt', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];
const COMPRESSED = /\.(css|html|ico|js|json|map|svg|txt|wasm|webmanifest|xml)$/;

// What a browser is sent at most, in bytes with Brotli; a site that is larger is not made.
const BUDGETS = [
  { what: 'WebAssembly and glue', files: ['app.wasm', 'app.js'], most: 100_000 },
  { what: 'what checks a log', files: ['check.wasm', 'check.js'], most: 50_000 },
  { what: 'the style sheet', files: ['style.css'], most: 10_000 },
  { what: 'cover.js', files: ['cover.js'], most: 2_000 },
  { what: 'upload.js', files: ['upload.js'], most: 1_200 },
  { what: 'follow.js', files: ['follow.js'], most: 700 },
  { what: 'live.js', files: ['live.js'], most: 700 },
  { what: 'leave.js', files: ['leave.js'], most: 700 },
  { what: 'log.js', files: ['log.js'], most: 1_200 },
  { what: 'passkey.js', files: ['passkey.js'], most: 1_000 },
  { what: 'install.js', files: ['install.js'], most: 200 },
];

// What is on the server alone, by words of it that a browser must never be sent: the tables of plain names.
const ABSENT = ['MedlinePlus', 'CDC CVX'];

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Every file below a directory, in one order, whatever the file system's. */
function filesBelow(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** One fingerprint of all that goes into the site: equal means that nothing has to be done. */
function fingerprint() {
  const files = ['scripts/site.mjs', 'end2end/package-lock.json', options.wasm, options.check, ...filesBelow('style'), ...filesBelow('app/browser')];
  return sha256(String(options.quick), ...files.flatMap((file) => [`\0${file}\0`, readFileSync(file)]));
}

/** Where the glue and the WebAssembly of one entry are kept, by their input. */
const keptAt = (from) => path.join(WORK, sha256(String(options.quick), readFileSync('end2end/package-lock.json'), readFileSync(from)).slice(0, 16));

/** The WebAssembly of one entry, optimised, and where its glue is: a changed style sheet does not optimise it again. */
function linked(name, from) {
  const kept = keptAt(from);
  if (!existsSync(kept)) {
    const making = `${kept}.new`;
    execFileSync(options['wasm-bindgen'], ['--target', 'web', '--no-typescript', '--out-name', name, '--out-dir', making, from], { stdio: 'inherit' });
    if (!options.quick) {
      const wasm = path.join(making, `${name}_bg.wasm`);
      const optimise = path.join(path.dirname(require.resolve('binaryen/package.json')), 'bin/wasm-opt');
      const flags = ['-Oz', '--strip-debug', '--strip-producers', '--strip-target-features', ...WASM_FEATURES.map((feature) => `--enable-${feature}`)];
      // The optimiser is itself WebAssembly here and needs a deeper stack than Node gives it.
      execFileSync(process.execPath, ['--stack-size=8000', optimise, ...flags, wasm, '-o', wasm], { stdio: 'inherit' });
    }
    renameSync(making, kept);
  }
  return { wasm: readFileSync(path.join(kept, `${name}_bg.wasm`)), glue: path.resolve(kept, `${name}.js`) };
}

/** The islands, what checks a log, and the module that asks for that when somebody presses its button. */
function entries() {
  const kept = [options.wasm, options.check].map(keptAt);
  for (const other of existsSync(WORK) ? readdirSync(WORK) : []) {
    if (!kept.includes(path.join(WORK, other))) rmSync(path.join(WORK, other), { recursive: true, force: true });
  }
  const app = linked('app', options.wasm);
  const check = linked('check', options.check);
  const glue = bundled(check.glue);
  return [
    ['app.wasm', app.wasm],
    // One request for the start script, the glue, and the modules that islands bring along.
    ['app.js', bundled('app/browser/islands.js', { alias: { glue: app.glue }, define: { WASM_ADDRESS: JSON.stringify(address('app.wasm', app.wasm)) } })],
    ['check.wasm', check.wasm],
    ['check.js', glue],
    [
      'log.js',
      bundled('app/browser/log.js', {
        external: ['/assets/*'],
        define: { GLUE_ADDRESS: JSON.stringify(address('check.js', glue)), WASM_ADDRESS: JSON.stringify(address('check.wasm', check.wasm)) },
      }),
    ],
  ];
}

/** The address of a file: its name and what is in it. */
function address(name, bytes) {
  const { dir, name: stem, ext } = path.posix.parse(name);
  return path.posix.join('/assets', dir, `${stem}-${sha256(bytes).slice(0, 12)}${ext}`);
}

/** One ES module with what it imports, minified. */
function bundled(entry, more = {}) {
  const result = esbuild.buildSync({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: !options.quick,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
    ...more,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

/** The style sheet with everything it imports, layers kept; addresses that begin with a slash are left as they are written. */
async function styles() {
  if (!existsSync('style/index.css')) return [];
  const result = await esbuild.build({
    entryPoints: ['style/index.css'],
    bundle: true,
    // Colours in `light-dark()` and nested rules are sent as they are written, not unrolled.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    minify: !options.quick,
    write: false,
    plugins: [{ name: 'addresses', setup: (build) => build.onResolve({ filter: /^\// }, ({ kind }) => (kind === 'url-token' ? { external: true } : undefined)) }],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return [['style.css', Buffer.from(result.outputFiles[0].contents)]];
}

/** Plain modules that pages ask for by themselves, without WebAssembly. */
function modules() {
  return filesBelow('app/browser')
    .filter((file) => path.dirname(file) === 'app/browser' && file.endsWith('.js') && !['islands.js', 'log.js'].includes(path.basename(file)))
    .map((file) => [path.basename(file), bundled(file)]);
}

function statics() {
  return filesBelow('style/static').map((file) => [path.relative('style/static', file).split(path.sep).join('/'), readFileSync(file)]);
}

function compress(file, bytes) {
  if (options.quick || !COMPRESSED.test(file)) return {};
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(`${file}.br`, brotli);
  writeFileSync(`${file}.gz`, gzip);
  return { br: brotli.length, gz: gzip.length };
}

const inputs = fingerprint();
const stamp = path.join(SITE, '.inputs');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) process.exit(0);

const making = `${SITE}.new`;
rmSync(making, { recursive: true, force: true });
mkdirSync(making, { recursive: true });

const assets = {};
const sizes = [];
for (const [name, bytes] of [...entries(), ...(await styles()), ...modules(), ...statics()]) {
  assets[name] = address(name, bytes);
  const file = path.join(making, assets[name]);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  sizes.push({ name, bytes: bytes.length, ...compress(file, bytes) });
}
if (!options.quick) {
  const wasm = readFileSync(path.join(making, assets['app.wasm']));
  // What checks a log is asked for by whoever wants to know, and not by everybody.
  if (wasm.includes('chartkey-root-1')) {
    console.error('site: the WebAssembly of the islands brings along what checks a log');
    process.exit(1);
  }
  const brought = ABSENT.filter((words) => wasm.includes(words));
  if (brought.length) {
    console.error(`site: the WebAssembly brings along what is for the server alone: ${brought.join(', ')}`);
    process.exit(1);
  }
  const over = BUDGETS.flatMap(({ what, files, most }) => {
    const missing = files.filter((file) => !sizes.some(({ name }) => name === file));
    const bytes = sizes.filter(({ name }) => files.includes(name)).reduce((sum, { br }) => sum + br, 0);
    return missing.length ? [`${what}: ${missing.join(', ')} is missing`] : bytes > most ? [`${what}: ${bytes} bytes with Brotli, ${most} at most`] : [];
  });
  if (over.length) {
    console.error(`site: over its budget\n  ${over.join('\n  ')}`);
    process.exit(1);
  }
}
writeFileSync(path.join(making, 'assets.json'), `${JSON.stringify(assets, null, 2)}\n`);
writeFileSync(path.join(making, '.inputs'), inputs);

// The old site stays whole until the new one is: a server that is starting finds one or the other.
rmSync(`${SITE}.old`, { recursive: true, force: true });
if (existsSync(SITE) && statSync(SITE).isDirectory()) renameSync(SITE, `${SITE}.old`);
renameSync(making, SITE);
rmSync(`${SITE}.old`, { recursive: true, force: true });

for (const { name, bytes, br, gz } of sizes) {
  const compressed = br === undefined ? '' : `  ${String(br).padStart(8)} br ${String(gz).padStart(8)} gz`;
  console.log(`${name.padEnd(24)} ${String(bytes).padStart(8)} bytes${compressed}`);
}
