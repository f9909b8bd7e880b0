import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

/** The same house and browser as the tests have, for scripts/lighthouse. */
export default defineConfig({ ...tests, testDir: 'lighthouse', reporter: [['line']], projects: undefined });
