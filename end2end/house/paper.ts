// What a browser prints, as text.
import { execFileSync } from 'node:child_process';

/** The text of each sheet of a PDF. */
export function sheetsOf(pdf: Buffer): string[] {
  return execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf }).toString().replace(/\f$/, '').split('\f');
}
