import {writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {BroadsideError, siteVariable} from '@broadside/runtime'
import {dkimRecord, newDkimKey, readDkimKey} from '@broadside/smtp'
import type {Command} from 'commander'
import type {Cli} from '../cli.ts'

type NewFlags = {selector: string; out?: string; site?: string; json?: boolean}

export function addDkim(program: Command, cli: Cli): void {
  program
    .command('dkim')
    .summary('make the key that mails are signed with')
    .description('Keys for DKIM, by which receivers know that a mail is yours.')
    .addHelpText('after', '\nExample:\n  broadside dkim new field-notes.example')
    .command('new')
    .description('makes a key, keeps the private half in a file and prints the DNS record of the public one')
    .argument('<domain>', 'the domain in the From of your mails')
    .option('--selector <name>', 'under which name it stands in DNS; a new key takes a new one', 'broadside')
    .option('--out <file>', 'where the private key goes (default <selector>.<domain>.pem)')
    .option('--site <name>', 'the site whose variables are shown')
    .option('--json', 'print record and file as JSON')
    .addHelpText('after', '\nExample:\n  broadside dkim new field-notes.example --selector s2027')
    .action((domain: string, flags: NewFlags) => makeKey(cli, domain, flags))
}

async function makeKey(cli: Cli, domain: string, {selector, out, site = 'field-notes', json}: NewFlags): Promise<void> {
  const pem = await newDkimKey()
  const key = readDkimKey({domain, selector, pem})
  const file = resolve(cli.cwd, out ?? `${key.selector}.${key.domain}.pem`)
  await keep(file, pem)
  const record = dkimRecord(key)
  if (json === true) return cli.write(`${JSON.stringify({file, type: 'TXT', ...record}, null, 2)}\n`)
  const lines = [
    `The private key is in ${file}. Put this record into DNS:`,
    '',
    `  ${record.name}. IN TXT (${inStrings(record.text)})`,
    '',
    'and tell newsletter, once it is there:',
    '',
    `  ${siteVariable(site, 'DKIM_KEY_FILE')}=${file}`,
    `  ${siteVariable(site, 'DKIM_DOMAIN')}=${key.domain}`,
    `  ${siteVariable(site, 'DKIM_SELECTOR')}=${key.selector}`,
  ]
  await cli.write(`${lines.join('\n')}\n`)
}

/** A key that is there already may be in use. */
async function keep(file: string, pem: string): Promise<void> {
  try {
    await writeFile(file, pem, {mode: 0o600, flag: 'wx'})
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new BroadsideError('invalid', 'dkim.file', `${file} is there already`, {
      hint: 'Choose another selector, or another file with --out',
      cause,
    })
  }
}

/** One string of a TXT record holds 255 characters (RFC 1035 3.3.14). */
function inStrings(text: string): string {
  return (text.match(/.{1,250}/g) ?? []).map((part) => `"${part}"`).join(' ')
}
