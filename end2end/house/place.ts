// Where things are, for whoever starts the house and whoever visits it.
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** Records that none of us wrote; not part of the repository. */
export const sharedData = path.resolve(root, process.env.CHARTKEY_SHARED_DATA ?? '../shared/data');

export const binary = path.resolve(root, process.env.CHARTKEY_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug/chartkey'));

export const results = path.join(root, 'test-results');
