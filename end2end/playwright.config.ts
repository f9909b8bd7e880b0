import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { launch } from './house/browser.ts';
import { root } from './house/place.ts';

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/**
 * Every test runs at phone size. A test that is tagged `@desktop` runs at desktop size too, and one that is tagged
 * `@no-script` runs without JavaScript too; `@only` with either means nowhere else.
 */
export default defineConfig({
  testDir: 'tests',
  outputDir: path.join(root, 'test-results/playwright'),
  globalSetup: './house/setup.ts',
  forbidOnly: Boolean(process.env.CI),
  // Every test sees the lists of the same few clinicians: one at a time in each house, and a house for each worker.
  fullyParallel: false,
  workers: 2,
  // A test that passes the second time has failed.
  retries: 0,
  // An end for what hangs, not a measure of anything.
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: path.join(root, 'test-results/playwright.json') }]],
  use: {
    // What cannot be clicked in this time is covered or gone.
    actionTimeout: 15_000,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    // What goes through a worker cannot be held up or looked at by a test; installed.spec.ts is the one with it.
    serviceWorkers: 'block',
    trace: process.env.CI ? 'off' : 'retain-on-failure',
    launchOptions: launch('headless'),
  },
  projects: [
    { name: 'phone', use: phone, grepInvert: /@only/ },
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 } }, grep: /@desktop/ },
    { name: 'no-script', use: { ...phone, javaScriptEnabled: false }, grep: /@no-script/ },
  ],
});
