// How the browser of a test is started.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { LaunchOptions } from '@playwright/test';
import { root } from './place.ts';

/** `headless` is the lighter one, where there is one; `chromium` the whole, which shows what a person opens with it, such as a PDF file. */
export function launch(browser: 'headless' | 'chromium'): LaunchOptions {
  return {
    executablePath: execFileSync(path.join(root, 'scripts/install'), ['--bin', browser], { encoding: 'utf8' }).trim(),
    // Chromium's sandbox needs rights that root and containers have not; the rest keeps it from talking to anybody.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  };
}
