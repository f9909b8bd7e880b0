// The folder that messages are written into, read as the person would read them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';

export interface Message {
  to: string;
  subject: string;
  text: string;
  /** Addresses in the text, in order. */
  links: string[];
}

function decoded(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return body;
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function read(file: string): Message {
  const [head = '', ...rest] = readFileSync(file, 'utf8').split(/\r?\n\r?\n/);
  const header = (name: string) => head.replace(/\r?\n[ \t]+/g, ' ').match(new RegExp(`^${name}:\\s*(.*)$`, 'im'))?.[1]?.trim() ?? '';
  const text = decoded(rest.join('\n\n'), header('Content-Transfer-Encoding'));
  return { to: header('To'), subject: header('Subject'), text, links: text.match(/https?:\/\/\S+/g) ?? [] };
}

export class Mail {
  constructor(private readonly folder: string) {}

  /** Every message to an address; the folder keeps no order. */
  to(address: string): Message[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => read(path.join(this.folder, name)))
      .filter((message) => message.to.toLowerCase().includes(address.toLowerCase()));
  }

  /** The one message to an address, once it is there. Use a new address for each expectation. */
  async only(address: string): Promise<Message> {
    await expect.poll(() => this.to(address).length, { message: `a message to ${address}` }).toBe(1);
    const [message] = this.to(address);
    if (!message) throw new Error('no message');
    return message;
  }
}
