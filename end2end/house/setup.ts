import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from './house.ts';
import { results } from './place.ts';

/** Builds the house before the first test and takes it down after the last. */
export default async function setup(): Promise<() => Promise<void>> {
  mkdirSync(path.join(results, 'shots'), { recursive: true });
  const { house, close } = await build();
  process.env.CHARTKEY_END2END = JSON.stringify(house);
  return close;
}
