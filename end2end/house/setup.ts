import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test';
import { build } from './house.ts';
import { results } from './place.ts';

/** Builds a house for each worker before the first test and takes them down after the last. */
export default async function setup({ workers }: FullConfig): Promise<() => Promise<void>> {
  mkdirSync(path.join(results, 'shots'), { recursive: true });
  const built: Awaited<ReturnType<typeof build>>[] = [];
  const close = async () => {
    for (const { close } of built) await close();
  };
  try {
    // One after another: they make the same roles.
    for (let number = 0; number < workers; number++) built.push(await build(number));
  } catch (error) {
    await close();
    throw error;
  }
  process.env.CHARTKEY_END2END = JSON.stringify(built.map(({ house }) => house));
  return close;
}
